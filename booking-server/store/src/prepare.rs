//! From an empty database, or an older schema, to one that can be served from; the same for both.

use jiff::Timestamp;

use crate::{
    Seed, StoreError, TokenKey,
    db::{Conn, Fields, Sql},
};

/// Reasons that every hospital has, for one that has none yet.
const REASONS: &str = include_str!("../seeds/reasons.sql");

/// Fills what must not be empty: the key for page tokens, the reasons, the seed if there never was
/// one. All or nothing; the key is what was there, or what is there now.
pub(crate) async fn plant(conn: &mut Conn, seed: Seed) -> Result<TokenKey, StoreError> {
    // In PostgreSQL a server that starts at the same moment waits here.
    let lock = if conn.is_postgres() {
        "select only_row from head for update"
    } else {
        "select only_row from head"
    };
    conn.row(Sql::new(lock)).await?;
    if count(conn, "select count(*) from reason where retired = false").await? == 0 {
        conn.script(REASONS).await?;
    }
    if count(conn, "select count(*) from seeding").await? == 0 {
        conn.script(seed.sql()).await?;
        let note = "insert into seeding (only_row, seed, seeded_us) values (1, $1, $2)";
        let now = Timestamp::now().as_microsecond();
        conn.run(Sql::new(note).bind(seed.as_str()).bind(now))
            .await?;
        tracing::info!(seed = seed.as_str(), "new database seeded");
    }
    token_key(conn).await
}

async fn count(conn: &mut Conn, sql: &'static str) -> Result<i64, StoreError> {
    let row = conn.row(Sql::new(sql)).await?;
    let row = row.ok_or_else(|| StoreError::Corrupt("count(*) without a row".into()))?;
    Fields::of("count", &row).int()
}

async fn token_key(conn: &mut Conn) -> Result<TokenKey, StoreError> {
    let select = "select key from token_key";
    if let Some(row) = conn.row(Sql::new(select)).await? {
        return Fields::of("token_key", &row).hash().map(TokenKey::new);
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key)
        .map_err(|error| StoreError::Failed(sqlx::Error::Io(std::io::Error::other(error))))?;
    let insert = "insert into token_key (only_row, key) values (1, $1)";
    conn.run(Sql::new(insert).bind(key)).await?;
    Ok(TokenKey::new(key))
}
