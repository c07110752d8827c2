//! Tests of `runtime_dir.rs`.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

fn refused<T: std::fmt::Debug>(tried: anyhow::Result<T>) -> String {
    tried.unwrap_err().to_string()
}

#[test]
fn only_a_private_directory_is_used() {
    let dir = tempfile::tempdir().unwrap();
    let fresh = dir.path().join("fresh");
    create_private(&fresh).unwrap();
    create_private(&fresh).unwrap();
    fs::set_permissions(&fresh, fs::Permissions::from_mode(0o755)).unwrap();
    let foreign = "is not a directory that only you can use";
    assert!(refused(create_private(&fresh)).contains(foreign));
    let link = dir.path().join("link");
    symlink("/root", &link).unwrap();
    assert!(refused(create_private(&link)).contains(foreign));
}

#[test]
fn one_at_a_time_and_nothing_stays() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lock");
    let first = Exclusive::take(&path, "one").unwrap();
    let busy = refused(Exclusive::take(&path, "one"));
    assert!(busy.contains("another mock-gce is bringing \"one\" up or down"));
    first.give_back_and_remove();
    assert!(!path.exists());
    drop(Exclusive::take(&path, "one").unwrap());
    // Left over by a crash: nobody holds it.
    Exclusive::take(&path, "one")
        .unwrap()
        .give_back_and_remove();
}

#[test]
fn a_file_is_replaced_whole_and_is_its_owners_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f.json");
    fs::write(dir.path().join("f.json.new"), "left over").unwrap();
    replace(&path, b"one").unwrap();
    replace(&path, b"two").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"two");
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
}
