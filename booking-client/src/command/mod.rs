//! Does it: opens the secured channel, asks, and hands what was answered to the printer. Only these
//! files know gRPC and ALTS. One file per family of commands.

mod audit;
mod booking;
mod cases;
mod catalogue;
mod emergency;
mod hospital;
mod import;
mod load;
mod pages;
mod report;
mod schedule;
mod service;
mod sessions;
mod transfer;
mod watch;

use std::io::Write;

use alts::Handshaker;
use uuid::Uuid;

pub use self::booking::run as booking;
use self::service::Service;
use crate::{
    cli::{Cli, Command, WriteArgs},
    exit::Exit,
    failure::Failure,
    output::Printer,
    request::{Endpoint, WriteOptions},
};

/// Runs a command against the service at `endpoint` and prints what it has to say.
///
/// # Errors
/// A [`Failure`] that names cause and remedy.
pub async fn run(
    cli: &Cli,
    command: &Command,
    endpoint: &Endpoint,
    handshaker: Handshaker,
    printer: &mut Printer<impl Write>,
) -> Result<Exit, Failure> {
    let service = Service::new(&cli.common, endpoint, handshaker)?;
    let done = match command {
        Command::Cases(command) => cases::run(&service, command, printer).await,
        Command::Theatres(command) => hospital::theatres(&service, command, printer).await,
        Command::Staff(command) => hospital::staff(&service, command, printer).await,
        Command::Sites(command) => catalogue::sites(&service, command, printer).await,
        Command::Equipment(command) => catalogue::equipment(&service, command, printer).await,
        Command::Procedures(command) => catalogue::procedures(&service, command, printer).await,
        Command::Reasons(command) => catalogue::reasons(&service, command, printer).await,
        Command::Sessions(command) => sessions::run(&service, command, printer).await,
        Command::Schedule(args) => schedule::day(&service, args, printer).await,
        Command::Conflicts(args) => schedule::conflicts(&service, args, printer).await,
        Command::Slots(args) => schedule::slots(&service, args, printer).await,
        Command::Emergency(command) => emergency::run(&service, command, printer).await,
        Command::Watch(args) => watch::run(&service, args, cli.common.verbose > 0, printer).await,
        Command::Report(command) => report::run(&service, command, printer).await,
        Command::Export(args) => transfer::export(&service, args, printer).await,
        // These have more than one way to end well.
        Command::Import(args) => return import::run(&service, args, printer).await,
        Command::Audit(command) => return audit::run(&service, command, printer).await,
        Command::Load(args) => return load::run(&service, args, printer).await,
        // Needs no service; `main` has printed it.
        Command::Completions { .. } => Ok(()),
    };
    done.map(|()| Exit::Done)
}

/// What every write carries, with a fresh request id where none was typed.
fn options(typed: &WriteArgs) -> WriteOptions {
    WriteOptions::new(typed, Uuid::new_v4())
}
