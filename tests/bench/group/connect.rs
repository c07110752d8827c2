//! Connecting: TCP, handshake, HTTP/2 and one call, per CPU-second of everybody involved. For
//! ALTS that includes both handshakers, which the library reaches over channels that are open.

use anyhow::Result;

use crate::{
    clock::Stopwatch,
    contender::{Arena, Http2Frames, Provider, Security},
    findings::{Figure, Findings, Plan, Seen},
    goals::Measure,
    rounds::interleave,
    stats::ratios,
};

/// Connections per turn, one after another.
const QUICK_CONNECTIONS: u64 = 100;
const CONNECTIONS: u64 = 300;

const AWS_LC: usize = 1;
const ALTS: usize = 3;
const LANES: [Security; 4] = [
    Security::Plain,
    Security::Tls(Provider::AwsLc),
    Security::Tls(Provider::Ring),
    Security::Alts,
];

pub(super) async fn run(arena: &Arena, plan: &Plan) -> Result<Findings> {
    let mut contenders = Vec::new();
    for security in LANES {
        contenders.push(arena.contender(security, Http2Frames::Default).await?);
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

    let seen = vec![Seen::single(
        Measure::Connect,
        ratios(&scores[ALTS], &scores[AWS_LC]),
    )];
    let figures = LANES.iter().zip(&scores).map(|(security, scores)| {
        Figure::of(
            format!("connect + first call, {security}"),
            scores,
            "1/CPU-s",
        )
    });
    Ok(Findings {
        seen,
        figures: figures.collect(),
    })
}
