//! Tests of `ended.rs`.

use super::*;

#[test]
fn what_was_ended_stays_so_when_the_program_is_started_again_until_it_does_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.key.ended");
    let ended = Ended::kept_in(&path, 0).unwrap();
    ended.insert("short".to_owned(), 10, 0);
    ended.insert("long".to_owned(), 20, 0);
    fs::write(&path, fs::read_to_string(&path).unwrap() + "3").unwrap();
    let again = Ended::kept_in(&path, 10).unwrap();
    assert!(again.contains("long"));
    assert!(
        !again.contains("short"),
        "its cookies have ended by themselves"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "20 long\n");
    again.insert("later".to_owned(), 30, 10);
    assert!(Ended::kept_in(&path, 10).unwrap().contains("later"));
}
