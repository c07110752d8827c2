//! A PostgreSQL database, made ready to be served from by any number of servers.
//!
//! ```text
//!  open:  connect -> old enough? ours? -> migrate (one server at a time) -> seed if new -> pools
//! ```

mod blame;
mod prepare;
mod trust;

use std::{str::FromStr as _, time::Duration};

use sqlx::{
    ConnectOptions as _, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use self::blame::unreachable;
use crate::{OpenError, OpenOptions, PostgresUrl, db::Pool, opened::Opened};

/// How long a call waits for a connection before it is told "busy".
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections that write: one writes, the other is being made ready.
const WRITERS: u32 = 2;

/// Statements that a connection keeps prepared: lists of every length are many.
const STATEMENTS: usize = 1_000;

/// Settings of the sessions that write. All writers wait for one row, so none may keep it for long:
/// one that hangs, or whose machine has gone, is ended by the database.
const WRITING: [(&str, &str); 3] = [
    ("application_name", "booking-server"),
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "10s"),
];

/// Settings of the sessions that read: a snapshot that nobody reads from any more keeps the
/// database from clearing up.
const READING: [(&str, &str); 2] = [
    ("application_name", "booking-server"),
    ("idle_in_transaction_session_timeout", "5min"),
];

/// Opens the database.
pub(crate) async fn open(url: &PostgresUrl, options: &OpenOptions) -> Result<Opened, OpenError> {
    let settings = settings(url)?;
    let writers = pool(WRITERS, settings.clone().options(WRITING)).await?;
    let token_key = prepare::prepare(&writers, options.seed).await?;
    // And one that listens.
    let readers = pool(options.readers + 1, settings.options(READING)).await?;
    Ok(Opened {
        readers: Pool::Postgres(readers),
        writers: Pool::Postgres(writers),
        token_key,
    })
}

fn settings(url: &PostgresUrl) -> Result<PgConnectOptions, OpenError> {
    let settings = PgConnectOptions::from_str(url.as_str()).map_err(|error| unreachable(&error))?;
    trust::check(settings.get_ssl_mode(), trust::authorities_are_named())?;
    // Statements would show up in the log at `debug`, with patients in them.
    Ok(settings
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging())
}

async fn pool(connections: u32, settings: PgConnectOptions) -> Result<PgPool, OpenError> {
    // With two providers in a program rustls would choose neither, and panic. An error says that one is chosen already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    PgPoolOptions::new()
        .min_connections(1)
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // A round trip for every call; a connection that was lost is noticed by the statement.
        .test_before_acquire(false)
        .connect_with(settings)
        .await
        .map_err(|error| unreachable(&error))
}
