//! Every schema there has been, in order.
//!
//! A new one is a new file and a new line here. A file that was ever released is never edited: a
//! database remembers the SHA-384 of each file it was made with and refuses another.

use std::sync::LazyLock;

use sqlx::{
    SqlSafeStr as _,
    migrate::{Migration, MigrationType, Migrator},
};

/// Number, description and statements.
type Schema = (i64, &'static str, &'static str);

/// SQLite's own; each schema is made in a transaction.
const SQLITE_ALONE: [Schema; 2] = [
    (
        1,
        "booking core",
        include_str!("../migrations/sqlite/0001_booking_core.sql"),
    ),
    (
        2,
        "whole hospital",
        include_str!("../migrations/sqlite/0002_whole_hospital.sql"),
    ),
];

/// PostgreSQL's own.
const POSTGRES_ALONE: [Schema; 1] = [(
    1,
    "whole hospital",
    include_str!("../migrations/postgres/0001_whole_hospital.sql"),
)];

/// In the same words for both.
const BOTH: [Schema; 1] = [(
    3,
    "blood units",
    include_str!("../migrations/both/0003_blood_units.sql"),
)];

/// SQLite's.
pub(crate) static SQLITE: LazyLock<Migrator> = LazyLock::new(|| migrator(&SQLITE_ALONE));

/// PostgreSQL's; sqlx lets one server migrate at a time.
pub(crate) static POSTGRES: LazyLock<Migrator> = LazyLock::new(|| migrator(&POSTGRES_ALONE));

fn migrator(alone: &[Schema]) -> Migrator {
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
    Migrator::with_migrations(alone.iter().chain(&BOTH).map(migration).collect())
}

/// The number of the newest schema.
pub(crate) fn newest(migrator: &Migrator) -> i64 {
    let versions = migrator.iter().map(|migration| migration.version);
    versions.max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What databases remember that were made with released programs.
    const RELEASED: [(&str, i64, &str, &str); 3] = [
        (
            "sqlite",
            1,
            "booking core",
            "106bb7ea87057e7957a2168f6e4d3aeadd232cac440a43a5476f4ec127e96b477099d18f91217d24259ba2f7905a59d5",
        ),
        (
            "sqlite",
            2,
            "whole hospital",
            "3c0348219e8baffe4fbc1fdeba59a89b058acf3e06735f42b0342cd51ce87c39b14906b1e17e7c2228dc5c8939dd77f2",
        ),
        (
            "postgres",
            1,
            "whole hospital",
            "457eaecd8f2206ffc4bd4a3bc9fa0ea13473435126050681474838595eb5ba4bb4392d636f712bcfab80753cfe98933a",
        ),
    ];

    #[test]
    fn released_schemas_are_the_ones_that_databases_remember() {
        for (database, version, description, checksum) in RELEASED {
            let migrator = match database {
                "sqlite" => &SQLITE,
                _ => &POSTGRES,
            };
            let mut known = migrator.iter();
            let found = known.find(|migration| migration.version == version);
            let found = found.unwrap();
            let hex =
                |bytes: &[u8]| -> String { bytes.iter().map(|b| format!("{b:02x}")).collect() };
            assert_eq!(found.description, description, "{database} {version}");
            assert_eq!(hex(&found.checksum), checksum, "{database} {version}");
        }
    }

    #[test]
    fn every_file_of_a_schema_is_known() {
        let folders: [(&str, &[Schema]); 3] = [
            ("sqlite", &SQLITE_ALONE),
            ("postgres", &POSTGRES_ALONE),
            ("both", &BOTH),
        ];
        for (folder, schemas) in folders {
            let path = format!("{}/migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
            let files = std::fs::read_dir(path).unwrap().count();
            assert_eq!(files, schemas.len(), "{folder}");
        }
    }
}
