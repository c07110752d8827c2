//! Whose fault it is while serving: from either database's error codes to [`StoreError`].
//!
//! SQLite's codes are numbers ("Result and Error Codes", sqlite.org/rescode.html; the low byte of
//! an extended code is its primary code), PostgreSQL's are five characters (its manual's appendix
//! "PostgreSQL Error Codes"): one table can hold both.

use crate::StoreError;

/// The name of the rule in both schemas: a trigger's message in SQLite, a constraint's name in
/// PostgreSQL.
const NO_OVERLAP: &str = "no_overlap";

/// What kind of trouble an error is, for whoever decides whether to try again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// Another try may succeed: a lock, a deadlock, a connection that was lost.
    Transient,
    /// Another try will end the same.
    Lasting,
}

fn code(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}

/// SQLite's primary code.
fn primary(code: &str) -> Option<i32> {
    code.parse::<i32>()
        .ok()
        .filter(|_| code.len() < 5)
        .map(|code| code & 0xff)
}

/// Whether another try may succeed.
pub(crate) fn fault(error: &sqlx::Error) -> Fault {
    let transient = match code(error) {
        Some(code) => {
            matches!(primary(&code), Some(5 | 6))  // SQLITE_BUSY, SQLITE_LOCKED
                // Serialization, deadlock, lock timeout, too many connections, shutting down or
                // starting up, connections lost.
                || ["40001", "40P01", "55P03", "53300", "57P01", "57P02", "57P03"].contains(&&*code)
                || code.starts_with("08")
        }
        None => is_connection(error),
    };
    if transient {
        Fault::Transient
    } else {
        Fault::Lasting
    }
}

/// Whether it is the connection that failed and not the statement.
fn is_connection(error: &sqlx::Error) -> bool {
    matches!(
        error,
        sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_)
            | sqlx::Error::BeginFailed
    )
}

/// A second row where there may be one.
pub(crate) fn is_duplicate(error: &sqlx::Error) -> bool {
    // SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY, unique_violation.
    code(error).is_some_and(|code| ["2067", "1555", "23505"].contains(&&*code))
}

/// A reference to what is not there, or the removal of what is referred to.
pub(crate) fn is_dangling(error: &sqlx::Error) -> bool {
    // SQLITE_CONSTRAINT_FOREIGNKEY, foreign_key_violation.
    code(error).is_some_and(|code| ["787", "23503"].contains(&&*code))
}

fn is_overlap(error: &sqlx::Error) -> bool {
    let Some(found) = error.as_database_error() else {
        return false;
    };
    match found.code().as_deref() {
        // SQLITE_CONSTRAINT_TRIGGER
        Some("1811") => found.message() == NO_OVERLAP,
        // exclusion_violation
        Some("23P01") => true,
        _ => false,
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if is_overlap(&error) {
            return Self::Overlap;
        }
        if matches!(error, sqlx::Error::PoolClosed) {
            return Self::Closed;
        }
        if fault(&error) == Fault::Transient {
            return Self::Busy(message(&error));
        }
        if is_dangling(&error) {
            return Self::Dangling(constraint(&error));
        }
        if is_duplicate(&error) {
            return Self::Exists(constraint(&error));
        }
        match code(&error).as_deref() {
            // A value that is not of its column's type went around the schema.
            None if matches!(error, sqlx::Error::ColumnDecode { .. }) => {
                Self::Corrupt(error.to_string())
            }
            Some(found) if matches!(primary(found), Some(11 | 26)) || found.starts_with("XX") => {
                Self::Corrupt(message(&error))
            }
            _ => Self::Failed(error),
        }
    }
}

/// The database's own words, without sqlx's around them.
pub(crate) fn message(error: &sqlx::Error) -> String {
    error
        .as_database_error()
        .map_or_else(|| error.to_string(), |error| error.message().to_owned())
}

/// Which rule of the schema, as far as the database says: never a value.
fn constraint(error: &sqlx::Error) -> String {
    let found = error.as_database_error();
    let name = found.and_then(|error| error.constraint().or_else(|| error.table()));
    name.unwrap_or("a row").to_owned()
}
