//! The `booking-web` program: configure, bind, announce, serve, drain.

use std::{net::SocketAddr, process::ExitCode, time::Duration};

use anyhow::Context as _;
use booking_web::{
    AppState, HostPolicy, app, backend::alts::AltsBackend, cli::Cli, serve, telemetry,
};
use clap::{CommandFactory as _, Parser as _, error::ErrorKind};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::oneshot,
};

/// How long requests in progress may take to finish after a signal to stop.
const DRAIN_TIME: Duration = Duration::from_secs(10);
/// The exit code after a second signal: what shells report of an interrupted program.
const EXIT_AT_ONCE: i32 = 130;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry::init(cli.log_format);
    match run(&cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("booking-web: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: &Cli) -> anyhow::Result<()> {
    let stop = stop_signal()?;
    let handshaker = cli.handshaker.build().map_err(blame)?;
    let backend =
        AltsBackend::new(handshaker, &cli.backend, &cli.backend_accounts).map_err(blame)?;
    let listener = TcpListener::bind(cli.listen).await.with_context(|| {
        format!(
            "cannot listen on {}; free that address or give another with --listen",
            cli.listen
        )
    })?;
    let address = listener.local_addr()?;

    let expected = cli.backend_accounts.iter().map(ToString::to_string);
    let hosts = HostPolicy::new(address, cli.public_hosts.clone());
    let app = app(AppState::new(backend, expected, cli.backend_timeout, hosts));

    tracing::info!(%address, url = url(address), "Booking web front end started");
    let drained = serve::serve(listener, app, stop, DRAIN_TIME).await;
    if !drained {
        tracing::warn!("stopped before every request was answered");
    }
    tracing::info!("Booking web front end stopped");
    Ok(())
}

/// Where a browser on this machine finds the front end.
fn url(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => {
            format!("http://127.0.0.1:{}/", v4.port())
        }
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => format!("http://[::1]:{}/", v6.port()),
        _ => format!("http://{address}/"),
    }
}

/// A setting that cannot be used is a wrong command line, and ends the program as clap does.
fn blame(error: alts::Error) -> anyhow::Error {
    if matches!(error, alts::Error::Misconfigured(_)) {
        Cli::command()
            .error(ErrorKind::ValueValidation, error)
            .exit();
    }
    let remedy = error.remedy();
    anyhow::anyhow!("{error}; {remedy}")
}

/// Completes at the first SIGINT or SIGTERM. A second one ends the program there and then, for
/// whoever does not want to wait for the drain.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let (stop, stopped) = oneshot::channel();
    tokio::spawn(async move {
        next(&mut interrupt, &mut terminate).await;
        tracing::info!("stopping; a second signal stops at once");
        // Nobody listens only when serving has ended already.
        let _ = stop.send(());
        next(&mut interrupt, &mut terminate).await;
        std::process::exit(EXIT_AT_ONCE);
    });
    Ok(async move { drop(stopped.await) })
}

async fn next(interrupt: &mut Signal, terminate: &mut Signal) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
