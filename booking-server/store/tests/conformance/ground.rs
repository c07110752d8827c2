//! A database of a test's own, of either kind.

use std::sync::{Arc, OnceLock};

use booking_domain::{Case, CaseId, Claim, Hospital, claims, testing};
use booking_store::{
    Location, OpenOptions, Seed, Store, StoreError, Tx, Work,
    testing::{Durability, ThrowAwayPostgres},
};
use sqlx::{Connection as _, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

/// One cluster for the run. Its keeper clears up when this process ends.
static CLUSTER: OnceLock<ThrowAwayPostgres> = OnceLock::new();

pub(crate) enum Ground {
    Sqlite(TempDir),
    Postgres(String),
}

impl Ground {
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(TempDir::new().unwrap())
    }

    pub(crate) async fn postgres() -> Self {
        let start =
            || ThrowAwayPostgres::start(Durability::None).unwrap_or_else(|why| panic!("{why}"));
        let cluster = tokio::task::spawn_blocking(move || CLUSTER.get_or_init(start));
        let url = cluster.await.unwrap().database().await;
        Self::Postgres(url.unwrap_or_else(|why| panic!("{why}")))
    }

    pub(crate) fn location(&self) -> Location {
        match self {
            Self::Sqlite(folder) => Location::File(folder.path().join("ot.db")),
            Self::Postgres(url) => url.parse().unwrap(),
        }
    }

    pub(crate) async fn open(&self, seed: Seed) -> Store {
        let options = OpenOptions {
            seed,
            ..OpenOptions::default()
        };
        Store::open(&self.location(), options).await.unwrap()
    }

    /// A store with the domain's small hospital in it.
    pub(crate) async fn hospital(&self) -> Store {
        let store = self.open(Seed::None).await;
        store
            .write((), |(), tx| Box::pin(put_hospital(tx)))
            .await
            .unwrap();
        store
    }

    /// Another server on the same database, or the same one where there can be no other.
    pub(crate) async fn another(&self, store: &Store) -> Store {
        match self {
            Self::Sqlite(_) => store.clone(),
            Self::Postgres(_) => self.open(Seed::None).await,
        }
    }

    /// Does to the database what only somebody with its own tools would.
    pub(crate) async fn tamper(&self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(folder) => {
                let options = SqliteConnectOptions::new()
                    .filename(folder.path().join("ot.db"))
                    .busy_timeout(std::time::Duration::from_secs(10));
                let mut connection = SqliteConnection::connect_with(&options).await?;
                let done = sqlx::raw_sql(sql).execute(&mut connection).await;
                connection.close().await?;
                done.map(drop)
            }
            Self::Postgres(url) => {
                let mut connection = PgConnection::connect(url).await?;
                let done = sqlx::raw_sql(sql).execute(&mut connection).await;
                connection.close().await?;
                done.map(drop)
            }
        }
    }
}

pub(crate) async fn put_hospital(tx: &mut Tx) -> Result<(), StoreError> {
    let there = tx.hospital().await?;
    let hospital = testing::hospital();
    for site in hospital.sites.values() {
        tx.put(site).await?;
    }
    for theatre in hospital.theatres.values() {
        tx.put(theatre).await?;
    }
    for staff in hospital.staff.values() {
        tx.put(staff).await?;
    }
    for unit in hospital.units.values() {
        tx.put(unit).await?;
    }
    for procedure_type in hospital.procedure_types.values() {
        tx.put(procedure_type).await?;
    }
    for reason in hospital.reasons.values() {
        if !there.reasons.contains_key(&reason.code) {
            tx.put(reason).await?;
        }
    }
    Ok(())
}

/// What a case holds by its plan.
pub(crate) fn held(case: &Case, hospital: &Hospital) -> Vec<Claim> {
    let plan = case.plan.as_ref().filter(|_| case.state.holds());
    plan.map(|plan| claims(case, plan, hospital))
        .unwrap_or_default()
}

/// Adds cases with what they hold.
pub(crate) async fn insert(store: &Store, cases: Vec<Case>) -> Result<(), StoreError> {
    store
        .write(cases, |cases, tx| Box::pin(insert_all(cases, tx)))
        .await
}

async fn insert_all(cases: &Vec<Case>, tx: &mut Tx) -> Result<(), StoreError> {
    let hospital = tx.hospital().await?;
    for case in cases {
        tx.insert_case(case, &held(case, &hospital)).await?;
    }
    Ok(())
}

/// Replaces what is there of a case by what is given, with what that holds; gives it as it is kept.
pub(crate) async fn update(store: &Store, after: Case) -> Result<Case, StoreError> {
    store
        .write(after, |after, tx| Box::pin(update_one(after, tx)))
        .await
}

async fn update_one(after: &Case, tx: &mut Tx) -> Result<Case, StoreError> {
    let hospital = tx.hospital().await?;
    let before = tx
        .case(&after.id)
        .await?
        .ok_or_else(|| StoreError::Stale("it".into()))?;
    tx.update_case(&before, after, &held(after, &hospital))
        .await
}

pub(crate) async fn case(store: &Store, id: &str) -> Option<Case> {
    let id = CaseId::parse(id).unwrap();
    store.read().await.unwrap().case(&id).await.unwrap()
}

/// Does a small work that needs nothing but the transaction.
pub(crate) async fn write<T, F>(store: &Store, work: F) -> Result<T, StoreError>
where
    T: Send + 'static,
    F: for<'a> Fn(&'a mut Tx) -> Work<'a, T, StoreError> + Send + Sync + 'static,
{
    store.write(Arc::new(work), |work, tx| work(tx)).await
}
