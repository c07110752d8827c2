//! Patients in logs: recognisable, not identifiable.
//!
//! An operator must be able to see that two lines are about the same patient; nobody must be able
//! to see which. So a log shows a keyed hash of the patient's number, and the key is drawn when
//! the process starts and never leaves it: without the key, trying all numbers a hospital can have
//! (there are not many) finds nothing, and after a restart nothing connects old lines with new.
//!
//! ```text
//!  HMAC-SHA256(key of this process, "PT-1204") = 9f3a1c04 d2...    ->    PT-#9f3a1c04
//! ```

use std::fmt;

use booking_domain::PatientId;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Bytes of the key: the hash's output length, as RFC 2104 section 3 advises.
pub const KEY_BYTES: usize = 32;

/// Bytes of the hash that are shown. Enough to tell the patients of a day apart (10,000 of them
/// collide with 1 %), few enough to read aloud.
const SHOWN_BYTES: usize = 4;

/// How a patient is named in a log.
pub struct PatientNames(Naming);

enum Naming {
    Pseudonyms(Zeroizing<[u8; KEY_BYTES]>),
    PlainIds,
}

impl PatientNames {
    /// Names patients by pseudonyms under `key`, which must be random and secret.
    pub fn pseudonyms(key: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        Self(Naming::Pseudonyms(key))
    }

    /// Names patients by their numbers: for demonstrations with invented patients only.
    pub fn plain_ids() -> Self {
        Self(Naming::PlainIds)
    }

    /// What a log may say for `patient`.
    pub fn of(&self, patient: &PatientId) -> String {
        match &self.0 {
            Naming::PlainIds => patient.as_str().to_owned(),
            Naming::Pseudonyms(key) => pseudonym(key, patient),
        }
    }
}

fn pseudonym(key: &[u8; KEY_BYTES], patient: &PatientId) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(patient.as_str().as_bytes());
    let hash = mac.finalize().into_bytes();
    let mut shown = String::from("PT-#");
    for byte in &hash[..SHOWN_BYTES] {
        shown.push_str(&format!("{byte:02x}"));
    }
    shown
}

/// Shows which naming it is, never the key.
impl fmt::Debug for PatientNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Naming::Pseudonyms(_) => "PatientNames::pseudonyms(..)",
            Naming::PlainIds => "PatientNames::plain_ids()",
        })
    }
}

#[cfg(test)]
mod tests {
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
}
