//! Connecting: TCP, handshake, HTTP/2 and one call, per CPU-second of everybody involved. For
//! ALTS that includes both handshakers, which the library reaches over channels that are open.
//!
//! As it comes, ALTS resumes the session with whom it has met; that is held against rustls's full
//! handshake with certificates on both sides. Then like with like: both full, and both resumed.

use anyhow::Result;

use crate::{
    clock::Stopwatch,
    contender::{Arena, Contender, Handshakes, Provider, Security, Setup},
    findings::{Figure, Findings, Plan, Seen},
    goals::Measure,
    rounds::interleave,
    stats::ratios,
};

/// Connections per turn, one after another.
const QUICK_CONNECTIONS: u64 = 100;
const CONNECTIONS: u64 = 300;

const AWS_LC: Setup = Setup::of(Security::Tls(Provider::AwsLc));
const RING: Setup = Setup::of(Security::Tls(Provider::Ring));
const ALTS: Setup = Setup::of(Security::Alts);

const LANES: [Setup; 6] = [
    Setup::of(Security::Plain),
    AWS_LC,
    RING,
    ALTS,
    AWS_LC.resuming(),
    ALTS.resuming(),
];

const COMPARISONS: [(Measure, Setup, Setup); 3] = [
    (Measure::Connect, ALTS.resuming(), AWS_LC),
    (Measure::ConnectFull, ALTS, AWS_LC),
    (Measure::Reconnect, ALTS.resuming(), AWS_LC.resuming()),
];

pub(super) async fn run(arena: &Arena, plan: &Plan) -> Result<Findings> {
    let mut contenders: Vec<Contender> = Vec::new();
    for setup in LANES {
        contenders.push(arena.contender(setup).await?);
    }
    let connections = plan.amount(QUICK_CONNECTIONS, CONNECTIONS);
    let scores = interleave(plan.rounds, &contenders, async |contender| {
        let stopwatch = Stopwatch::start();
        for _ in 0..connections {
            contender.connected().await?;
        }
        Ok(stopwatch.read().per_cpu_s(connections))
    })
    .await?;

    let scores_of = |setup: Setup| {
        let index = LANES.iter().position(|lane| *lane == setup);
        &scores[index.expect("everybody who is compared takes part")]
    };
    let seen = COMPARISONS.map(|(measure, ours, theirs)| {
        Seen::single(measure, ratios(scores_of(ours), scores_of(theirs)))
    });
    let figures = LANES.map(|setup| {
        let how = match setup.handshakes {
            Handshakes::Full => "",
            Handshakes::Resumed => ", resumed",
        };
        let what = format!("connect + first call, {}{how}", setup.security);
        Figure::of(what, scores_of(setup), "1/CPU-s")
    });
    Ok(Findings {
        seen: seen.into(),
        figures: figures.into(),
    })
}
