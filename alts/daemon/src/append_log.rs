//! A log of lines for people, beside the state: appended to, put aside when it has grown.
//!
//! ```text
//!   NAME      the latest lines, below 16 MiB
//!   NAME.1    those before; the ones before them are gone
//! ```

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

use crate::state::{StateError, failed};

/// Length at which a log is put aside, in bytes: some 70,000 certificates.
const MAX_LOG_LEN: u64 = 16 * 1024 * 1024;

/// A log of the process that owns its directory.
#[derive(Debug)]
pub struct AppendLog {
    path: PathBuf,
    aside: PathBuf,
}

impl AppendLog {
    /// Beside which the one that is put aside is kept.
    pub fn new(path: PathBuf) -> Self {
        let mut aside = path.clone().into_os_string();
        aside.push(".1");
        Self {
            path,
            aside: aside.into(),
        }
    }

    /// Appends a line. Not synced: a power cut may take the last lines, a killed process takes none.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn append(&self, line: &str) -> Result<(), StateError> {
        let mut log = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&self.path)
            .map_err(failed("open", &self.path))?;
        // One write: a killed process leaves whole lines.
        log.write_all(format!("{line}\n").as_bytes())
            .map_err(failed("append to", &self.path))?;
        if log
            .metadata()
            .is_ok_and(|metadata| metadata.len() > MAX_LOG_LEN)
        {
            fs::rename(&self.path, &self.aside).map_err(failed("put aside", &self.path))?;
        }
        Ok(())
    }

    /// What there is of it, oldest line first.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self) -> Result<String, StateError> {
        let mut all = String::new();
        for path in [&self.aside, &self.path] {
            match fs::read(path) {
                // A damaged line is a line that says nothing.
                Ok(lines) => all.push_str(&String::from_utf8_lossy(&lines)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(failed("read", path)(error)),
            }
        }
        Ok(all)
    }
}

#[cfg(test)]
#[path = "append_log_tests.rs"]
mod tests;
