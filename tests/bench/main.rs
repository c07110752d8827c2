//! The bench: what ALTS costs, as ratios, against goals.
//!
//! ```text
//!   cli ──> run ──> group/* ──> findings ──> table, json
//!                     │ contender/* over load, in rounds, by clock      goals + stats judge
//! ```
//!
//! | file | for |
//! |---|---|
//! | `cli.rs` | what can be asked for |
//! | `run.rs` | which groups run, and which once more |
//! | `group/` | the measurements |
//! | `contender/` | plaintext, TLS and ALTS under the same service |
//! | `load.rs` | that service, and the load on it |
//! | `cipher.rs` | the bare AEAD |
//! | `worker.rs`, `clock.rs`, `rounds.rs` | threads on cores, CPU time, taking turns |
//! | `stats.rs`, `goals.rs`, `findings.rs` | medians, promises, verdicts: pure |
//! | `table.rs`, `json.rs`, `machine.rs` | what is printed |

mod cipher;
mod cli;
mod clock;
mod contender;
mod findings;
mod goals;
mod group;
mod json;
mod load;
mod machine;
mod rounds;
mod run;
mod stats;
mod table;
mod worker;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use alts::record::aead::BackEnd;
use anyhow::{Context, Result, bail};
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    cli::Cli, contender::Arena, findings::Plan, machine::Machine, run::Report, worker::Worker,
};

/// A floor was missed, twice.
const FLOOR_MISSED: u8 = 1;
/// There are no numbers; usage errors have clap's 2.
const NOTHING_MEASURED: u8 = 3;

/// Rounds that count, unless told otherwise.
const QUICK_ROUNDS: usize = 9;
const ROUNDS: usize = 15;

fn main() -> ExitCode {
    match bench(&Cli::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(FLOOR_MISSED),
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::from(NOTHING_MEASURED)
        }
    }
}

/// Whether all floors hold.
fn bench(cli: &Cli) -> Result<bool> {
    let machine = Machine::this(BackEnd::from_env()?);
    let groups = cli.groups();
    if cli.list {
        show(&table::list(machine.back_end, &groups))?;
        return Ok(true);
    }
    let [server_core, client_core] = match worker::cores().as_slice() {
        [first, second, ..] => [Some(*first), Some(*second)],
        _ => [None, None],
    };
    // Handshakers first: they stay wherever the system puts them.
    let handshakers = Worker::start("handshakers", None)?;
    let servers = Worker::start("servers", server_core)?;
    if let Some(core) = client_core {
        worker::pin(core);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let measured = measure(cli, machine, servers, handshakers);
        tokio::select! {
            measured = measured => measured,
            // What is dropped then removes its temporary files and ends its processes.
            stopped = told_to_stop() => {
                stopped?;
                bail!("interrupted; nothing is judged")
            }
        }
    })
}

async fn told_to_stop() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

/// Prints to standard output. Whoever closes it early has read enough.
fn show(text: &str) -> Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("writing to standard output"),
    }
}

async fn measure(
    cli: &Cli,
    machine: Machine,
    servers: Worker,
    handshakers: Worker,
) -> Result<bool> {
    let arena = Arena::new(servers, handshakers).await?;
    if let Some(subject) = cli.idle_memory {
        let kib = group::measure_idle_memory(&arena, subject).await?;
        show(&format!("{kib}\n"))?;
        return Ok(true);
    }
    let default_rounds = if cli.quick { QUICK_ROUNDS } else { ROUNDS };
    let rounds = cli.rounds.map_or(default_rounds, usize::from);
    let plan = Plan {
        rounds,
        quick: cli.quick,
    };
    let report = Report::make(machine, plan, &cli.groups(), &arena).await?;
    show(&report.to_string())?;
    if let Some(file) = &cli.json {
        let json = format!("{:#}\n", report.to_json());
        std::fs::write(file, json).with_context(|| format!("writing {}", file.display()))?;
    }
    Ok(report.floors_hold())
}
