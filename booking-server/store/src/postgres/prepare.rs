//! Looks at a database without writing, brings its schema up to date, fills what must not be empty.

use sqlx::{PgPool, migrate::MigrateError};

use super::blame::unreachable;
use crate::{OpenError, Seed, StoreError, TokenKey, db::Pool, migrations, prepare::plant};

/// The oldest PostgreSQL that is still maintained, and has all that the schema needs.
const OLDEST: u32 = 14;

pub(super) async fn prepare(pool: &PgPool, seed: Seed) -> Result<TokenKey, OpenError> {
    look(pool).await?;
    migrations::OF_POSTGRES.run(pool).await.map_err(migration)?;
    let planted = async {
        let mut conn = Pool::Postgres(pool.clone()).begin_write().await?;
        let key = plant(&mut conn, seed).await?;
        conn.commit().await?;
        Ok(key)
    };
    planted
        .await
        .map_err(|error: StoreError| OpenError::Unreadable(Box::new(error)))
}

/// Whether the database is empty, or ours and not of a later version.
async fn look(pool: &PgPool) -> Result<(), OpenError> {
    let version: String = sqlx::query_scalar("show server_version_num")
        .fetch_one(pool)
        .await
        .map_err(|error| unreachable(&error))?;
    if version
        .parse::<u32>()
        .is_ok_and(|number| number / 10_000 < OLDEST)
    {
        return Err(OpenError::ServerTooOld {
            found: version,
            known: OLDEST,
        });
    }
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables
         where table_schema = current_schema() and table_type = 'BASE TABLE'",
    )
    .fetch_all(pool)
    .await
    .map_err(|error| unreachable(&error))?;
    let has = |name: &str| tables.iter().any(|table| table == name);
    if has("head") && has("seeding") && has("_sqlx_migrations") {
        return not_newer(pool).await;
    }
    if tables.iter().all(|table| table == "_sqlx_migrations") {
        return Ok(());
    }
    Err(OpenError::Unsuitable(
        "its tables are another application's; name an empty database".into(),
    ))
}

async fn not_newer(pool: &PgPool) -> Result<(), OpenError> {
    let found: i64 = sqlx::query_scalar("select coalesce(max(version), 0) from _sqlx_migrations")
        .fetch_one(pool)
        .await
        .map_err(|error| unreachable(&error))?;
    let known = migrations::newest(&migrations::OF_POSTGRES);
    if found <= known {
        return Ok(());
    }
    Err(OpenError::Unsuitable(format!(
        "it has schema {found}, and this booking-server knows schemas up to {known}; run the \
         version that wrote it, or a later one"
    )))
}

fn migration(error: MigrateError) -> OpenError {
    let (MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)) = &error else {
        let why = format!("its schema is not one this booking-server has ever made ({error})");
        return OpenError::Unsuitable(why);
    };
    let code = cause.as_database_error().and_then(|error| error.code());
    // insufficient_privilege, undefined_file
    let remedy = match code.as_deref() {
        Some("42501") => "; make the user the database's owner",
        Some("58P01" | "0A000") => "; install PostgreSQL's own extensions (btree_gist)",
        _ => "",
    };
    OpenError::Unsuitable(format!("its schema cannot be made: {cause}{remedy}"))
}
