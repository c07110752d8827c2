//! A transaction in either database, and the pool it comes from.

use sqlx::{
    Arguments as _, AssertSqlSafe, Executor as _, PgPool, Postgres, Sqlite, SqlitePool,
    Transaction,
    postgres::{PgArguments, PgRow},
    sqlite::{SqliteArguments, SqliteRow},
};

use super::{Sql, Value};

/// Connections to one database.
#[derive(Clone, Debug)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// A transaction. Dropped before [`Self::commit`], it is as if it had never been.
#[derive(Debug)]
pub(crate) enum Conn {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A row of a result.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Pool {
    /// Begins a snapshot to read from.
    pub(crate) async fn begin_read(&self) -> Result<Conn, sqlx::Error> {
        match self {
            Self::Sqlite(pool) => pool.begin().await.map(Conn::Sqlite),
            Self::Postgres(pool) => {
                let begin = "begin isolation level repeatable read, read only";
                pool.begin_with(begin).await.map(Conn::Postgres)
            }
        }
    }

    /// Begins to write. SQLite takes the file's one write lock here: a transaction that read first
    /// and took it later would be refused whenever somebody wrote in between.
    pub(crate) async fn begin_write(&self) -> Result<Conn, sqlx::Error> {
        match self {
            Self::Sqlite(pool) => pool.begin_with("begin immediate").await.map(Conn::Sqlite),
            Self::Postgres(pool) => pool.begin().await.map(Conn::Postgres),
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// The values as sqlx wants them for one of the databases.
macro_rules! arguments {
    ($type:ty, $values:expr) => {{
        let mut arguments = <$type>::default();
        for value in $values {
            match value {
                Value::Int(value) => arguments.add(value),
                Value::Text(value) => arguments.add(value),
                Value::Bytes(value) => arguments.add(value),
                Value::Flag(value) => arguments.add(value),
            }
            .map_err(sqlx::Error::Encode)?;
        }
        arguments
    }};
}

/// The same thing done with a statement in either database.
macro_rules! either {
    ($conn:expr, $sql:expr, |$executor:ident, $query:ident, $row:ident| $done:expr) => {{
        let text = AssertSqlSafe($sql.text);
        match $conn {
            Conn::Sqlite($executor) => {
                let $query = sqlx::query_with(text, arguments!(SqliteArguments, $sql.values));
                let $row = Row::Sqlite;
                $done
            }
            Conn::Postgres($executor) => {
                let $query = sqlx::query_with(text, arguments!(PgArguments, $sql.values));
                let $row = Row::Postgres;
                $done
            }
        }
    }};
}

impl Conn {
    /// All rows.
    pub(crate) async fn rows(&mut self, sql: Sql) -> Result<Vec<Row>, sqlx::Error> {
        either!(self, sql, |conn, query, row| {
            let rows = conn.fetch_all(query).await?;
            Ok(rows.into_iter().map(row).collect())
        })
    }

    /// The first row.
    pub(crate) async fn row(&mut self, sql: Sql) -> Result<Option<Row>, sqlx::Error> {
        either!(self, sql, |conn, query, row| {
            Ok(conn.fetch_optional(query).await?.map(row))
        })
    }

    /// How many rows it touched.
    pub(crate) async fn run(&mut self, sql: Sql) -> Result<u64, sqlx::Error> {
        either!(self, sql, |conn, query, _row| {
            Ok(conn.execute(query).await?.rows_affected())
        })
    }

    /// Runs a script of ours: several statements, no parameters.
    pub(crate) async fn script(&mut self, text: &'static str) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(conn) => conn.execute(sqlx::raw_sql(text)).await.map(drop),
            Self::Postgres(conn) => conn.execute(sqlx::raw_sql(text)).await.map(drop),
        }
    }

    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await,
            Self::Postgres(transaction) => transaction.commit().await,
        }
    }

    pub(crate) async fn rollback(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(transaction) => transaction.rollback().await,
            Self::Postgres(transaction) => transaction.rollback().await,
        }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }
}
