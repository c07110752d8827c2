//! Tests of `access.rs`.

use super::*;

#[test]
fn what_was_said_is_asked_again_after_a_while_and_kept_until_then() {
    let (book, begun) = (AccessBook::default(), Instant::now());
    assert!(book.is_stale(None, begun) && book.of(None).is_none());
    let coordinator = v1::Access {
        grants: vec![v1::Grant {
            permission: "cases.schedule".to_owned(),
            scope: v1::grant::Scope::Own.into(),
        }],
        ..Default::default()
    };
    book.note(Some("anna"), coordinator.into(), begun);
    assert!(
        book.of(Some("anna"))
            .is_some_and(|anna| anna.may(Permission::CasesSchedule))
    );
    assert!(
        book.of(None).is_none(),
        "a person's rights are not the account's"
    );
    let later = |s| begun + Duration::from_secs(s);
    assert!(!book.is_stale(Some("anna"), later(14)));
    assert!(book.is_stale(Some("anna"), later(15)));
}
