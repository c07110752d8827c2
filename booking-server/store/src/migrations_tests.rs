//! Tests of `migrations.rs`.

use super::*;

/// What databases remember that were made with released programs.
const RELEASED: [(&str, i64, &str, &str); 5] = [
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
        "sqlite",
        3,
        "blood units",
        "c4bf4652b3fc48fb9668890260fdc76f68888bf75c5f67adf9eff8caafb4e1919e695278e70a9b660cd791037e547317",
    ),
    (
        "postgres",
        1,
        "whole hospital",
        "457eaecd8f2206ffc4bd4a3bc9fa0ea13473435126050681474838595eb5ba4bb4392d636f712bcfab80753cfe98933a",
    ),
    (
        "postgres",
        2,
        "blood units",
        "3090e16de96df3c77e2d75451e74ab755a408a6d77a0c24306c818923e57bf30f5ece865ec57974af852b32d7267156b",
    ),
];

#[test]
fn released_schemas_are_the_ones_that_databases_remember() {
    for (database, version, description, checksum) in RELEASED {
        let migrator = match database {
            "sqlite" => &OF_SQLITE,
            _ => &OF_POSTGRES,
        };
        let mut known = migrator.iter();
        let found = known.find(|migration| migration.version == version);
        let found = found.unwrap();
        let hex = |bytes: &[u8]| -> String { bytes.iter().map(|b| format!("{b:02x}")).collect() };
        assert_eq!(found.description, description, "{database} {version}");
        assert_eq!(hex(&found.checksum), checksum, "{database} {version}");
    }
}

#[test]
fn no_two_schemas_of_a_database_have_one_number() {
    for migrator in [&OF_SQLITE, &OF_POSTGRES] {
        let numbers: Vec<_> = migrator.iter().map(|schema| schema.version).collect();
        let mut once = numbers.clone();
        once.dedup();
        assert_eq!(numbers, once);
        assert_eq!(numbers.last(), Some(&newest(migrator)));
    }
}
