//! Tests of `pseudonym.rs`.

use super::*;

fn patient(id: &str) -> PatientId {
    PatientId::parse(id).unwrap()
}

fn names(key: u8) -> PatientNames {
    PatientNames::pseudonyms(Zeroizing::new([key; KEY_BYTES]))
}

#[test]
fn a_pseudonym_is_stable_under_one_key_and_tells_patients_apart() {
    let names = names(7);
    assert_eq!(names.of(&patient("PT-1204")), names.of(&patient("PT-1204")));
    assert_ne!(names.of(&patient("PT-1204")), names.of(&patient("PT-1205")));
}

#[test]
fn another_process_gives_another_pseudonym() {
    assert_ne!(
        names(1).of(&patient("PT-1204")),
        names(2).of(&patient("PT-1204"))
    );
}

#[test]
fn a_pseudonym_is_the_head_of_the_hash_and_holds_nothing_of_the_number() {
    // RFC 4231 has no such case; the value is Python's hmac.new(bytes(32), b"PT-1204", "sha256").
    let shown = names(0).of(&patient("PT-1204"));
    assert_eq!(shown, "PT-#96b40648");
}

#[test]
fn plain_numbers_are_shown_only_on_request() {
    assert_eq!(PatientNames::plain_ids().of(&patient("PT-1204")), "PT-1204");
}

#[test]
fn the_key_is_not_shown() {
    assert_eq!(format!("{:?}", names(7)), "PatientNames::pseudonyms(..)");
}
