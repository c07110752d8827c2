//! The present policy, and the file it follows.

use std::{
    fs, io,
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use alts::ServiceAccount;
use anyhow::anyhow;
use tokio::{sync::watch, time};

use super::{Policy, file};

/// How often the access file is looked at: whoever loses a right loses it within a second.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The largest access file, in bytes: ten thousand people.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// The present policy; cheap to clone, all clones are one.
#[derive(Clone, Debug)]
pub struct Gatekeeper(watch::Sender<Arc<Policy>>);

impl Gatekeeper {
    /// Begins with `policy`.
    pub fn new(policy: Policy) -> Self {
        Self(watch::Sender::new(Arc::new(policy)))
    }

    /// What holds now.
    pub fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.0.borrow())
    }

    /// What holds from now on.
    pub fn replace(&self, policy: Policy) {
        self.0.send_replace(Arc::new(policy));
    }

    /// Tells of every new policy.
    pub fn subscribe(&self) -> watch::Receiver<Arc<Policy>> {
        self.0.subscribe()
    }
}

/// A file that says who may what.
#[derive(Debug)]
pub struct AccessFile {
    path: PathBuf,
    /// Accounts of the command line, which the file need not repeat.
    legacy: Vec<ServiceAccount>,
    seen: Option<Stamp>,
}

/// What tells one state of a file from another without reading it: when it was written, and its length.
type Stamp = (SystemTime, u64);

impl AccessFile {
    /// The file at `path`, read for the first time.
    ///
    /// # Errors
    ///
    /// A sentence that names the file, the line and the remedy.
    pub fn open(path: PathBuf, legacy: Vec<ServiceAccount>) -> anyhow::Result<(Self, Policy)> {
        let mut file = Self {
            path,
            legacy,
            seen: None,
        };
        let policy = file.read()?;
        Ok((file, policy))
    }

    /// Follows the file for ever: polls it, and reads it at once when `hang_up` says so. A file
    /// that cannot be understood changes nothing and is told to the operator once.
    pub async fn follow(mut self, gatekeeper: Gatekeeper, mut hang_up: watch::Receiver<()>) {
        loop {
            tokio::select! {
                () = time::sleep(POLL_INTERVAL) => {
                    if self.stamp().ok() == self.seen {
                        continue;
                    }
                }
                Ok(()) = hang_up.changed() => {}
            }
            match self.read() {
                Ok(policy) if *gatekeeper.policy() == policy => {}
                Ok(policy) => {
                    let (accounts, people) = (policy.accounts.len(), policy.people.len());
                    gatekeeper.replace(policy);
                    tracing::info!(accounts, people, "the access file was read anew");
                }
                Err(error) => {
                    tracing::error!("{error}; the access that held until now still holds");
                }
            }
        }
    }

    fn stamp(&self) -> io::Result<Stamp> {
        let metadata = fs::metadata(&self.path)?;
        Ok((metadata.modified()?, metadata.len()))
    }

    /// Small and local: read where it is, on whatever thread this is.
    fn read(&mut self) -> anyhow::Result<Policy> {
        let path = self.path.display().to_string();
        let unreadable =
            |error| anyhow!("cannot read the access file {path}: {error}; see that it is there");
        // Taken first: a change while it is read is seen by the next round.
        self.seen = self.stamp().ok();
        let stamp = self.seen;
        let (_, len) = stamp.ok_or_else(|| unreadable(io::ErrorKind::NotFound.into()))?;
        if len > MAX_FILE_BYTES {
            return Err(anyhow!(
                "the access file {path} has {len} bytes; at most {MAX_FILE_BYTES} are read"
            ));
        }
        let text = fs::read_to_string(&self.path).map_err(unreadable)?;
        let policy = file::parse(&text).map_err(|error| anyhow!("{path}, {error}"))?;
        Ok(policy.with_legacy(&self.legacy))
    }
}
