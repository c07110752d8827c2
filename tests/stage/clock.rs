//! What time the suite's programs think it is: the machine's, or one of a scene's choice, by
//! libfaketime. Only the time of day is moved; timers run as ever.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use jiff::Timestamp;
use tokio::process::Command;

/// The clock of a mock cloud and of everything that runs on its machines.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Moved>);

#[derive(Clone, Debug)]
struct Moved {
    /// Seconds from the machine's time to the one that is shown.
    by_s: i64,
    library: PathBuf,
}

impl Clock {
    /// One that shows `instant` now, and runs on from there for every program alike.
    ///
    /// # Errors
    /// When libfaketime is not installed; the message says how to.
    pub fn showing(instant: Timestamp) -> Result<Self> {
        let by_s = instant.as_second() - Timestamp::now().as_second();
        Ok(Self(Some(Moved {
            by_s,
            library: library()?,
        })))
    }

    /// What it shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let by_s = self.0.as_ref().map_or(0, |moved| moved.by_s);
        let now = Timestamp::now();
        Timestamp::from_second(now.as_second() + by_s).unwrap_or(now)
    }

    /// Gives it to a program that is about to start.
    pub(crate) fn wind(&self, command: &mut Command) {
        if let Some(Moved { by_s, library }) = &self.0 {
            command
                .env("LD_PRELOAD", library)
                .env("FAKETIME", format!("{by_s:+}"))
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
                .env("NO_FAKE_STAT", "1");
        }
    }
}

/// Removes the shared memory that the library leaves behind in a program that is killed.
pub(crate) fn sweep(process: u32) {
    for name in ["faketime_shm", "sem.faketime_sem"] {
        // Nothing is there for a program on the machine's own time.
        let _ = std::fs::remove_file(format!("/dev/shm/{name}_{process}"));
    }
}

/// Where Debian puts the library, on any architecture.
fn library() -> Result<PathBuf> {
    let found = std::fs::read_dir("/usr/lib").ok().and_then(|folders| {
        folders
            .flatten()
            .map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"))
            .find(|path| Path::is_file(path))
    });
    found.context("libfaketime is not there; install Debian's faketime")
}
