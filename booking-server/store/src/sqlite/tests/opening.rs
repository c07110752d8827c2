//! New databases, known ones, and how they are kept.

use std::fs;

use super::*;

#[tokio::test]
async fn a_first_start_makes_a_database_that_answers_the_article_s_question() {
    let place = Place::new();
    let store = place.open(Seed::Article).await.unwrap();
    assert_eq!(
        conditions(&store, "PT-1204", "DC-3904").await,
        ["Gall bladder stone"]
    );
    store.probe().await.unwrap();
}

#[tokio::test]
async fn a_database_that_is_opened_again_holds_what_it_held() {
    let place = Place::served().await;
    place
        .tamper("update surgical_case set condition = 'Changed' where patient_id = 'PT-1204'")
        .await;
    for seed in [Seed::Article, Seed::None] {
        let store = place.open(seed).await.unwrap();
        assert_eq!(conditions(&store, "PT-1204", "DC-3904").await, ["Changed"]);
        store.close().await;
    }
}

#[tokio::test]
async fn a_database_that_was_started_empty_is_never_seeded_later() {
    let place = Place::new();
    place.open(Seed::None).await.unwrap().close().await;
    let store = place.open(Seed::Article).await.unwrap();
    assert!(ask(&store, "PT-1204", "DC-3904").await.is_empty());
}

#[tokio::test]
async fn a_first_start_that_was_cut_short_is_taken_up_again() {
    // As an empty file, with the migrations' table alone, and migrated but not seeded.
    let empty = Place::new();
    fs::write(&empty.path, "").unwrap();

    let bare = Place::served().await;
    fs::remove_file(&bare.path).unwrap();
    bare.tamper(
        "create table _sqlx_migrations (
             version bigint primary key, description text not null,
             installed_on timestamp not null default current_timestamp,
             success boolean not null, checksum blob not null, execution_time bigint not null)",
    )
    .await;

    let unseeded = Place::new();
    unseeded.open(Seed::None).await.unwrap().close().await;
    unseeded.tamper("delete from seeding").await;

    for (state, place) in [("empty", empty), ("bare", bare), ("unseeded", unseeded)] {
        let store = place.open(Seed::Article).await.unwrap();
        assert_eq!(ask(&store, "PT-1204", "DC-3904").await.len(), 1, "{state}");
    }
}

#[tokio::test]
async fn a_database_in_memory_is_seeded_and_read_like_any_other() {
    let store = memory(Seed::Article).await;
    assert_eq!(ask(&store, "PT-1204", "DC-3904").await.len(), 1);
    store.probe().await.unwrap();
    assert!(
        ask(&memory(Seed::None).await, "PT-1204", "DC-3904")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn a_committed_write_is_durable_and_readers_cannot_write() {
    let place = Place::new();
    let (opened, _hold) = open_file(&place.path, &OpenOptions::default())
        .await
        .unwrap();
    let (Pool::Sqlite(readers), Pool::Sqlite(writers)) = (&opened.readers, &opened.writers) else {
        panic!("a file is SQLite's")
    };
    let pragma = async |sql: &'static str| -> String {
        let value: (String,) = sqlx::query_as(sql).fetch_one(readers).await.unwrap();
        value.0
    };
    let table = [
        ("select journal_mode from pragma_journal_mode", "wal"),
        (
            "select cast(synchronous as text) from pragma_synchronous",
            "2",
        ), // FULL
        (
            "select cast(foreign_keys as text) from pragma_foreign_keys",
            "1",
        ),
        (
            "select cast(timeout as text) from pragma_busy_timeout",
            "5000",
        ),
    ];
    for (sql, expected) in table {
        assert_eq!(pragma(sql).await, expected, "{sql}");
    }
    let delete = || sqlx::query("delete from seeding");
    let written = delete().execute(readers).await;
    assert!(written.unwrap_err().to_string().contains("readonly"));
    delete().execute(writers).await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_on_the_machine_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;

    let place = Place::new();
    let store = place.open(Seed::Article).await.unwrap();
    let files = fs::read_dir(place.path.parent().unwrap()).unwrap();
    let mut names = Vec::new();
    for file in files.map(Result::unwrap) {
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.file_name());
        names.push(file.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["ot.db", "ot.db-shm", "ot.db-wal", "ot.db.lock"]);
    store.close().await;
}

#[tokio::test]
async fn a_file_that_is_removed_or_replaced_under_the_server_is_noticed() {
    let removed = Place::new();
    let store = removed.open(Seed::Article).await.unwrap();
    fs::remove_file(&removed.path).unwrap();
    assert!(matches!(store.probe().await, Err(StoreError::Gone)));

    let replaced = Place::new();
    let store = replaced.open(Seed::Article).await.unwrap();
    let other = Place::served().await;
    fs::rename(&other.path, &replaced.path).unwrap();
    assert!(matches!(store.probe().await, Err(StoreError::Gone)));
}
