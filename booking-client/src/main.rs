//! The `booking-client` program: parse, run, print, and turn the outcome into an exit code.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use booking_client::{
    cli::{self, Cli, Command},
    connection::Service,
    exit::Exit,
    failure::Failure,
    printing::Printer,
    telemetry,
};
use clap::error::ErrorKind;

fn main() -> ExitCode {
    let cli = cli::parse(std::env::args_os()).unwrap_or_else(|error| error.exit());
    telemetry::init(cli.common.log_format, cli.common.verbose);
    let exit = match run(cli) {
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

fn run(cli: Cli) -> Result<Exit, Failure> {
    if let Some(Command::Completions { shell }) = cli.command {
        return cli::complete(shell);
    }
    // clap's own form and exit code 2, as for everything it refuses itself.
    let endpoint = cli.endpoint().unwrap_or_else(|error| {
        let mut definitions = cli::definitions();
        definitions.error(ErrorKind::ValueValidation, error).exit()
    });
    let handshaker = cli.handshaker.build();
    let handshaker = handshaker.map_err(|error| Failure::from_alts(&error))?;
    let common = &cli.common;
    let mut printer = Printer::new(io::stdout().lock(), common.output, common.verbose > 0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let done = runtime.block_on(async {
        let service = Service::new(&cli.common, endpoint, handshaker)?;
        cli.run(&service, &mut printer).await
    });
    printer.flush()?;
    done
}
