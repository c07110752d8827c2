//! The `booking-client` program: parse, run, print, and turn the outcome into an exit code.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use booking_client::{
    cli::{self, Cli, Command},
    command,
    exit::Exit,
    failure::Failure,
    output::{self, Printer, Style},
    request::{self, Call, UsageError},
    telemetry,
};
use clap::{Command as Clap, error::ErrorKind};

fn main() -> ExitCode {
    let cli = cli::parse(std::env::args_os()).unwrap_or_else(|error| error.exit());
    telemetry::init(cli.common.log_format, cli.common.verbose);
    let done = match &cli.command {
        None => answer(&cli),
        Some(Command::Completions { shell }) => complete(*shell),
        Some(command) => run(&cli, command),
    };
    let exit = match done {
        Ok(exit) => exit,
        // Whoever stopped reading (`| head`) has what they wanted.
        Err(failure) if failure.is_unread() => Exit::Done,
        Err(failure) => {
            // If even that cannot be written, the exit code still tells.
            drop(writeln!(io::stderr(), "booking-client: {failure}"));
            failure.exit()
        }
    };
    exit.into()
}

/// The article's call.
fn answer(cli: &Cli) -> Result<Exit, Failure> {
    let call = Call::from_cli(cli).unwrap_or_else(|error| misused(&error));
    let answer = asynchronously(command::booking(&call, handshaker(cli)?))?;
    let style = Style {
        format: cli.common.output,
        condition: cli.common.verbose > 0,
        peer: cli.booking.show_peer,
    };
    output::print(&mut io::stdout().lock(), &answer, style)?;
    Ok(Exit::Done)
}

/// Any other command.
fn run(cli: &Cli, command: &Command) -> Result<Exit, Failure> {
    let endpoint = request::endpoint(cli).unwrap_or_else(|error| misused(&error));
    let mut printer = Printer::new(io::stdout().lock(), cli.common.output);
    let handshaker = handshaker(cli)?;
    let done = asynchronously(command::run(
        cli,
        command,
        &endpoint,
        handshaker,
        &mut printer,
    ));
    printer.flush()?;
    done
}

fn handshaker(cli: &Cli) -> Result<alts::Handshaker, Failure> {
    let built = cli.handshaker.build();
    built.map_err(|error| Failure::from_alts(&error))
}

fn asynchronously<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(work)
}

/// In memory first: a reader who leaves early is no error, and the generator would panic over one.
fn complete(shell: clap_complete::Shell) -> Result<Exit, Failure> {
    let mut definitions: Clap = cli::definitions();
    let name = definitions.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut definitions, name, &mut script);
    io::stdout().write_all(&script)?;
    Ok(Exit::Done)
}

/// clap's own form and exit code 2, as for everything it refuses itself.
fn misused(error: &UsageError) -> ! {
    cli::definitions()
        .error(ErrorKind::ValueValidation, error)
        .exit()
}
