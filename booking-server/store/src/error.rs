//! How opening a store and reading from it can fail.
//!
//! Two enums, for two readers. [`OpenError`] stops a start and is read by whoever typed the
//! command: it names the file and the remedy, and whenever it is returned nothing that was in the
//! file has been changed. [`StoreError`] befalls a call: its text is for the operator's log, and
//! the caller sees only what `grpc::status` makes of it. Neither holds patient data.

use std::{io, path::PathBuf};

use thiserror::Error;

/// Why a database cannot be served from.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The directory it should be in does not exist.
    #[error(
        "cannot open the database {}: its directory does not exist; create it, or name another \
         file with --database-url", .path.display()
    )]
    DirectoryMissing {
        /// The database file.
        path: PathBuf,
    },
    /// It, or its lock or journal, cannot be written.
    #[error(
        "cannot write the database {}: {source}; give this user write access to the file and its \
         directory, or name another file with --database-url", .path.display()
    )]
    NotWritable {
        /// The database file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// Another server serves from it, or another program has it locked.
    #[error(
        "the database {} is in use by another {}; an SQLite file serves one server: stop that one, \
         or name another file with --database-url",
        .path.display(),
        .holder.map_or_else(|| "program".to_owned(), |pid| format!("booking-server (process {pid})"))
    )]
    InUse {
        /// The database file.
        path: PathBuf,
        /// The other server's process, where there is one and it could be read.
        holder: Option<u32>,
    },
    /// Not an SQLite file at all.
    #[error(
        "{} is not an SQLite database; it was left as it is: name another file with \
         --database-url", .path.display()
    )]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// A sound SQLite file of another application.
    #[error(
        "{} is a database of another application; it was left as it is: name another file with \
         --database-url", .path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Damaged.
    #[error(
        "the database {} is damaged ({detail}); it was left as it is: restore it from a backup, or \
         recover what is left with `sqlite3 {} .recover`", .path.display(), .path.display()
    )]
    Corrupt {
        /// The database file.
        path: PathBuf,
        /// What SQLite found first.
        detail: String,
    },
    /// Written by a later version of this program.
    #[error(
        "the database {} has schema {found}, and this booking-server knows schemas up to {known}; \
         it was left as it is: run the version that wrote it, or a later one", .path.display()
    )]
    SchemaNewer {
        /// The database file.
        path: PathBuf,
        /// The newest migration in the file.
        found: i64,
        /// The newest migration in this program.
        known: i64,
    },
    /// A migration in the file is not the one of that number here.
    #[error(
        "the schema of the database {} is not one this booking-server has ever made ({source}); it \
         was left as it is: restore it from a backup, or name another file with --database-url",
        .path.display()
    )]
    SchemaAltered {
        /// The database file.
        path: PathBuf,
        /// What differs.
        source: sqlx::migrate::MigrateError,
    },
    /// The PostgreSQL server cannot be reached, or lets nobody in.
    #[error("cannot connect to PostgreSQL: {cause}; {remedy}")]
    Unreachable {
        /// What the server, the network or TLS says.
        cause: String,
        /// What may help.
        remedy: &'static str,
    },
    /// The PostgreSQL server is too old.
    #[error(
        "PostgreSQL {found} is too old: version {known} or later is needed; upgrade it, or name \
         another server with --database-url"
    )]
    ServerTooOld {
        /// The server's version.
        found: String,
        /// The oldest that will do.
        known: u32,
    },
    /// The database is not ours, or not of a version of ours that can be served from.
    #[error("cannot serve from the PostgreSQL database: {0}; it was left as it is")]
    Unsuitable(String),
    /// It opens, and then cannot be read.
    #[error("cannot read the database: {0}")]
    Unreadable(#[source] Box<StoreError>),
    /// Anything else that SQLite refuses.
    #[error(
        "cannot open the database {}: {source}; see that its disk is there and not full",
        .path.display()
    )]
    Failed {
        /// The database file.
        path: PathBuf,
        /// What SQLite says.
        source: sqlx::Error,
    },
}

/// Why a question to the store has no answer, or a write did not happen.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// All connections are taken, the database is locked or out of reach; asking again may help.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// A resource is taken then: the database's own rule refused, which is the last net behind the
    /// domain's rules.
    #[error("a resource is held by another case, or the theatre's time by another session")]
    Overlap,
    /// What is replaced is not there in the version that was expected.
    #[error("{0} was changed meanwhile; read it again")]
    Stale(String),
    /// What is added is there already.
    #[error("{0} exists already")]
    Exists(String),
    /// What is removed is referred to.
    #[error("{0} is in use; retire it instead")]
    InUse(String),
    /// What is referred to is not there.
    #[error("something that is referred to does not exist: {0}")]
    Dangling(String),
    /// What is in it contradicts itself.
    #[error("the database is damaged: {0}; restore it from a backup")]
    Corrupt(String),
    /// The file was removed or replaced under the server.
    #[error("the database file was removed or replaced; stop the server and put it back")]
    Gone,
    /// Whether the write happened could not be found out: the connection was lost over the commit,
    /// or the write panicked.
    #[error("the write was interrupted and may have happened; look before asking again")]
    Unknown,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// It cannot be read or written.
    #[error("the database fails: {0}; see that its disk is there and not full")]
    Failed(#[source] sqlx::Error),
}

impl StoreError {
    /// A table without the one row that it always has.
    pub(crate) fn gone(table: &str) -> Self {
        Self::Corrupt(format!("the row of table {table} is gone"))
    }
}
