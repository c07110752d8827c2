//! Whose fault it is that a file cannot be opened: from SQLite's and the system's codes to ours.
//!
//! The codes are SQLite's "Result and Error Codes" (sqlite.org/rescode.html); the low byte of an
//! extended code is its primary code.

use std::{
    io,
    path::{Path, PathBuf},
};

use sqlx::migrate::MigrateError;

use crate::{OpenError, StoreError, db::message};

const SQLITE_BUSY: i32 = 5;
const SQLITE_LOCKED: i32 = 6;
const SQLITE_READONLY: i32 = 8;
const SQLITE_CORRUPT: i32 = 11;
const SQLITE_CANTOPEN: i32 = 14;
const SQLITE_NOTADB: i32 = 26;

/// The primary result code of an error that SQLite itself raised.
fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// Blames what goes wrong while opening one database on that database.
#[derive(Debug)]
pub(super) struct Blame {
    path: PathBuf,
}

impl Blame {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Which database.
    pub(super) fn path(&self) -> PathBuf {
        self.path.clone()
    }

    pub(super) fn open(&self, error: sqlx::Error) -> OpenError {
        let path = self.path.clone();
        let refused = |text: String| io::Error::new(io::ErrorKind::PermissionDenied, text);
        match primary_code(&error) {
            Some(SQLITE_NOTADB) => OpenError::NotADatabase { path },
            Some(SQLITE_CORRUPT) => OpenError::Corrupt {
                path,
                detail: message(&error),
            },
            Some(SQLITE_READONLY | SQLITE_CANTOPEN) => OpenError::NotWritable {
                path,
                source: refused(message(&error)),
            },
            Some(SQLITE_BUSY | SQLITE_LOCKED) => OpenError::InUse { path, holder: None },
            _ => OpenError::Failed {
                path,
                source: error,
            },
        }
    }

    pub(super) fn io(&self, source: io::Error) -> OpenError {
        let path = self.path.clone();
        match source.kind() {
            io::ErrorKind::NotFound => OpenError::DirectoryMissing { path },
            _ => OpenError::NotWritable { path, source },
        }
    }

    pub(super) fn migrate(&self, error: MigrateError) -> OpenError {
        match error {
            MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => {
                self.open(source)
            }
            source => OpenError::SchemaAltered {
                path: self.path.clone(),
                source,
            },
        }
    }

    pub(super) fn store(&self, error: StoreError) -> OpenError {
        match error {
            StoreError::Failed(error) => self.open(error),
            StoreError::Corrupt(detail) => self.corrupt(detail),
            other => OpenError::Unreadable(Box::new(other)),
        }
    }

    pub(super) fn corrupt(&self, detail: String) -> OpenError {
        OpenError::Corrupt {
            path: self.path.clone(),
            detail,
        }
    }
}
