//! Brings a file's schema up to date and fills what must not be empty.

use sqlx::{SqlitePool, migrate::Migrator};

use super::blame::Blame;
use crate::{OpenError, Seed, StoreError, TokenKey, db::Pool, prepare::plant};

/// Every schema there has been, in order; each runs in a transaction of its own.
static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// The number of the newest migration this program has.
pub(super) fn newest_known() -> i64 {
    MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or_default()
}

#[cfg(test)]
pub(super) fn migrations() -> impl Iterator<Item = &'static sqlx::migrate::Migration> {
    MIGRATIONS.iter()
}

pub(super) async fn prepare(
    writers: &SqlitePool,
    seed: Seed,
    blame: &Blame,
) -> Result<TokenKey, OpenError> {
    MIGRATIONS
        .run(writers)
        .await
        .map_err(|error| blame.migrate(error))?;
    let planted = async {
        let mut conn = Pool::Sqlite(writers.clone()).begin_write().await?;
        let key = plant(&mut conn, seed).await?;
        conn.commit().await?;
        Ok(key)
    };
    planted
        .await
        .map_err(|error: StoreError| blame.store(error))
}
