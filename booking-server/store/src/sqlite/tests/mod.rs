//! Databases as an operator meets them: new, old, damaged, somebody else's, in use.
//!
//! What is asked of a database and answered is the same for both kinds, and tested in
//! `tests/conformance`.

mod damage;
mod older;
mod opening;
mod refusals;

use std::path::{Path, PathBuf};

use booking_domain::{Case, PatientId, StaffId};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use super::*;
use crate::{Location, Seed, Store};

/// A directory of its own, and where a database would be in it.
struct Place {
    _directory: TempDir,
    path: PathBuf,
}

impl Place {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("ot.db");
        Self {
            _directory: directory,
            path,
        }
    }

    async fn open(&self, seed: Seed) -> Result<Store, OpenError> {
        open(&self.path, seed).await
    }

    /// A database that a server has made, used and put away.
    async fn served() -> Self {
        let place = Self::new();
        place.open(Seed::Article).await.unwrap().close().await;
        place
    }

    /// Does to the file what only somebody with `sqlite3` at hand would.
    async fn tamper(&self, sql: &'static str) {
        let options = SqliteConnectOptions::new()
            .filename(&self.path)
            .create_if_missing(true)
            .foreign_keys(false);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        let around_the_rules = "pragma ignore_check_constraints = on";
        for sql in [around_the_rules, sql] {
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.path).unwrap()
    }
}

async fn open(path: &Path, seed: Seed) -> Result<Store, OpenError> {
    let options = OpenOptions {
        seed,
        ..OpenOptions::default()
    };
    Store::open(&Location::File(path.to_owned()), options).await
}

async fn memory(seed: Seed) -> Store {
    let options = OpenOptions {
        seed,
        ..OpenOptions::default()
    };
    Store::open(&Location::Memory, options).await.unwrap()
}

async fn ask(store: &Store, patient: &str, doctor: &str) -> Vec<Case> {
    try_ask(store, patient, doctor).await.unwrap()
}

async fn try_ask(store: &Store, patient: &str, doctor: &str) -> Result<Vec<Case>, StoreError> {
    let patient = PatientId::parse(patient).unwrap();
    let doctor = StaffId::parse(doctor).unwrap();
    store.read().await?.cases_of(&patient, &doctor).await
}

/// The conditions of the cases found, in alphabetical order.
async fn conditions(store: &Store, patient: &str, doctor: &str) -> Vec<String> {
    let cases = ask(store, patient, doctor).await;
    let mut found: Vec<_> = cases
        .into_iter()
        .map(|case| case.details.condition)
        .collect();
    found.sort();
    found
}
