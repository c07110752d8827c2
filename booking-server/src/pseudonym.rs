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

/// How a patient is named in a log: by pseudonyms under a key, or by number.
pub struct PatientNames(Option<Zeroizing<[u8; KEY_BYTES]>>);

impl PatientNames {
    /// Names patients by pseudonyms under `key`, which must be random and secret.
    pub fn pseudonyms(key: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        Self(Some(key))
    }

    /// Names patients by their numbers: for demonstrations with invented patients only.
    pub fn plain_ids() -> Self {
        Self(None)
    }

    /// What a log may say for `patient`.
    pub fn of(&self, patient: &PatientId) -> String {
        match &self.0 {
            None => patient.as_str().to_owned(),
            Some(key) => pseudonym(key, patient),
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
            Some(_) => "PatientNames::pseudonyms(..)",
            None => "PatientNames::plain_ids()",
        })
    }
}

#[cfg(test)]
#[path = "pseudonym_tests.rs"]
mod tests;
