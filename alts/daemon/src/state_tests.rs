//! What is on disk after writing, after a crash, and after damage.

use std::os::unix::fs::PermissionsExt;

use super::*;

fn read(state: &StateDir) -> Result<Option<Vec<String>>, StateError> {
    state.read("f.json", Ok::<_, String>)
}

#[test]
fn what_was_written_is_read_and_only_the_owner_may_read_it() {
    let dir = tempfile::tempdir().unwrap();
    let state = StateDir::open(&dir.path().join("a/b")).unwrap();
    assert_eq!(read(&state).unwrap(), None);
    state.replace("f.json", vec!["one"]).unwrap();
    state.replace("f.json", vec!["two"]).unwrap();
    assert_eq!(read(&state).unwrap(), Some(vec!["two".to_owned()]));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&state.path().join("f.json")), 0o600);
    assert_eq!(mode(state.path()), 0o700);
}

#[test]
fn two_owners_are_one_too_many() {
    let dir = tempfile::tempdir().unwrap();
    let first = StateDir::open(dir.path()).unwrap();
    let second = StateDir::open(dir.path());
    assert!(matches!(second, Err(StateError::InUse(_))));
    drop(first);
    StateDir::open(dir.path()).unwrap();
}

#[test]
fn a_damaged_file_is_reported_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let state = StateDir::open(dir.path()).unwrap();
    let path = dir.path().join("f.json");
    let cases = [
        ("", "EOF"),
        ("{\"version\": 1,", "EOF"),
        ("{\"version\": 1, \"content\": [1]}", "line 1 column"),
        (
            "{\"version\": 1, \"content\": [], \"more\": 1}",
            "unknown field `more`",
        ),
        ("\u{0}\u{0}", "line 1"),
    ];
    for (contents, expected) in cases {
        fs::write(&path, contents).unwrap();
        let error = read(&state).unwrap_err().to_string();
        assert!(
            error.contains(expected) && error.contains("nothing was overwritten"),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), contents);
    }
    fs::write(&path, "{\"version\": 2, \"accounts_by_name\": {}}").unwrap();
    assert!(matches!(
        read(&state),
        Err(StateError::Newer { found: 2, .. })
    ));
}

#[test]
fn what_would_not_be_read_again_is_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let state = StateDir::open(dir.path()).unwrap();
    state.replace("f.json", vec!["small"]).unwrap();
    let limit = usize::try_from(MAX_FILE_LEN).unwrap();
    let refused = state
        .replace("f.json", vec!["x".repeat(limit)])
        .unwrap_err();
    assert!(
        refused.to_string().contains("the limit is 16 MiB"),
        "{refused}"
    );
    assert_eq!(read(&state).unwrap(), Some(vec!["small".to_owned()]));
    // The longest that is written is read.
    state.replace_bytes("f.bin", &vec![7; limit]).unwrap();
    assert_eq!(state.read_bytes("f.bin").unwrap().unwrap().len(), limit);
    assert!(state.replace_bytes("f.bin", &vec![7; limit + 1]).is_err());
}

#[test]
fn a_crash_before_the_rename_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let state = StateDir::open(dir.path()).unwrap();
    state.replace("f.json", vec!["whole"]).unwrap();
    fs::write(dir.path().join("f.json.new"), "{\"vers").unwrap();
    assert_eq!(read(&state).unwrap(), Some(vec!["whole".to_owned()]));
    state.replace("f.json", vec!["next"]).unwrap();
    assert_eq!(read(&state).unwrap(), Some(vec!["next".to_owned()]));
}
