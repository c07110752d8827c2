//! `--database-url`: which database, parsed.

use std::{fmt, path::PathBuf, str::FromStr};

use sqlx::postgres::PgConnectOptions;
use thiserror::Error;

/// Where the cases are kept.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Location {
    /// In this process, gone with it: `sqlite::memory:`.
    Memory,
    /// In a file: `sqlite:ot-booking.db`, `sqlite:///var/lib/booking/ot.db`.
    File(PathBuf),
    /// In a PostgreSQL database: `postgres://user:password@host:5432/database?sslmode=require`.
    Postgres(PostgresUrl),
}

/// Where a PostgreSQL database is, and how to be let in. May hold a password: never shown.
#[derive(Clone, Eq, PartialEq)]
pub struct PostgresUrl(Box<str>);

impl PostgresUrl {
    /// The URL itself, with the password in it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostgresUrl(..)")
    }
}

/// Why a text names no database this build can open.
///
/// The text is not quoted: such a URL may hold a password.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum InvalidDatabaseUrl {
    /// Not a PostgreSQL URL that could be understood.
    #[error("not a PostgreSQL URL; write postgres://USER@HOST/DATABASE")]
    Postgres,
    /// An option of a PostgreSQL URL that would be ignored, or does not say what it seems to.
    #[error(
        "an option after `?` is not understood; write sslmode=disable, prefer, require, verify-ca \
         or verify-full, and sslrootcert=FILE, sslcert=FILE, sslkey=FILE, host=FOLDER, options=.. \
         or application_name=.."
    )]
    PostgresOption,
    /// Neither of those that are known.
    #[error(
        "not a database URL; write sqlite:FILE, sqlite::memory: or postgres://USER@HOST/DATABASE"
    )]
    UnknownScheme,
    /// `sqlite:` and nothing more.
    #[error("the file is missing; write sqlite:FILE or sqlite::memory:")]
    FileMissing,
    /// Options after a question mark.
    #[error("options after `?` are not supported; write sqlite:FILE alone")]
    Options,
}

impl FromStr for Location {
    type Err = InvalidDatabaseUrl;

    fn from_str(url: &str) -> Result<Self, InvalidDatabaseUrl> {
        let (scheme, rest) = url
            .split_once(':')
            .ok_or(InvalidDatabaseUrl::UnknownScheme)?;
        match scheme {
            "sqlite" => {}
            "postgres" | "postgresql" => {
                if !options_are_known(url) {
                    return Err(InvalidDatabaseUrl::PostgresOption);
                }
                return PgConnectOptions::from_str(url)
                    .map(|_| Self::Postgres(PostgresUrl(url.into())))
                    .map_err(|_| InvalidDatabaseUrl::Postgres);
            }
            _ => return Err(InvalidDatabaseUrl::UnknownScheme),
        }
        match rest.strip_prefix("//").unwrap_or(rest) {
            ":memory:" => Ok(Self::Memory),
            "" => Err(InvalidDatabaseUrl::FileMissing),
            path if path.contains('?') => Err(InvalidDatabaseUrl::Options),
            path => Ok(Self::File(path.into())),
        }
    }
}

/// Options of a PostgreSQL URL that mean something; what its driver does not know it ignores, and a
/// mistyped `sslmode` must not pass for one. `sslmode` itself is held to [`SSL_MODES`].
const OPTIONS: [&str; 15] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslrootcert",
    "user",
];

/// What `sslmode` may be. `allow` is not among them: the driver would never encrypt.
const SSL_MODES: [&str; 5] = ["disable", "prefer", "require", "verify-ca", "verify-full"];

fn options_are_known(url: &str) -> bool {
    let options = url.split_once('?').map_or("", |(_, options)| options);
    options
        .split('&')
        .filter(|option| !option.is_empty())
        .all(|option| {
            let (key, value) = option.split_once('=').unwrap_or((option, ""));
            match key {
                "sslmode" | "ssl-mode" => SSL_MODES.contains(&value),
                key => OPTIONS.contains(&key) || key.starts_with("options["),
            }
        })
}

#[cfg(test)]
#[path = "location_tests.rs"]
mod tests;
