//! The state directory: one process at a time, files that are whole or absent.
//!
//! ```text
//!   DIR/lock             held by the process that owns DIR; gone with it, also after a crash
//!   DIR/authority.json   the authority's key; a restart keeps every handshaker's trust
//!   DIR/directory.json   the accounts
//!   DIR/…                what else `cloud` keeps
//! ```
//!
//! A file is replaced by writing a neighbour, syncing it, renaming it over, and syncing the
//! directory: after a power cut there is the old or the new, never half. A file that cannot be
//! understood is reported and left alone.

use std::{
    fmt::Display,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

/// The version of all files' outer shape.
const VERSION: u32 = 1;

/// Largest state file that is read, and so that is written, in bytes: some 50,000 accounts.
const MAX_FILE_LEN: u64 = 16 * 1024 * 1024;

/// Why state cannot be kept or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// Another process owns the directory.
    #[error("the state directory {} is in use by another process; stop that one or choose another \
        --state-dir", .0.display())]
    InUse(PathBuf),
    /// The file system says no.
    #[error("cannot {action} {}: {source}; check the path and its permissions or choose another \
        --state-dir", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What came of it.
        source: io::Error,
    },
    /// A file that is not what it should be. It was not touched.
    #[error("the state file {} is damaged: {reason}; restore it from a copy, or move it away to \
        start afresh; nothing was overwritten", path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
        /// How.
        reason: String,
    },
    /// More than would be read again at the next start.
    #[error("the state file {} would have {len} bytes, the limit is 16 MiB; remove what is not \
        needed any more, accounts for instance; nothing was changed", path.display())]
    TooLong {
        /// Which.
        path: PathBuf,
        /// What it would have.
        len: usize,
    },
    /// A file of a later version of this program.
    #[error("the state file {} has version {found}, this program knows version 1; use the newer \
        program or another --state-dir", path.display())]
    Newer {
        /// Which.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
}

/// A state directory that this process owns as long as this value lives.
#[derive(Debug)]
pub struct StateDir {
    path: PathBuf,
    _lock: File,
}

/// What all files have in common. The version is read before the content, which may change with it.
#[derive(Deserialize)]
struct Header {
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Versioned<T> {
    version: u32,
    content: T,
}

impl StateDir {
    /// Creates the directory if it is missing, and takes possession of it.
    ///
    /// # Errors
    /// [`StateError::InUse`] when another process has it; [`StateError::Io`].
    pub fn open(path: &Path) -> Result<Self, StateError> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(failed("create the directory", path))?;
        let lock_path = path.join("lock");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&lock_path)
            .map_err(failed("open", &lock_path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(StateError::InUse(path.to_owned())),
            Err(TryLockError::Error(source)) => Err(failed("lock", &lock_path)(source)),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// For a file whose reader finds that it is not what it should be.
    pub fn damaged(&self, name: &str, reason: String) -> StateError {
        StateError::Damaged {
            path: self.path.join(name),
            reason,
        }
    }

    /// Reads a file and makes sense of it. `None` when there is none.
    pub fn read<Record: DeserializeOwned, Value, Problem: Display>(
        &self,
        name: &str,
        understand: impl FnOnce(Record) -> Result<Value, Problem>,
    ) -> Result<Option<Value>, StateError> {
        let damaged = |reason: String| self.damaged(name, reason);
        let Some(bytes) = self.read_bytes(name)? else {
            return Ok(None);
        };
        // serde_json's messages name line and column, and quote unknown keys, but never a string's
        // value.
        let header: Header =
            serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        if header.version != VERSION {
            return Err(StateError::Newer {
                path: self.path.join(name),
                found: header.version,
            });
        }
        let file: Versioned<Record> =
            serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        let value = understand(file.content);
        value
            .map(Some)
            .map_err(|problem| damaged(problem.to_string()))
    }

    /// Replaces a file by a new one, or leaves it as it was.
    pub fn replace<Record: Serialize>(
        &self,
        name: &str,
        content: Record,
    ) -> Result<(), StateError> {
        let file = Versioned {
            version: VERSION,
            content,
        };
        let json =
            serde_json::to_vec_pretty(&file).expect("records of strings and booleans serialise");
        let mut json = Zeroizing::new(json);
        json.push(b'\n');
        self.replace_bytes(name, &json)
    }

    /// Reads a file that has a format of its own. `None` when there is none.
    pub fn read_bytes(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StateError> {
        read_bounded(&self.path.join(name))
    }

    /// Replaces a file that has a format of its own, or leaves it as it was.
    pub fn replace_bytes(&self, name: &str, bytes: &[u8]) -> Result<(), StateError> {
        let path = self.path.join(name);
        let len = bytes.len();
        if u64::try_from(len).is_ok_and(|len| len > MAX_FILE_LEN) {
            return Err(StateError::TooLong { path, len });
        }
        replace_file(&path, bytes).map_err(failed("replace", &path))
    }
}

fn read_bounded(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, StateError> {
    let metadata = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        found => found.map_err(failed("read", path))?,
    };
    if metadata.len() > MAX_FILE_LEN {
        return Err(StateError::Damaged {
            path: path.to_owned(),
            reason: format!(
                "it has {} bytes, far more than any such file",
                metadata.len()
            ),
        });
    }
    let bytes = fs::read(path).map_err(failed("read", path))?;
    Ok(Some(Zeroizing::new(bytes)))
}

/// Replaces a file by a new one that its owner alone can read, or leaves it as it was. For one writer
/// at a time.
///
/// # Errors
/// What the system says.
pub fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    write_synced(Path::new(&fresh), bytes)?;
    fs::rename(&fresh, path)?;
    File::open(path.parent().unwrap_or_else(|| Path::new(".")))?.sync_all()
}

/// Readable by the owner alone from its first byte on: it may hold a key.
fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // One left over by a crash is ours to remove: we hold the lock.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// For a file on which `action` fails.
pub fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StateError + use<> {
    let path = path.to_owned();
    move |source| StateError::Io {
        action,
        path,
        source,
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
