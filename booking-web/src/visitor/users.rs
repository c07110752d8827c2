//! The users file: names, what others call them, and how their passwords hash (argon2id, in PHC's
//! string form). Roles are not here: the backend's access file has them, for it enforces them.
//!
//! ```toml
//! [people.anna]
//! display_name = "Anna Berg"
//! password = "$argon2id$v=19$m=19456,t=2,p=1$…"     # booking-web hash-password
//! ```

use std::{
    collections::BTreeMap,
    fmt::Display,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use parking_lot::Mutex;
use serde::Deserialize;

use super::file_error::FileError;

/// The longest password that is hashed.
pub(crate) const MAX_PASSWORD_BYTES: usize = 1024;
/// The hash that a name nobody has is checked against, so that guessing names takes as long as
/// guessing passwords. Of no password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    people: BTreeMap<String, Person>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    #[serde(default)]
    display_name: String,
    /// Absent: no password opens it; only the demo's link does.
    password: Option<String>,
}

/// The people in the file, as it is now.
#[derive(Debug)]
pub struct Users {
    path: PathBuf,
    read: Mutex<(Option<SystemTime>, BTreeMap<String, Person>)>,
}

impl Users {
    /// Reads the file.
    ///
    /// # Errors
    /// When it cannot be read, or a name or a hash in it is none.
    pub fn in_file(path: &Path) -> Result<Self, FileError> {
        let read = (modified(path), load(path)?);
        Ok(Self {
            path: path.to_owned(),
            read: Mutex::new(read),
        })
    }

    /// What others call this person; none for nobody.
    pub(crate) fn display_name(&self, name: &str) -> Option<String> {
        self.with(|people| {
            let person = people.get(name)?;
            Some(match person.display_name.as_str() {
                "" => name.to_owned(),
                display_name => display_name.to_owned(),
            })
        })
    }

    /// The hash of the person's password; empty for whoever has none.
    pub(crate) fn hash_of(&self, name: &str) -> String {
        let hash = self.with(|people| people.get(name).and_then(|person| person.password.clone()));
        hash.unwrap_or_default()
    }

    /// Whether the password is this person's. Takes a core for some tens of milliseconds: call it
    /// where that hurts nobody.
    pub(crate) fn verify(&self, name: &str, password: &str) -> bool {
        let kept = self.hash_of(name);
        let hash = if kept.is_empty() { NOBODY } else { &kept };
        let verified = PasswordHash::new(hash).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        });
        verified && !kept.is_empty() && password.len() <= MAX_PASSWORD_BYTES
    }

    /// Looks at the file again when it has changed; a broken one changes nothing.
    fn with<T>(&self, look: impl FnOnce(&BTreeMap<String, Person>) -> T) -> T {
        let mut read = self.read.lock();
        let now = modified(&self.path);
        if now != read.0 {
            match load(&self.path) {
                Ok(people) => *read = (now, people),
                Err(error) => {
                    tracing::warn!(%error, "keeping the users that were read before");
                    read.0 = now;
                }
            }
        }
        look(&read.1)
    }
}

/// The hash of a password, for the file.
///
/// # Errors
/// When it is empty or far too long, in words.
pub fn hash_password(password: &str) -> Result<String, String> {
    if password.is_empty() || password.len() > MAX_PASSWORD_BYTES {
        return Err(format!("a password has 1 to {MAX_PASSWORD_BYTES} bytes"));
    }
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| error.to_string())
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|meta| meta.modified()).ok()
}

fn load(path: &Path) -> Result<BTreeMap<String, Person>, FileError> {
    let wrong = |cause: &dyn Display| FileError::new("users file", path, cause);
    let text = fs::read_to_string(path).map_err(|error| wrong(&error))?;
    let file: File = toml::from_str(&text).map_err(|error| wrong(&error))?;
    for (name, person) in &file.people {
        let plain =
            !name.is_empty() && name.len() <= 64 && name.bytes().all(|b| b.is_ascii_graphic());
        if !plain || name.contains('|') {
            return Err(wrong(&format!(
                "{name:?} is no name: 1 to 64 letters, digits and signs"
            )));
        }
        if let Some(hash) = &person.password {
            PasswordHash::new(hash).map_err(|_| {
                wrong(&format!(
                    "the password of {name} is no hash; make one with `booking-web hash-password`"
                ))
            })?;
        }
    }
    Ok(file.people)
}
