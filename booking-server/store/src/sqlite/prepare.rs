//! From an empty file, or an older schema, to one that can be served from.

use sqlx::{Connection as _, SqliteConnection, migrate::Migrator, sqlite::SqliteConnectOptions};

use super::blame::Blame;
use crate::store::{OpenError, Seed};

/// Every schema there has been, in order; each runs in a transaction of its own.
static MIGRATIONS: Migrator = sqlx::migrate!();

/// The number of the newest migration this program has.
pub(super) fn newest_known() -> i64 {
    MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or_default()
}

/// Brings the file that `options` name up to date, over a connection of its own.
pub(super) async fn prepare(
    options: SqliteConnectOptions,
    seed: Seed,
    blame: &Blame,
) -> Result<(), OpenError> {
    let mut connection = SqliteConnection::connect_with(&options)
        .await
        .map_err(|error| blame.open(error))?;
    migrate_and_seed(&mut connection, seed, blame).await?;
    connection.close().await.map_err(|error| blame.open(error))
}

/// Applies what is missing, and the seed if there never was one.
pub(super) async fn migrate_and_seed(
    connection: &mut SqliteConnection,
    seed: Seed,
    blame: &Blame,
) -> Result<(), OpenError> {
    MIGRATIONS
        .run(&mut *connection)
        .await
        .map_err(|error| blame.migrate(error))?;
    plant(connection, seed)
        .await
        .map_err(|error| blame.open(error))
}

/// Plants the seed together with the note that it was planted: both or neither.
async fn plant(connection: &mut SqliteConnection, seed: Seed) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with("begin immediate").await?;
    let earlier: Option<String> = sqlx::query_scalar("select seed from seeding")
        .fetch_optional(&mut *transaction)
        .await?;
    if earlier.is_none() {
        sqlx::raw_sql(seed.sql()).execute(&mut *transaction).await?;
        let note = "insert into seeding (only_row, seed, seeded_us) \
                    values (1, ?1, unixepoch() * 1000000)";
        sqlx::query(note)
            .bind(seed.as_str())
            .execute(&mut *transaction)
            .await?;
        tracing::info!(seed = seed.as_str(), "new database seeded");
    }
    transaction.commit().await
}
