//! The `booking-web` program: configure, bind, announce, serve, drain.

use std::{net::SocketAddr, process::ExitCode, time::Duration};

use anyhow::Context as _;
use booking_web::{
    AppState, HostPolicy,
    accounts::Accounts,
    app,
    backend::alts::AltsBackend,
    cli::Cli,
    serve, telemetry,
    visitor::{Ended, Iap, Seal, SignIn, Users, Way, hash_password},
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
    let word = std::env::args_os().nth(1);
    let done = if word.is_some_and(|word| word == "hash-password") {
        print_hash()
    } else {
        let cli = Cli::parse();
        telemetry::init(cli.log_format);
        run(&cli).await
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("booking-web: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: &Cli) -> anyhow::Result<()> {
    let stop = stop_signal()?;
    let backend = AltsBackend::new(cli.handshaker.clone(), &cli.backend, &cli.backend_accounts)
        .map_err(blame)?;
    let listener = TcpListener::bind(cli.listen).await.with_context(|| {
        format!(
            "cannot listen on {}; free that address or give another with --listen",
            cli.listen
        )
    })?;
    let address = listener.local_addr()?;

    let expected = cli.backend_accounts.iter().map(ToString::to_string);
    let hosts = HostPolicy::new(address, cli.public_hosts.clone());
    let sign_in = sign_in(cli, address)?;
    let demo = sign_in
        .demo_path()
        .map(|path| format!("{}{}", url(address), path));
    let mut state = AppState::new(backend, expected, cli.backend_timeout, hosts, sign_in);
    if let Some(accounts) = accounts(cli)? {
        state = state.with_accounts(accounts);
    }
    let app = app(state.clone());

    tracing::info!(%address, url = url(address), "Booking web front end started");
    if let Some(link) = demo {
        tracing::warn!(
            link,
            "whoever opens this link is signed in: for demonstrations only"
        );
    }
    let following = tokio::spawn(state.clone().follow());
    let stopped = async move {
        stop.await;
        state.close();
    };
    let head_time = match cli.iap_audience {
        Some(_) => serve::BALANCED_HEAD_TIME,
        None => serve::HEAD_TIME,
    };
    let drained = serve::serve(listener, app, stopped, head_time, DRAIN_TIME).await;
    following.abort();
    if !drained {
        tracing::warn!("stopped before every request was answered");
    }
    tracing::info!("Booking web front end stopped");
    Ok(())
}

/// How people sign in, as the flags say.
fn sign_in(cli: &Cli, address: SocketAddr) -> anyhow::Result<SignIn> {
    let seal = match &cli.session_key {
        Some(file) => Seal::kept_in(file)?,
        None => Seal::random().context("the system gives no random bytes")?,
    };
    let way = match (&cli.iap_audience, &cli.users, &cli.person_header) {
        (Some(audience), ..) => Way::Iap(Iap::new(audience.clone(), cli.iap_keys.clone())),
        (None, Some(file), _) => Way::Local {
            users: Users::in_file(file)?,
            demo: cli.demo_person.clone().map(|person| (seal.nonce(), person)),
        },
        (None, None, Some(header)) => Way::Proxy {
            header: header.clone(),
            trusted: cli.trusted_proxies.clone(),
        },
        _ if address.ip().is_loopback() && cli.public_hosts.is_empty() => Way::Open,
        _ => Way::Closed,
    };
    let sign_in = SignIn::new(way, seal, !cli.public_hosts.is_empty());
    let sign_in = sign_in.behind(cli.trusted_proxies.clone());
    Ok(match &cli.session_key {
        // What outlasts this program has to be ended for longer, too.
        Some(file) => {
            let now_s = jiff::Timestamp::now().as_second();
            sign_in.with_ended(Ended::kept_in(&file.with_added_extension("ended"), now_s)?)
        }
        None => sign_in,
    })
}

/// Where accounts may be switched, as the flags say.
fn accounts(cli: &Cli) -> anyhow::Result<Option<Accounts>> {
    let Some(address) = &cli.accounts_admin else {
        return Ok(None);
    };
    let own = cli.own_account.as_ref().map(ToString::to_string);
    let server = cli.backend_accounts.first().map(ToString::to_string);
    let accounts = Accounts::at(
        address,
        own,
        server.unwrap_or_default(),
        cli.drill_restart.clone(),
    );
    accounts.map(Some).map_err(anyhow::Error::msg)
}

/// `booking-web hash-password`: reads a password from stdin, writes its hash to stdout.
fn print_hash() -> anyhow::Result<()> {
    eprintln!("Type a password and press Enter; it is not hidden while you type.");
    let mut password = String::new();
    std::io::stdin().read_line(&mut password)?;
    let hash = hash_password(password.trim_end_matches(['\r', '\n']));
    println!("{}", hash.map_err(anyhow::Error::msg)?);
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
