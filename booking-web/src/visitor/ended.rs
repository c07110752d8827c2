//! Sign-ins that were ended before their time: in memory, and in a file where sign-ins outlast the
//! program.
//!
//! ```text
//!   1767225600 hjH6cT0p1Zbq0nX1z4bC8A     forgotten at this second; the sign-in's nonce
//! ```

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use parking_lot::Mutex;

use super::file_error::FileError;

/// The most that are remembered; each is forgotten when its sign-in would have ended anyhow.
const MAX_ENDED: usize = 10_000;

/// The ended sign-ins.
#[derive(Debug, Default)]
pub struct Ended(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// By nonce, the second at which they are forgotten.
    until_s: BTreeMap<String, i64>,
    /// Added to at each; none where nothing outlasts the program.
    file: Option<File>,
}

impl Ended {
    /// Those in a file, which is made when it is not there and written anew without those of which
    /// no cookie lives at `now_s`.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn kept_in(path: &Path, now_s: i64) -> Result<Self, FileError> {
        let failed = |error: io::Error| FileError::new("file of ended sign-ins", path, error);
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(failed(error)),
        };
        // A line that was cut off by a crash is none.
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        let known =
            lines.filter_map(|(until, nonce)| Some((nonce.to_owned(), until.parse().ok()?)));
        let until_s: BTreeMap<String, i64> = known.filter(|(_, until)| *until > now_s).collect();

        let fresh = path.with_added_extension("new");
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&fresh)
            .map_err(failed)?;
        for (nonce, until) in &until_s {
            file.write_all(line(nonce, *until).as_bytes())
                .map_err(failed)?;
        }
        file.sync_all().map_err(failed)?;
        fs::rename(&fresh, path).map_err(failed)?;
        Ok(Self(Mutex::new(Inner {
            until_s,
            file: Some(file),
        })))
    }

    /// Whether that sign-in was ended.
    pub(crate) fn contains(&self, nonce: &str) -> bool {
        self.0.lock().until_s.contains_key(nonce)
    }

    /// Ends one, of which no cookie lives at `until_s`.
    pub(crate) fn insert(&self, nonce: String, until_s: i64, now_s: i64) {
        let mut inner = self.0.lock();
        inner.until_s.retain(|_, until_s| *until_s > now_s);
        if inner.until_s.len() >= MAX_ENDED {
            let soonest = inner.until_s.iter().min_by_key(|(_, until_s)| **until_s);
            if let Some(soonest) = soonest.map(|(nonce, _)| nonce.clone()) {
                inner.until_s.remove(&soonest);
            }
        }
        if let Some(file) = &mut inner.file
            && let Err(error) = file.write_all(line(&nonce, until_s).as_bytes())
        {
            tracing::error!(%error, "a sign-out will not outlast this program");
        }
        inner.until_s.insert(nonce, until_s);
    }
}

fn line(nonce: &str, until_s: i64) -> String {
    format!("{until_s} {nonce}\n")
}

#[cfg(test)]
#[path = "ended_tests.rs"]
mod tests;
