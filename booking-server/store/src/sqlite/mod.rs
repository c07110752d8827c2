//! The store in one SQLite file, for one server.
//!
//! ```text
//!  open:  take the lock -> look, touch nothing -> migrate -> seed if new -> open the readers
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
mod read;
#[cfg(test)]
mod tests;

use std::{path::Path, time::Duration};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use self::{blame::Blame, lock::Lock, place::FileIdentity};
use super::{Location, OpenError, Seed, Store, StoreError};
use crate::domain::{DoctorId, PatientId, SurgicalCase};

/// Connections that read side by side. Reads are short and the file is in the page cache: more
/// connections than a small machine has cores only add threads.
const READERS: u32 = 4;

/// How long a call waits for a connection, or for a lock on the file, before it is told "busy".
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Cases in an SQLite file, or in memory.
#[derive(Debug)]
pub struct SqliteStore {
    readers: SqlitePool,
    /// What keeps a second server off and notices a lost file; a store in memory needs neither.
    file: Option<(Lock, FileIdentity)>,
}

impl SqliteStore {
    /// Opens the database, creating, migrating and seeding it as needed.
    ///
    /// `seed` counts only for a database that is new.
    ///
    /// # Errors
    ///
    /// [`OpenError`]; what was in the file is then as it was.
    pub async fn open(location: &Location, seed: Seed) -> Result<Self, OpenError> {
        match location {
            Location::Memory => Self::open_memory(seed).await,
            Location::File(path) => Self::open_file(path, seed).await,
        }
    }

    async fn open_memory(seed: Seed) -> Result<Self, OpenError> {
        let blame = Blame::new(Path::new(":memory:"));
        // The database lives and dies with its connection: exactly one, kept for ever.
        let readers = pool(1)
            .connect_with(options(Path::new(":memory:")))
            .await
            .map_err(|error| blame.open(error))?;
        let mut connection = readers.acquire().await.map_err(|error| blame.open(error))?;
        prepare::migrate_and_seed(&mut connection, seed, &blame).await?;
        drop(connection);
        Ok(Self {
            readers,
            file: None,
        })
    }

    async fn open_file(path: &Path, seed: Seed) -> Result<Self, OpenError> {
        let path = place::resolve(path)?;
        let blame = Blame::new(&path);
        let lock = Lock::take(&path)?;
        if place::holds_database(&path)? {
            let standing = inspect::look(options(&path), &blame).await?;
            tracing::debug!(?standing, "looked at the database");
        } else {
            place::create_private(&path)?;
        }

        prepare::prepare(durable(&path), seed, &blame).await?;
        let identity = FileIdentity::of(&path).map_err(|error| blame.io(error))?;
        let readers = pool(READERS)
            .connect_with(durable(&path).pragma("query_only", "on"))
            .await
            .map_err(|error| blame.open(error))?;
        Ok(Self {
            readers,
            file: Some((lock, identity)),
        })
    }

    /// Waits for the reads under way, closes every connection and lets go of the file.
    pub async fn close(&self) {
        self.readers.close().await;
    }
}

impl Store for SqliteStore {
    async fn cases_of(
        &self,
        patient: &PatientId,
        doctor: &DoctorId,
    ) -> Result<Vec<SurgicalCase>, StoreError> {
        read::cases_of(&self.readers, patient, doctor).await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        if let Some((_, identity)) = &self.file {
            identity.check()?;
        }
        read::probe(&self.readers).await
    }
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
fn options(path: &Path) -> SqliteConnectOptions {
    use sqlx::ConnectOptions as _;

    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        // Statements would show up in the log at `debug`, a seed's with the patients in it.
        .disable_statement_logging()
}

/// How to open the file for good: what is committed stays committed.
fn durable(path: &Path) -> SqliteConnectOptions {
    options(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
}
