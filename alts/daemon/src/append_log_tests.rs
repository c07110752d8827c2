//! Tests of `append_log.rs`.

use std::os::unix::fs::PermissionsExt;

use super::*;

#[test]
fn a_log_grows_line_by_line_and_is_put_aside_when_it_is_long() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l.jsonl");
    let log = AppendLog::new(path.clone());
    assert_eq!(log.read().unwrap(), "");
    log.append("one").unwrap();
    log.append("two").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
    let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let long = OpenOptions::new().write(true).open(&path).unwrap();
    long.set_len(MAX_LOG_LEN).unwrap();
    log.append("three").unwrap();
    assert!(!path.exists() && dir.path().join("l.jsonl.1").exists());
    log.append("four").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "four\n");
    let all = log.read().unwrap();
    assert!(all.starts_with("one\ntwo\n") && all.ends_with("three\nfour\n"));
}
