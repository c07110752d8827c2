//! Brings a file's schema up to date and fills what must not be empty.

use sqlx::SqlitePool;

use super::blame::Blame;
use crate::{
    OpenError, Seed, StoreError, TokenKey,
    db::{Conn, Fields, Pool, Sql},
    migrations,
    prepare::plant,
    rows::case::search_text,
};

pub(super) async fn prepare(
    writers: &SqlitePool,
    seed: Seed,
    blame: &Blame,
) -> Result<TokenKey, OpenError> {
    migrations::OF_SQLITE
        .run(writers)
        .await
        .map_err(|error| blame.migrate(error))?;
    let planted = async {
        let mut conn = Pool::Sqlite(writers.clone()).begin_write().await?;
        lower_search_text(&mut conn).await?;
        let key = plant(&mut conn, seed).await?;
        conn.commit().await?;
        Ok(key)
    };
    planted
        .await
        .map_err(|error: StoreError| blame.store(error))
}

/// Puts right, once, what a migration has made to search in of an older schema's cases: SQLite's own
/// `lower` knows the letters of ASCII alone.
async fn lower_search_text(conn: &mut Conn) -> Result<(), StoreError> {
    let key = conn.row(Sql::new("select key from token_key")).await?;
    if key.is_some() {
        // It is made with the first start on this schema, in this transaction.
        return Ok(());
    }
    let select = "select id, procedure, condition from surgical_case";
    for row in &conn.rows(Sql::new(select)).await? {
        let f = &mut Fields::of("surgical_case", row);
        let (id, text) = (f.text()?, search_text(&f.text()?, &f.text()?));
        let update = "update surgical_case set search_text = $1 where id = $2";
        conn.run(Sql::new(update).bind(text).bind(id)).await?;
    }
    Ok(())
}
