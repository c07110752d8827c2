//! One server per file: a lock beside the database.
//!
//! Two servers would be safe for SQLite itself, but neither would see what the other's callers
//! changed. The lock is the kernel's (`flock`), on a file of its own: SQLite's locks are dropped
//! when any descriptor of the database is closed, this one only with the process, however it
//! ends. The file stays behind; deleting it would let a third server lock a new one while a second
//! still waits with the old one open.

use std::{
    fs::{File, TryLockError},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    process,
};

use super::{blame::Blame, place};
use crate::OpenError;

/// The longest process id, in digits, read from a lock file.
const MAX_PID_DIGITS: u64 = 10;

/// The right to serve from a database file, for as long as it lives.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of `database`, or says who has it.
    pub(super) fn take(database: &Path) -> Result<Self, OpenError> {
        let blame = Blame::new(database);
        let mut file = place::private()
            .create(true)
            .truncate(false)
            .open(lock_path(database))
            .map_err(
                // The directory was found to exist a moment ago.
                |error| OpenError::NotWritable {
                    path: database.to_owned(),
                    source: error,
                },
            )?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = read_pid(&file);
                return Err(OpenError::InUse {
                    path: database.to_owned(),
                    holder,
                });
            }
            Err(TryLockError::Error(error)) => return Err(blame.io(error)),
        }
        write_pid(&mut file).map_err(|error| blame.io(error))?;
        Ok(Self { _file: file })
    }
}

fn lock_path(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(".lock");
    path.into()
}

/// Who holds the lock, if its file says so: a courtesy to the reader of an error, nothing more.
fn read_pid(file: &File) -> Option<u32> {
    let mut text = String::new();
    file.take(MAX_PID_DIGITS).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    write!(file, "{}", process::id())
}
