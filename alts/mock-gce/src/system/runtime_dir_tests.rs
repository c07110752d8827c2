//! Tests of `runtime_dir.rs`.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

#[test]
fn only_a_private_directory_is_used() {
    let dir = tempfile::tempdir().unwrap();
    let fresh = dir.path().join("fresh");
    create_private(&fresh).unwrap();
    create_private(&fresh).unwrap();
    fs::set_permissions(&fresh, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(matches!(
        create_private(&fresh),
        Err(RuntimeDirError::Foreign(_))
    ));
    let link = dir.path().join("link");
    symlink("/root", &link).unwrap();
    assert!(matches!(
        create_private(&link),
        Err(RuntimeDirError::Foreign(_))
    ));
}

#[test]
fn one_at_a_time_and_nothing_stays() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lock");
    let first = Exclusive::take(&path, "one").unwrap();
    assert!(matches!(
        Exclusive::take(&path, "one"),
        Err(RuntimeDirError::Busy(name)) if name == "one"
    ));
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
