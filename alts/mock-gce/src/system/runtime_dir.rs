//! The directory that holds what runs: private to its user, gone when nothing runs.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use alts_daemon::state::replace_file;
use anyhow::{anyhow, bail, ensure};

/// For a path on which `action` fails.
pub(crate) fn failed(action: &str, path: &Path) -> impl FnOnce(io::Error) -> anyhow::Error {
    let tried = format!("cannot {action} {}", path.display());
    move |error| anyhow!("{tried}: {error}; check the path and its permissions")
}

/// Where the instances of this user are: `$XDG_RUNTIME_DIR/mock-gce`, or `/tmp/mock-gce-UID`.
/// Created when missing.
///
/// # Errors
/// When it cannot be made, or is not private.
pub fn base(xdg_runtime_dir: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    let uid = rustix::process::geteuid().as_raw();
    // The XDG specification has relative paths ignored.
    let base = match xdg_runtime_dir.filter(|path| path.is_absolute()) {
        Some(folder) => folder.join("mock-gce"),
        None => PathBuf::from(format!("/tmp/mock-gce-{uid}")),
    };
    create_private(&base)?;
    Ok(base)
}

/// Makes a directory that only its owner can use, or finds that it is one.
///
/// # Errors
/// When it is somebody else's: in `/tmp`, anybody may have been faster.
pub fn create_private(path: &Path) -> anyhow::Result<()> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(failed("create the directory", path)(error));
        }
        _ => {}
    }
    let found = fs::symlink_metadata(path).map_err(failed("look at", path))?;
    let private = found.is_dir()
        && found.uid() == rustix::process::geteuid().as_raw()
        && found.mode() & 0o077 == 0;
    ensure!(
        private,
        "{} is not a directory that only you can use; remove it, or set XDG_RUNTIME_DIR to one that is",
        path.display()
    );
    Ok(())
}

/// Replaces a file, readable by its owner alone, in one step.
///
/// # Errors
/// When it cannot be written.
pub fn replace(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    replace_file(path, content).map_err(failed("write", path))
}

/// The right to bring an instance up or down; gone with the process, also after a crash.
#[derive(Debug)]
pub struct Exclusive {
    path: PathBuf,
    file: File,
}

impl Exclusive {
    /// Takes the right.
    ///
    /// # Errors
    /// When another process has it.
    pub fn take(path: &Path, instance: &str) -> anyhow::Result<Self> {
        loop {
            let file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .mode(0o600)
                .open(path)
                .map_err(failed("open", path))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => bail!(
                    "another mock-gce is bringing {instance:?} up or down; wait for it, then try again"
                ),
                Err(TryLockError::Error(error)) => return Err(failed("lock", path)(error)),
            }
            let exclusive = Self {
                path: path.to_owned(),
                file,
            };
            // The last one to have it may have removed the file between our open and our lock.
            if exclusive.is_current() {
                return Ok(exclusive);
            }
        }
    }

    fn is_current(&self) -> bool {
        let held = self.file.metadata();
        let named = fs::metadata(&self.path);
        matches!((held, named), (Ok(held), Ok(named)) if held.ino() == named.ino())
    }

    /// Leaves nothing behind.
    pub fn give_back_and_remove(self) {
        // Whoever opened it meanwhile sees that it is gone, and makes a new one.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
#[path = "runtime_dir_tests.rs"]
mod tests;
