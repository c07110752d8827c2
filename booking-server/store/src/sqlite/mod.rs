//! An SQLite file, or a database in memory, made ready to be served from by one server.
//!
//! ```text
//!  open:  take the lock -> look, touch nothing -> migrate -> seed if new -> open the pools
//!               |               |                    |
//!               InUse           NotADatabase,        (all or nothing: SQLite's transactions)
//!                               Foreign, Corrupt,
//!                               SchemaNewer
//! ```
//!
//! Write-ahead log with `synchronous = FULL`: an acknowledged write survives a power cut, and
//! readers never wait for a writer.

mod blame;
mod inspect;
mod lock;
mod place;
mod prepare;
#[cfg(test)]
mod tests;

use std::{path::Path, time::Duration};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use self::{blame::Blame, lock::Lock, place::FileIdentity};
use crate::{OpenError, OpenOptions, StoreError, db::Pool, opened::Opened};

/// How long a call waits for a connection, or for a lock on the file, before it is told "busy".
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Statements that a connection keeps prepared: lists of every length are many.
const STATEMENTS: usize = 1_000;

/// Rows that SQLite's thread may be ahead of whoever reads them; a report has thousands.
const ROWS: usize = 1_000;

/// What a reader keeps of the file, in SQLite's way of saying kibibytes: enough for a year of a
/// theatre group, which lies scattered among the other theatres'.
const READER_CACHE: &str = "-32000";

/// Keeps a second server off the file and notices when it is lost.
#[derive(Debug)]
pub(crate) struct Hold {
    _lock: Lock,
    identity: FileIdentity,
}

impl Hold {
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        self.identity.check()
    }
}

/// Opens a database that lives and dies with this process.
pub(crate) async fn open_memory(options: &OpenOptions) -> Result<Opened, OpenError> {
    let blame = Blame::new(Path::new(":memory:"));
    // It lives and dies with its connection: exactly one, for readers and the writer in turn.
    let pool = pool(1)
        .connect_with(settings(Path::new(":memory:")))
        .await
        .map_err(|error| blame.open(error))?;
    let token_key = prepare::prepare(&pool, options.seed, &blame).await?;
    Ok(Opened {
        readers: Pool::Sqlite(pool.clone()),
        writers: Pool::Sqlite(pool),
        token_key,
    })
}

/// Opens a file, creating it as needed.
pub(crate) async fn open_file(
    path: &Path,
    options: &OpenOptions,
) -> Result<(Opened, Hold), OpenError> {
    let path = place::resolve(path)?;
    let blame = Blame::new(&path);
    let lock = Lock::take(&path)?;
    if place::holds_database(&path)? {
        let standing = inspect::look(settings(&path), &blame).await?;
        tracing::debug!(?standing, "looked at the database");
    } else {
        place::create_private(&path)?;
    }

    let writers = pool(1)
        .connect_with(durable(&path))
        .await
        .map_err(|error| blame.open(error))?;
    let token_key = prepare::prepare(&writers, options.seed, &blame).await?;
    let identity = FileIdentity::of(&path).map_err(|error| blame.io(error))?;
    let readers = pool(options.readers)
        .connect_with(
            durable(&path)
                .pragma("query_only", "on")
                .pragma("cache_size", READER_CACHE),
        )
        .await
        .map_err(|error| blame.open(error))?;
    let opened = Opened {
        readers: Pool::Sqlite(readers),
        writers: Pool::Sqlite(writers),
        token_key,
    };
    let hold = Hold {
        _lock: lock,
        identity,
    };
    Ok((opened, hold))
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .min_connections(1)
        .max_connections(connections)
        .acquire_timeout(BUSY_TIMEOUT)
        .idle_timeout(None)
        // The file is here, not across a network: a connection does not go stale.
        .test_before_acquire(false)
        .max_lifetime(None)
}

/// How to open the file without changing anything in it.
fn settings(path: &Path) -> SqliteConnectOptions {
    use sqlx::ConnectOptions as _;

    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .statement_cache_capacity(STATEMENTS)
        .row_buffer_size(ROWS)
        // Statements would show up in the log at `debug`, a seed's with the patients in it.
        .disable_statement_logging()
}

/// How to open the file for good: what is committed stays committed.
fn durable(path: &Path) -> SqliteConnectOptions {
    settings(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
}
