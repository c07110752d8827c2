//! Files that are not served from: each for its reason, in one line with a remedy, and untouched.

use std::fs;

use super::*;

/// A page of SQLite, unless told otherwise.
const PAGE_BYTES: usize = 4096;

/// Opens what must not be opened; the file must not have changed by that.
async fn refused(place: &Place) -> OpenError {
    let before = place.bytes();
    let error = place
        .open(Seed::Article)
        .await
        .expect_err("opened what it should have refused");
    assert!(
        place.bytes() == before,
        "a refused file was changed: {error}"
    );
    let line = error.to_string();
    assert!(!line.contains('\n'), "more than one line: {line}");
    assert!(
        line.contains(&*place.path.to_string_lossy()),
        "does not say which file: {line}"
    );
    error
}

#[tokio::test]
async fn a_file_that_is_not_a_database_is_refused() {
    let long = "a hospital's letter\n".repeat(1000);
    for content in ["x", "hello, world", &long, "SQLite format 3\0"] {
        let place = Place::new();
        fs::write(&place.path, content).unwrap();
        let error = refused(&place).await;
        assert!(matches!(error, OpenError::NotADatabase { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_directory_is_not_a_database() {
    let place = Place::new();
    fs::create_dir(&place.path).unwrap();
    let error = place.open(Seed::Article).await.unwrap_err();
    assert!(matches!(error, OpenError::NotADatabase { .. }), "{error}");
}

#[tokio::test]
async fn a_database_of_another_application_is_refused() {
    for sql in [
        "create table invoices (id integer)",
        "pragma application_id = 252006674",
        "pragma application_id = 252006674; create table geo (id integer)",
    ] {
        let place = Place::new();
        place.tamper(sql).await;
        let error = refused(&place).await;
        assert!(matches!(error, OpenError::Foreign { .. }), "{sql}: {error}");
    }
}

#[tokio::test]
async fn damage_to_any_page_is_found_before_anything_is_served() {
    let sound = Place::served().await.bytes();
    let pages = sound.len() / PAGE_BYTES;
    assert!(pages > 10, "the file has only {pages} pages");
    for page in 0..pages {
        let place = Place::new();
        let mut damaged = sound.clone();
        damaged[page * PAGE_BYTES..][..PAGE_BYTES].fill(0xa5);
        fs::write(&place.path, damaged).unwrap();
        let error = refused(&place).await;
        // Without its first page nobody can tell what the file was.
        match page {
            0 => assert!(matches!(error, OpenError::NotADatabase { .. }), "{error}"),
            _ => assert!(
                matches!(error, OpenError::Corrupt { .. }),
                "page {page}: {error}"
            ),
        }
    }
}

#[tokio::test]
async fn a_file_that_was_cut_off_is_refused() {
    let sound = Place::served().await.bytes();
    for kept in [sound.len() / 2, sound.len() - PAGE_BYTES, PAGE_BYTES] {
        let place = Place::new();
        fs::write(&place.path, &sound[..kept]).unwrap();
        let error = refused(&place).await;
        assert!(
            matches!(error, OpenError::Corrupt { .. }),
            "{kept} bytes: {error}"
        );
    }
}

#[tokio::test]
async fn a_schema_of_a_later_version_is_refused() {
    let place = Place::served().await;
    place
        .tamper(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
             values (9000, 'from the future', true, x'00', 0)",
        )
        .await;
    let error = refused(&place).await;
    let OpenError::SchemaNewer {
        found: 9000, known, ..
    } = error
    else {
        panic!("{error}")
    };
    assert_eq!(
        known,
        crate::migrations::newest(&crate::migrations::OF_SQLITE)
    );
}

#[tokio::test]
async fn a_schema_that_is_not_one_of_ours_is_refused() {
    for sql in [
        "update _sqlx_migrations set checksum = x'00' where version = 1",
        "update _sqlx_migrations set success = false where version = 1",
    ] {
        let place = Place::served().await;
        place.tamper(sql).await;
        let error = refused(&place).await;
        assert!(
            matches!(error, OpenError::SchemaAltered { .. }),
            "{sql}: {error}"
        );
    }
}

#[tokio::test]
async fn a_second_server_on_the_same_file_is_refused_by_any_name_of_it() {
    let place = Place::new();
    let first = place.open(Seed::Article).await.unwrap();
    let directory = place.path.parent().unwrap();
    let roundabout = directory.join(".").join("ot.db");
    let names = [place.path.clone(), roundabout, link_to(&place)];
    for name in &names {
        let error = open(name, Seed::Article).await.unwrap_err();
        let OpenError::InUse { holder, .. } = error else {
            panic!("{name:?}: {error}")
        };
        assert_eq!(holder, Some(std::process::id()), "{name:?}");
    }
    // The first one does not notice, and gives the file up when it goes.
    assert_eq!(ask(&first, "PT-1204", "DC-3904").await.len(), 1);
    first.close().await;
    drop(first);
    place.open(Seed::Article).await.unwrap();
}

#[cfg(unix)]
fn link_to(place: &Place) -> PathBuf {
    let link = place.path.with_extension("link");
    std::os::unix::fs::symlink(&place.path, &link).unwrap();
    link
}

#[cfg(not(unix))]
fn link_to(place: &Place) -> PathBuf {
    place.path.clone()
}

#[tokio::test]
async fn a_directory_that_is_not_there_is_named() {
    let place = Place::new();
    let path = place.path.parent().unwrap().join("no/such/ot.db");
    let error = open(&path, Seed::Article).await.unwrap_err();
    assert!(
        matches!(error, OpenError::DirectoryMissing { .. }),
        "{error}"
    );
    assert!(error.to_string().contains("create it"), "{error}");
}

/// In sysfs nobody can make a file, root included, for whom other permissions do not count.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_directory_that_cannot_be_written_to_is_named() {
    let path = Path::new("/sys/kernel/ot.db");
    let error = open(path, Seed::Article).await.unwrap_err();
    assert!(matches!(error, OpenError::NotWritable { .. }), "{error}");
    let line = error.to_string();
    assert!(
        line.contains("write access") && !line.contains('\n'),
        "{line}"
    );
    assert!(!path.exists());
}
