//! The database's file as a file: where it is, who may read it, whether it is still there.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use super::blame::Blame;
use crate::{OpenError, StoreError};

/// The one name of a database, so that two spellings of a path, or a link, share one lock.
pub(super) fn resolve(path: &Path) -> Result<PathBuf, OpenError> {
    let blame = Blame::new(path);
    if let Ok(existing) = path.canonicalize() {
        return Ok(existing);
    }
    let name = path
        .file_name()
        .ok_or_else(|| blame.io(io::ErrorKind::IsADirectory.into()))?;
    let parent = path.parent().filter(|it| !it.as_os_str().is_empty());
    let parent = parent.unwrap_or_else(|| Path::new("."));
    Ok(parent
        .canonicalize()
        .map_err(|error| blame.io(error))?
        .join(name))
}

/// What every SQLite file begins with (sqlite.org/fileformat.html, section 1.3).
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// The smallest page SQLite has, and so the smallest file.
const MIN_FILE_BYTES: u64 = 512;

/// Whether there is a database to look at before writing; an empty file is none yet.
///
/// SQLite itself takes a file shorter than its header for a new database and writes over it: a
/// short note under the wrong name would be lost.
pub(super) fn holds_database(path: &Path) -> Result<bool, OpenError> {
    let blame = Blame::new(path);
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(blame.io(error)),
    };
    if found.is_file() && found.len() == 0 {
        return Ok(false);
    }
    // Only a file is opened: opening a pipe would wait for somebody to write to it.
    let mut head = [0; MAGIC.len()];
    let looks_right = found.is_file() && found.len() >= MIN_FILE_BYTES && {
        let mut file = File::open(path).map_err(|error| blame.io(error))?;
        file.read_exact(&mut head).is_ok() && head == *MAGIC
    };
    if looks_right {
        Ok(true)
    } else {
        Err(OpenError::NotADatabase { path: path.into() })
    }
}

/// Creates the file for its owner alone; SQLite gives its journals the same rights.
pub(super) fn create_private(path: &Path) -> Result<(), OpenError> {
    let created = private().create(true).truncate(false).open(path);
    created
        .map(drop)
        .map_err(|error| Blame::new(path).io(error))
}

/// How to open a file that, if new, is for its owner alone: it will hold patient data.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Which file it was that the server opened.
#[derive(Debug)]
pub(super) struct FileIdentity {
    path: PathBuf,
    number: Option<(u64, u64)>,
}

impl FileIdentity {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            number: number(path)?,
        })
    }

    /// Notices that the file was deleted, renamed or replaced: the descriptors still read it, and
    /// what is written through them is lost with the process.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        match number(&self.path) {
            Ok(number) if number == self.number => Ok(()),
            _ => Err(StoreError::Gone),
        }
    }
}

/// Device and inode.
#[cfg(unix)]
fn number(path: &Path) -> io::Result<Option<(u64, u64)>> {
    use std::os::unix::fs::MetadataExt as _;

    let found = fs::metadata(path)?;
    Ok(Some((found.dev(), found.ino())))
}

/// Where files have no stable numbers, being there must do.
#[cfg(not(unix))]
fn number(path: &Path) -> io::Result<Option<(u64, u64)>> {
    fs::metadata(path).map(|_| None)
}
