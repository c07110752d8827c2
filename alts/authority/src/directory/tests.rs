//! The directory as its callers use it.

use super::*;

fn account(name: &str) -> ServiceAccount {
    name.parse().unwrap()
}

fn directory() -> Directory {
    let mut directory = Directory::default();
    for (number, name) in ["booking@p.iam", "booking-client@p.iam", "billing@q.iam"]
        .iter()
        .enumerate()
    {
        directory.create(account(name), "", number as u64).unwrap();
    }
    directory
}

#[test]
fn accounts_are_switched_off_and_on_and_say_whether_that_changed_anything() {
    let mut directory = directory();
    let email = account("booking@p.iam");
    assert!(directory.set_disabled(&email, true).unwrap().1);
    assert!(!directory.set_disabled(&email, true).unwrap().1);
    assert!(directory.get(&email).unwrap().disabled);
    assert!(directory.set_disabled(&email, false).unwrap().1);
    assert!(!directory.get(&email).unwrap().disabled);
}

#[test]
fn a_misspelt_account_is_answered_with_its_near_names() {
    let mut directory = directory();
    let cases = [
        (
            "bookin@p.iam",
            "there is no account bookin@p.iam; did you mean booking@p.iam?",
        ),
        (
            "booking-clint",
            "there is no account booking-clint; did you mean booking-client@p.iam?",
        ),
        (
            "zzzz@zzzz",
            "there is no account zzzz@zzzz; list the accounts there are: alts-handshaker \
             accounts list",
        ),
    ];
    for (wanted, expected) in cases {
        let error = directory.set_disabled(&account(wanted), true).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn an_account_is_created_once_with_a_21_digit_id() {
    let mut directory = directory();
    let created = directory
        .create(account("new@p.iam"), "New", u64::MAX)
        .unwrap();
    assert_eq!(created.unique_id.len(), 21);
    let again = directory.create(account("new@p.iam"), "New", 1);
    assert!(matches!(again, Err(DirectoryError::AlreadyExists(_))));
    let bad = directory.create(account("other@p.iam"), "a\nb", 1);
    assert_eq!(bad, Err(DirectoryError::BadDisplayName));
}

#[test]
fn what_is_written_is_what_is_read() {
    let directory = directory();
    let json = serde_json::to_string(&DirectoryRecord::from(&directory)).unwrap();
    let record: DirectoryRecord = serde_json::from_str(&json).unwrap();
    assert_eq!(Directory::try_from(record), Ok(directory));
}

#[test]
fn a_deleted_account_is_unknown_and_can_be_restored_as_it_was_for_thirty_days() {
    let mut directory = Directory::default();
    let email: ServiceAccount = "svc@p".parse().unwrap();
    let created = directory.create(email.clone(), "Service", 7).unwrap();
    directory.describe(&email, "what it is for").unwrap();
    let (before, _) = directory.set_disabled(&email, true).unwrap();
    let deleted_at = Timestamp::from_unix_s(1000);
    directory.delete(&email, deleted_at).unwrap();

    assert!(directory.get(&email).is_none());
    assert!(matches!(
        directory.delete(&email, deleted_at),
        Err(DirectoryError::NotFound { .. })
    ));
    let record = DirectoryRecord::from(&directory);
    assert_eq!(Directory::try_from(record).unwrap(), directory);

    let in_time = deleted_at.after(RESTORABLE_FOR - Duration::from_secs(1));
    let too_late = deleted_at.after(RESTORABLE_FOR);
    let id = &created.unique_id;
    assert!(matches!(
        directory.undelete(id, too_late),
        Err(DirectoryError::NotRestorable(_))
    ));
    // While another has the name, the old one must wait.
    let mut taken = directory.clone();
    taken.create(email.clone(), "", 8).unwrap();
    assert_eq!(
        taken.undelete(id, in_time),
        Err(DirectoryError::AlreadyExists(email))
    );
    assert_eq!(directory.undelete(id, in_time).unwrap(), before);
    assert!(directory.undelete(id, in_time).is_err());
}

#[test]
fn descriptions_are_bounded() {
    let mut directory = Directory::default();
    let email: ServiceAccount = "svc@p".parse().unwrap();
    directory.create(email.clone(), "", 7).unwrap();
    for bad in ["a".repeat(257), "a\u{7}".to_owned()] {
        assert_eq!(
            directory.describe(&email, &bad),
            Err(DirectoryError::BadDescription)
        );
    }
    assert!(directory.describe(&email, &"a".repeat(256)).is_ok());
}
