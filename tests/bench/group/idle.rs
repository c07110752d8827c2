//! Memory of connections that have made a call and do nothing: both ends of each, above what the
//! same connections take without protection.
//!
//! Resident memory is compared across processes, one per contender, because an allocator gives
//! little back and the second contender would live in the first one's memory.

use std::fmt;

use anyhow::{Context, Result};
use tokio::process::Command;

use crate::{
    contender::{Arena, Provider, Security, Setup},
    findings::{Figure, Findings, Plan, Seen},
    goals::Measure,
};

/// Connections made before the first look: pools, tables and code are in memory then.
const WARM_UP: usize = 50;
/// Connections that are measured. Both ends' sockets fit the usual limit of 1024 open files.
const CONNECTIONS: usize = 400;
/// Pairs of processes.
const QUICK_PAIRS: usize = 3;
const PAIRS: usize = 5;

/// Whose memory a process measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Subject {
    /// Plaintext.
    Plain,
    /// rustls on aws-lc.
    Tls,
    /// ALTS.
    Alts,
}

impl Subject {
    fn security(self) -> Security {
        match self {
            Self::Plain => Security::Plain,
            Self::Tls => Security::Tls(Provider::AwsLc),
            Self::Alts => Security::Alts,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain",
            Self::Tls => "tls",
            Self::Alts => "alts",
        })
    }
}

pub(super) async fn run(plan: &Plan) -> Result<Findings> {
    let (mut plain, mut tls, mut alts, mut above) = (vec![], vec![], vec![], vec![]);
    for _ in 0..plan.amount(QUICK_PAIRS, PAIRS) {
        let [without, with] = [ask(Subject::Plain).await?, ask(Subject::Alts).await?];
        tls.push(ask(Subject::Tls).await?);
        above.push(with - without);
        plain.push(without);
        alts.push(with);
    }
    Ok(Findings {
        seen: vec![Seen::single(Measure::IdleMemory, above)],
        figures: vec![
            Figure::of("idle connection, both ends, plaintext", &plain, "KiB"),
            Figure::of("idle connection, both ends, rustls/aws-lc", &tls, "KiB"),
            Figure::of("idle connection, both ends, ALTS", &alts, "KiB"),
        ],
    })
}

/// Lets a process of its own measure `subject`.
async fn ask(subject: Subject) -> Result<f64> {
    let this = std::env::current_exe().context("this program's own path")?;
    let output = Command::new(this)
        .args(["--idle-memory", &subject.to_string()])
        .kill_on_drop(true)
        .output()
        .await?;
    let answer = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    answer.trim().parse().with_context(|| {
        format!(
            "measuring {subject}: {}; {}",
            output.status,
            complaint.trim()
        )
    })
}

/// What such a process does: KiB per idle connection.
///
/// # Errors
/// When connecting fails, or the system does not tell about memory.
pub(crate) async fn measure(arena: &Arena, subject: Subject) -> Result<f64> {
    let contender = arena.contender(Setup::of(subject.security())).await?;
    let mut clients = Vec::with_capacity(WARM_UP + CONNECTIONS);
    for _ in 0..WARM_UP {
        clients.push(contender.connected().await?);
    }
    let before = resident_kib()?;
    for _ in 0..CONNECTIONS {
        clients.push(contender.connected().await?);
    }
    let after = resident_kib()?;
    drop(clients);
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let connections = CONNECTIONS as f64;
    Ok((after - before) / connections)
}

/// Resident memory of this process. `smaps_rollup` counts pages; the cheaper files estimate.
fn resident_kib() -> Result<f64> {
    const FILE: &str = "/proc/self/smaps_rollup";
    let text = std::fs::read_to_string(FILE).with_context(|| format!("reading {FILE}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Rss:"));
    let number = line.and_then(|rest| rest.split_whitespace().next());
    number
        .and_then(|kib| kib.parse().ok())
        .with_context(|| format!("no Rss in {FILE}"))
}
