//! Peers that connect and say nothing, or say half a word: do others wait for them?

use std::net::SocketAddr;

use anyhow::Result;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::{
    clock::Stopwatch,
    contender::{Arena, Contender, Security, Setup},
    findings::{Figure, Findings, Plan, Seen},
    goals::Measure,
    stats::{median, ratios},
};

/// Peers that connect and say nothing.
const SILENT: usize = 32;
/// Peers that stop inside their first handshake frame: each of these holds a permit and a call
/// to the handshaker. Fewer than the 100 permits there are.
const HALTING: usize = 32;
/// Handshakes per turn.
const QUICK_CONNECTIONS: usize = 40;
const CONNECTIONS: usize = 100;

pub(super) async fn run(arena: &Arena, plan: &Plan) -> Result<Findings> {
    let contender = arena.contender(Setup::of(Security::Alts)).await?;
    let connections = plan.amount(QUICK_CONNECTIONS, CONNECTIONS);
    connect(&contender, connections).await?;
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for round in 0..plan.rounds {
        // Who begins changes from round to round.
        if round % 2 == 0 {
            alone.push(connect(&contender, connections).await?);
        }
        let stuck = open_stuck(contender.address()).await?;
        beside.push(connect(&contender, connections).await?);
        drop(stuck);
        if round % 2 == 1 {
            alone.push(connect(&contender, connections).await?);
        }
    }
    Ok(Findings {
        seen: vec![Seen::single(Measure::Stuck, ratios(&beside, &alone))],
        figures: vec![
            Figure::of("ALTS connect p50, alone", &alone, "ms"),
            Figure::of("ALTS connect p50, beside 64 stuck", &beside, "ms"),
        ],
    })
}

/// The median time to connect and make a call, in milliseconds.
async fn connect(contender: &Contender, connections: usize) -> Result<f64> {
    let mut times = Vec::with_capacity(connections);
    for _ in 0..connections {
        let stopwatch = Stopwatch::start();
        contender.connected().await?;
        times.push(stopwatch.read().wall.as_secs_f64() * 1e3);
    }
    Ok(median(&times))
}

/// Connections that stay open and stuck until they are dropped.
async fn open_stuck(server: SocketAddr) -> Result<Vec<TcpStream>> {
    let mut stuck = Vec::with_capacity(SILENT + HALTING);
    for index in 0..SILENT + HALTING {
        let mut socket = TcpStream::connect(server).await?;
        if index >= SILENT {
            socket.write_all(&[0x20, 0]).await?;
        }
        stuck.push(socket);
    }
    Ok(stuck)
}
