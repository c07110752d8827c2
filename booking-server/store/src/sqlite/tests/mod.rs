//! Databases as an operator meets them: new, old, damaged, somebody else's, in use.

mod answers;
mod opening;
mod refusals;
mod schema;

use std::path::{Path, PathBuf};

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use super::*;

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

    async fn open(&self, seed: Seed) -> Result<SqliteStore, OpenError> {
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

async fn open(path: &Path, seed: Seed) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(&Location::File(path.to_owned()), seed).await
}

async fn memory(seed: Seed) -> SqliteStore {
    SqliteStore::open(&Location::Memory, seed).await.unwrap()
}

async fn ask(store: &SqliteStore, patient: &str, doctor: &str) -> Vec<SurgicalCase> {
    try_ask(store, patient, doctor).await.unwrap()
}

async fn try_ask(
    store: &SqliteStore,
    patient: &str,
    doctor: &str,
) -> Result<Vec<SurgicalCase>, StoreError> {
    let patient = PatientId::parse(patient).unwrap();
    store
        .cases_of(&patient, &DoctorId::parse(doctor).unwrap())
        .await
}

/// The conditions of the cases found, in alphabetical order.
async fn conditions(store: &SqliteStore, patient: &str, doctor: &str) -> Vec<String> {
    let cases = ask(store, patient, doctor).await;
    let mut found: Vec<_> = cases
        .iter()
        .map(|case| case.condition().to_owned())
        .collect();
    found.sort();
    found
}

/// One patient, one theatre, three people; a case is for the test to add.
const HOSPITAL: &str = "
    insert into site values ('s', 'Site', 'Europe/London');
    insert into theatre values ('t', 's', 'Theatre', 1, null);
    insert into staff values ('d', 'Doctor', null), ('e', 'Other', null), ('f', 'Third', null);
    insert into patient values ('p'), ('q');";

async fn hospital() -> (Place, SqliteConnection) {
    let place = Place::new();
    place.open(Seed::None).await.unwrap().close().await;
    let mut connection = SqliteConnection::connect_with(&options(&place.path))
        .await
        .unwrap();
    sqlx::raw_sql(HOSPITAL)
        .execute(&mut connection)
        .await
        .unwrap();
    (place, connection)
}

/// Adds a case of `p`, planned or not, with `d` in `role`.
async fn add_case(
    connection: &mut SqliteConnection,
    id: &str,
    state: &str,
    planned: bool,
    role: &str,
) -> Result<(), sqlx::Error> {
    let plan = planned.then_some(("t", 1_717_237_800_000_000_i64));
    let (theatre, start_us) = plan.unzip();
    sqlx::query(
        "insert into surgical_case values (?1, 'p', 'Repair', ?1, ?2, 0, ?3, ?4, 10, 60, 10)",
    )
    .bind(id)
    .bind(state)
    .bind(theatre)
    .bind(start_us)
    .execute(&mut *connection)
    .await?;
    sqlx::query("insert into case_team values (?1, 'd', ?2)")
        .bind(id)
        .bind(role)
        .execute(connection)
        .await?;
    Ok(())
}
