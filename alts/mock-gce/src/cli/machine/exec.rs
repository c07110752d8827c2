//! `mock-gce exec`: this process moves into a machine and becomes the command.

use std::{
    env, io,
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
};

use alts_daemon::run::failed;
use anyhow::{Context, anyhow};
use mock_gce::instance::Record;

use super::{EXEC_FAILED, ExecArgs};

/// The command is there and cannot be run: a shell's code for it.
const CANNOT_RUN: u8 = 126;
/// There is no such command: a shell's code for it.
const NOT_FOUND: u8 = 127;

/// Proxies of the computer around are out of reach in a machine, and gRPC's libraries would send
/// even the handshaker's connection there.
const PROXY_VARIABLES: [&str; 4] = ["http_proxy", "https_proxy", "grpc_proxy", "all_proxy"];

/// Comes back only when something failed.
pub(super) fn run(args: ExecArgs) -> ExitCode {
    let record = args
        .which
        .instance()
        .and_then(|instance| instance.running());
    let entered = record.and_then(|record| enter(&record, &args.machine));
    if let Err(error) = entered {
        failed("mock-gce", &error);
        return ExitCode::from(EXEC_FAILED);
    }
    let (program, arguments) = args.command.split_first().expect("clap requires a command");
    let mut command = Command::new(program);
    command.args(arguments);
    for name in PROXY_VARIABLES {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    let error = command.exec();
    let code = match error.kind() {
        io::ErrorKind::NotFound => NOT_FOUND,
        _ => CANNOT_RUN,
    };
    let error = anyhow!("cannot run {}: {error}", program.display());
    failed("mock-gce", &error);
    ExitCode::from(code)
}

fn enter(record: &Record, name: &str) -> anyhow::Result<()> {
    let machine = record.machines.iter().find(|machine| machine.name == name);
    let machine = machine.with_context(|| {
        let names: Vec<&str> = record.machines.iter().map(|m| m.name.as_str()).collect();
        format!("there is no machine {name}; there are {}", names.join(", "))
    })?;
    let keeper = machine.keeper.open().with_context(|| {
        format!("{name} is off; bring the mock down and up again to switch it on")
    })?;
    let here = env::current_dir().context("this directory is gone; change to another")?;
    keeper
        .enter(record.user_namespace)
        .with_context(|| format!("cannot enter {name}"))?;
    // The namespace brings its own root as the current directory.
    env::set_current_dir(&here)
        .with_context(|| format!("{} is not there in {name}", here.display()))
}
