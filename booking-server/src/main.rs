//! `booking-server`: read the command line, open the store, serve, drain.

use std::{
    io::{self, Write as _},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use alts::ServiceAccount;
use anyhow::anyhow;
use booking_server::{
    Deps,
    access::{AccessFile, Gatekeeper, Policy, role_table},
    config::{Config, Invocation, looks_like_service_account},
    demo,
    pseudonym::{KEY_BYTES, PatientNames},
    serve,
    signals::{StopSignals, hang_ups},
    telemetry::{self, LogFormat},
};
use booking_store::{Location, OpenOptions, Store};
use jiff::Timestamp;
use tokio::{net::TcpListener, time};
use zeroize::Zeroizing;

/// How long the database may take to be put away; its log is durable without.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    match Invocation::parse(std::env::args_os()).unwrap_or_else(|usage| usage.exit()) {
        Invocation::Serve(config) => {
            let format = config.log_format;
            finish(format, start(*config).map(|()| ExitCode::SUCCESS))
        }
        Invocation::Doctor(location) => finish(LogFormat::Text, doctor(&location)),
        // A reader that has gone away needs no more.
        Invocation::Roles => {
            drop(io::stdout().write_all(role_table().as_bytes()));
            ExitCode::SUCCESS
        }
    }
}

fn finish(format: LogFormat, done: anyhow::Result<ExitCode>) -> ExitCode {
    done.unwrap_or_else(|error| {
        match format {
            // `eprintln!` would panic where nobody reads standard error any more.
            LogFormat::Text => drop(writeln!(io::stderr(), "booking-server: {error}")),
            LogFormat::Json => tracing::error!("{error}"),
        }
        ExitCode::FAILURE
    })
}

fn start(config: Config) -> anyhow::Result<()> {
    telemetry::init(config.log_format, config.log.parse()?);
    threads()?.block_on(run(config))
}

fn threads() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| anyhow!("cannot start threads: {error}; see `ulimit -a`"))
}

async fn run(config: Config) -> anyhow::Result<()> {
    // Caught first: a signal during a long migration must not be lost.
    let signals = StopSignals::catch()
        .map_err(|error| anyhow!("cannot catch signals: {error}; see `ulimit -a`"))?;
    announce_allowed(&config.allowed_clients);
    let patient_names = patient_names(config.log_patient_ids)?;
    let handshaker = config.handshaker.build().map_err(explain)?;
    let gatekeeper = gatekeeper(&config)?;
    // Before the port is open: who can connect is answered at once.
    let options = OpenOptions {
        seed: config.seed,
        ..OpenOptions::default()
    };
    let store = Store::open(&config.database.location, options).await?;
    demo::fill(&store, Timestamp::now()).await?;
    let address = config.listen;
    let listener = TcpListener::bind(address).await.map_err(|error| {
        anyhow!("cannot listen on {address}: {error}; choose another address with --listen")
    })?;

    let deps = Deps {
        store: store.clone(),
        clock: Arc::new(Timestamp::now),
        patient_names: Arc::new(patient_names),
        gatekeeper,
        drain_timeout: config.drain_timeout,
        max_connection_age: config.max_connection_age,
    };
    let served = serve(listener, handshaker, deps, signals.first()).await;
    if time::timeout(CLOSE_TIMEOUT, store.close()).await.is_err() {
        tracing::warn!("the database was not put away in time; its next start recovers it");
    }
    Ok(served?)
}

/// Who may do what, from now on and whenever the access file changes.
fn gatekeeper(config: &Config) -> anyhow::Result<Gatekeeper> {
    let legacy = config.allowed_clients.clone();
    let Some(path) = config.access.clone() else {
        return Ok(Gatekeeper::new(Policy::default().with_legacy(&legacy)));
    };
    let hang_ups =
        hang_ups().map_err(|error| anyhow!("cannot catch signals: {error}; see `ulimit -a`"))?;
    let (file, policy) = AccessFile::open(path, legacy)?;
    let gatekeeper = Gatekeeper::new(policy);
    tokio::spawn(file.follow(gatekeeper.clone(), hang_ups));
    Ok(gatekeeper)
}

/// Prints what contradicts itself, a line each; fails when anything does.
fn doctor(location: &Location) -> anyhow::Result<ExitCode> {
    let findings = threads()?.block_on(async {
        let store = Store::open(location, OpenOptions::default()).await?;
        let findings = store.examine().await;
        store.close().await;
        anyhow::Ok(findings?)
    })?;
    let mut out = io::stdout().lock();
    for finding in &findings {
        let (kind, about) = (finding.kind, &finding.resource);
        writeln!(out, "{kind} {about}: {}", finding.description)?;
    }
    if findings.is_empty() {
        writeln!(out, "nothing found: the database agrees with itself")?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "{} found", findings.len())?;
    Ok(ExitCode::FAILURE)
}

/// Who may call is worth a line, and a mistyped account one of its own: it fails silently, for
/// somebody else.
fn announce_allowed(accounts: &[ServiceAccount]) {
    let allowed: Vec<&str> = accounts.iter().map(AsRef::as_ref).collect();
    tracing::info!(?allowed, "clients that may call");
    for account in accounts {
        if !looks_like_service_account(account) {
            tracing::warn!(%account, "this does not look like a service account; is it mistyped?");
        }
    }
}

fn patient_names(plain_ids: bool) -> anyhow::Result<PatientNames> {
    if plain_ids {
        tracing::warn!(
            "patients' numbers are logged; use --log-patient-ids with invented patients only"
        );
        return Ok(PatientNames::plain_ids());
    }
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    getrandom::fill(&mut *key)
        .map_err(|error| anyhow!("no random numbers: {error}; see that /dev/urandom is there"))?;
    Ok(PatientNames::pseudonyms(key))
}

/// ALTS errors keep what to do apart from what happened; a line for a person has both.
fn explain(error: alts::Error) -> anyhow::Error {
    let remedy = error.remedy();
    anyhow!("{error}; {remedy}")
}
