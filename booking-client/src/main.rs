//! The `booking-client` program: parse, run, print, and turn the outcome into an exit code.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use booking_client::{
    cli::Cli,
    command,
    exit::Exit,
    failure::Failure,
    output::{self, Style},
    request::Call,
    telemetry,
};
use clap::{CommandFactory as _, Parser as _, error::ErrorKind};

fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry::init(cli.log_format, cli.verbose);
    let call = match Call::from_cli(&cli) {
        Ok(call) => call,
        // clap's own form and exit code 2, as for everything it refuses itself.
        Err(error) => Cli::command()
            .error(ErrorKind::ValueValidation, error)
            .exit(),
    };
    let exit = match answer(&cli, &call) {
        Ok(answer) => show(&cli, &answer),
        Err(failure) => complain(&failure, failure.exit()),
    };
    exit.into()
}

#[tokio::main(flavor = "current_thread")]
async fn answer(cli: &Cli, call: &Call) -> Result<output::Answer, Failure> {
    let handshaker = cli
        .handshaker
        .build()
        .map_err(|error| Failure::from_alts(&error))?;
    command::run(call, handshaker).await
}

fn show(cli: &Cli, answer: &output::Answer) -> Exit {
    let style = Style {
        format: cli.output,
        condition: cli.verbose > 0,
        peer: cli.show_peer,
    };
    match output::print(&mut io::stdout().lock(), answer, style) {
        Ok(()) => Exit::Done,
        Err(error) => complain(
            &format!("cannot write the answer: {error}; check where stdout leads"),
            Exit::Failed,
        ),
    }
}

/// One line on stderr. If even that cannot be written, the exit code still tells.
fn complain(what: &dyn std::fmt::Display, exit: Exit) -> Exit {
    drop(writeln!(io::stderr(), "booking-client: {what}"));
    exit
}
