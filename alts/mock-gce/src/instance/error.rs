//! Why there is no mock to talk to, or why it cannot come or go.

use std::path::PathBuf;

use super::InstanceName;
use crate::system::runtime_dir::RuntimeDirError;

/// Why there is nothing to talk to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstanceError {
    /// The directory cannot be used.
    #[error(transparent)]
    RuntimeDir(#[from] RuntimeDirError),
    /// No such mock runs.
    #[error("{0} is not up; bring it up: mock-gce up --name {0}")]
    NotUp(InstanceName),
    /// It will run in a moment.
    #[error("{0} is coming up; wait for it, then try again")]
    ComingUp(InstanceName),
    /// It ran, and was killed.
    #[error("{0} has crashed; clear away what is left: mock-gce down --name {0}")]
    Crashed(InstanceName),
    /// Its record is not what this program writes.
    #[error("{} is damaged: {reason}; bring the mock down and up again", path.display())]
    Damaged {
        /// The record.
        path: PathBuf,
        /// How.
        reason: String,
    },
    /// It runs already.
    #[error("{0} is up already: see mock-gce machines; bring it down first, or use another --name")]
    Up(InstanceName),
    /// Something survives.
    #[error("{count} processes of {name} cannot be ended (one is {pid}); end them as root")]
    Survivors {
        /// Whose.
        name: InstanceName,
        /// How many.
        count: usize,
        /// One of them.
        pid: i32,
    },
}
