//! Sealed values: what a browser keeps for us and cannot change. HMAC-SHA256 under a key of this
//! front end; each value is sealed for one purpose and is nothing for another. Signed cookies of a
//! library would not do: most of what is sealed is no cookie, and their seal names no purpose.

use std::{
    fmt,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Serialize, de::DeserializeOwned};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::file_error::FileError;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 16;
/// The longest sealed value that is looked at.
const MAX_SEALED_BYTES: usize = 4 * 1024;

/// The key.
pub struct Seal(Zeroizing<[u8; KEY_BYTES]>);

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    /// A key for this run only: whoever is signed in has to sign in again after a restart.
    ///
    /// # Errors
    /// Without entropy.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(&mut *key)?;
        Ok(Self(key))
    }

    /// The key in a file, which is made when it is not there, for this user's eyes only.
    ///
    /// # Errors
    /// When it cannot be read or made, or is no key.
    pub fn kept_in(path: &Path) -> Result<Self, FileError> {
        let failed = |cause: &dyn fmt::Display| FileError::new("session key file", path, cause);
        match fs::read(path).map(Zeroizing::new) {
            Ok(bytes) => match bytes.as_slice().try_into() {
                Ok(key) => Ok(Self(Zeroizing::new(key))),
                Err(_) => Err(failed(&format!(
                    "it should hold {KEY_BYTES} bytes; remove it to get a new one"
                ))),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let seal = Self::random().map_err(|error| failed(&error))?;
                let new = OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .mode(0o600)
                    .open(path);
                new.and_then(|mut file| file.write_all(&*seal.0))
                    .map_err(|error| failed(&error))?;
                Ok(seal)
            }
            Err(error) => Err(failed(&error)),
        }
    }

    /// `VALUE.MAC`, both in base64url; the value as JSON.
    pub(crate) fn seal(&self, purpose: &str, value: &impl Serialize) -> String {
        let text = serde_json::to_string(value).expect("our own structs are JSON");
        let mac = self.tag(purpose, &text);
        format!("{}.{mac}", BASE64.encode(text))
    }

    /// The value, if this key sealed it for this purpose.
    pub(crate) fn open<T: DeserializeOwned>(&self, purpose: &str, sealed: &str) -> Option<T> {
        if sealed.len() > MAX_SEALED_BYTES {
            return None;
        }
        let (text, mac) = sealed.split_once('.')?;
        let text = String::from_utf8(BASE64.decode(text).ok()?).ok()?;
        let mac = BASE64.decode(mac).ok()?;
        self.mac(purpose, &text).verify_slice(&mac).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// What stands for a secret text: equal for equal texts, and of no use to learn them.
    pub(crate) fn tag(&self, purpose: &str, text: &str) -> String {
        BASE64.encode(self.mac(purpose, text).finalize().into_bytes())
    }

    /// Something that was never there before.
    pub fn nonce(&self) -> String {
        let mut bytes = [0; NONCE_BYTES];
        getrandom::fill(&mut bytes).expect("the system gave random bytes at the start");
        BASE64.encode(bytes)
    }

    fn mac(&self, purpose: &str, text: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.0).expect("HMAC takes any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        mac
    }
}
