//! Whether a file is ours to write to, found out without writing.

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use super::blame::Blame;
use crate::{OpenError, migrations};

/// `OTBK`, where SQLite keeps the number of the application that a file belongs to; set by the
/// first migration.
const APPLICATION_ID: i64 = 0x4f54_424b;

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Standing {
    /// An SQLite database with nothing in it yet.
    Empty,
    /// Ours, with the migrations up to this one.
    Ours {
        /// The newest migration in it.
        schema: i64,
    },
}

/// Looks at the file that `options` name.
///
/// In this order, so that a stranger's file is told from a damaged one of ours, and a large
/// stranger's file is not read from end to end.
pub(super) async fn look(
    options: SqliteConnectOptions,
    blame: &Blame,
) -> Result<Standing, OpenError> {
    let mut connection = SqliteConnection::connect_with(&options)
        .await
        .map_err(|error| blame.open(error))?;
    let standing = stand(&mut connection, blame).await;
    // The verdict counts, not how the connection ends.
    drop(connection.close().await);
    standing
}

async fn stand(connection: &mut SqliteConnection, blame: &Blame) -> Result<Standing, OpenError> {
    let application_id = number(connection, "pragma application_id", blame).await?;
    let tables = number(
        connection,
        "select count(*) from sqlite_schema where name <> '_sqlx_migrations' \
         and name not like 'sqlite!_%' escape '!'",
        blame,
    )
    .await?;
    match (application_id, tables) {
        (APPLICATION_ID, _) => {}
        (0, 0) => return Ok(Standing::Empty),
        _ => return Err(OpenError::Foreign { path: blame.path() }),
    }
    check_pages(connection, blame).await?;

    let newest = "select coalesce(max(version), 0) from _sqlx_migrations";
    let schema = number(connection, newest, blame).await?;
    let known = migrations::newest(&migrations::OF_SQLITE);
    if schema > known {
        return Err(OpenError::SchemaNewer {
            path: blame.path(),
            found: schema,
            known,
        });
    }
    Ok(Standing::Ours { schema })
}

/// Reads every page once. Linear in the file, and cheaper than serving from a damaged one.
async fn check_pages(connection: &mut SqliteConnection, blame: &Blame) -> Result<(), OpenError> {
    let verdict: String = sqlx::query_scalar("pragma quick_check(1)")
        .fetch_one(connection)
        .await
        .map_err(|error| blame.open(error))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(blame.corrupt(verdict.replace('\n', " ")))
    }
}

async fn number(
    connection: &mut SqliteConnection,
    sql: &'static str,
    blame: &Blame,
) -> Result<i64, OpenError> {
    sqlx::query_scalar(sql)
        .fetch_one(connection)
        .await
        .map_err(|error| blame.open(error))
}
