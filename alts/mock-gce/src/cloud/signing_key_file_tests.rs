//! Tests of `signing_key_file.rs`.

use std::fs;

use super::*;

#[test]
fn the_key_is_made_once_and_a_damaged_one_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let state = StateDir::open(dir.path()).unwrap();
    let made = open(&state).unwrap();
    assert_eq!(open(&state).unwrap().id(), made.id());

    let path = dir.path().join(FILE);
    let whole = fs::read_to_string(&path).unwrap();
    for damaged in [
        "",
        "-----BEGIN PRIVATE KEY-----\n",
        &whole[..whole.len() / 2],
    ] {
        fs::write(&path, damaged).unwrap();
        let error = open(&state).unwrap_err().to_string();
        assert!(
            error.contains(FILE) && error.contains("nothing was overwritten"),
            "{error}"
        );
        // A key's text must not become an error's.
        assert!(!error.contains(&whole[40..80]));
        assert_eq!(fs::read_to_string(&path).unwrap(), damaged);
    }
}
