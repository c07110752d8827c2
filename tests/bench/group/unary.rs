//! Calls of 100 bytes: how many a CPU-second buys with 64 callers, and how long one takes when
//! it is alone.

use std::time::Duration;

use anyhow::Result;
use bytes::Bytes;
use tokio::task::JoinSet;

use crate::{
    clock::Stopwatch,
    contender::{Arena, Provider, Security, Setup},
    findings::{Figure, Findings, Plan, Seen},
    goals::Measure,
    load::{Client, echo},
    rounds::interleave,
    stats::{median, ratios},
};

/// Callers that share one connection.
const CALLERS: u64 = 64;
/// Bytes of a call and of its answer.
const CALL_LEN: usize = 100;
/// Calls of one of many callers per turn.
const QUICK_CALLS: u64 = 80;
const CALLS: u64 = 240;
/// Calls of a lone caller per turn.
const QUICK_LONE_CALLS: usize = 400;
const LONE_CALLS: usize = 1000;

const PLAIN: usize = 0;
const AWS_LC: usize = 1;
const ALTS: usize = 3;
const LANES: [Security; 4] = [
    Security::Plain,
    Security::Tls(Provider::AwsLc),
    Security::Tls(Provider::Ring),
    Security::Alts,
];

pub(super) async fn run(arena: &Arena, plan: &Plan) -> Result<Findings> {
    let mut clients = Vec::new();
    for security in LANES {
        let contender = arena.contender(Setup::of(security)).await?;
        clients.push(contender.connected().await?);
    }
    let calls = plan.amount(QUICK_CALLS, CALLS);
    let many = interleave(plan.rounds, &clients, async |client| {
        let stopwatch = Stopwatch::start();
        call_together(client, calls).await?;
        Ok(stopwatch.read().per_cpu_s(CALLERS * calls))
    })
    .await?;
    let calls = plan.amount(QUICK_LONE_CALLS, LONE_CALLS);
    let alone = interleave(plan.rounds, &clients, async |client| {
        call_alone(client, calls).await
    })
    .await?;

    let mut findings = Findings {
        seen: vec![
            Seen::single(Measure::UnaryVsPlain, ratios(&many[ALTS], &many[PLAIN])),
            Seen::single(Measure::UnaryTime, ratios(&alone[ALTS], &alone[AWS_LC])),
        ],
        figures: Vec::new(),
    };
    for ((security, many), alone) in LANES.iter().zip(&many).zip(&alone) {
        let what = format!("unary 64 callers, {security}");
        findings.figures.push(Figure::of(what, many, "RPC/CPU-s"));
        findings.figures.push(Figure::of(
            format!("unary 1 caller p50, {security}"),
            alone,
            "us",
        ));
    }
    Ok(findings)
}

async fn call_together(client: &Client, calls: u64) -> Result<()> {
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let client = client.clone();
        callers.spawn(async move {
            for _ in 0..calls {
                echo(client.clone(), question()).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(caller) = callers.join_next().await {
        caller??;
    }
    Ok(())
}

/// The median time of a call, in microseconds.
async fn call_alone(client: &Client, calls: usize) -> Result<f64> {
    let mut times = Vec::with_capacity(calls);
    for _ in 0..calls {
        let stopwatch = Stopwatch::start();
        echo(client.clone(), question()).await?;
        times.push(microseconds(stopwatch.read().wall));
    }
    Ok(median(&times))
}

fn question() -> Bytes {
    Bytes::from_static(&[0x5a; CALL_LEN])
}

fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
