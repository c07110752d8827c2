//! Every schema there has been, in order.
//!
//! A new one is a new file in `migrations`. A file that was ever released is never edited: a database
//! remembers the SHA-384 of each file it was made with and refuses another.

use std::sync::LazyLock;

use sqlx::{
    SqlSafeStr as _,
    migrate::{Migration, MigrationType, Migrator},
};

/// Number, description and statements.
type Schema = (i64, &'static str, &'static str);

// `SQLITE` and `POSTGRES`: the files of `migrations`.
include!(concat!(env!("OUT_DIR"), "/schemas.rs"));

/// SQLite's; each schema is made in a transaction.
pub(crate) static OF_SQLITE: LazyLock<Migrator> = LazyLock::new(|| migrator(SQLITE));

/// PostgreSQL's; sqlx lets one server migrate at a time.
pub(crate) static OF_POSTGRES: LazyLock<Migrator> = LazyLock::new(|| migrator(POSTGRES));

fn migrator(schemas: &[Schema]) -> Migrator {
    let migration = |&(version, description, statements): &Schema| {
        let kind = MigrationType::Simple;
        Migration::new(
            version,
            description.into(),
            kind,
            statements.into_sql_str(),
            false,
        )
    };
    Migrator::with_migrations(schemas.iter().map(migration).collect())
}

/// The number of the newest schema.
pub(crate) fn newest(migrator: &Migrator) -> i64 {
    let versions = migrator.iter().map(|migration| migration.version);
    versions.max().unwrap_or_default()
}

#[cfg(test)]
#[path = "migrations_tests.rs"]
mod tests;
