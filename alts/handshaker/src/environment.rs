//! What pure code is given, the time and randomness, and what the operating system allows.

use std::{
    fmt,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use rustix::process::{Resource, getrlimit, setrlimit};
use zeroize::Zeroizing;

use crate::handshake::{Entropy, Seed, Timestamp};

/// Where the time comes from. Tests bring their own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::new(|| {
            // A clock before 1970 is so wrong that every certificate is "not yet valid", which
            // names the cause.
            let since_epoch = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default();
            Timestamp::from_unix_s(since_epoch.as_secs())
        })
    }

    /// Any other.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// The operating system gives no randomness. Nothing secret can be made then.
#[derive(Clone, Debug, thiserror::Error)]
#[error(
    "the operating system gives no random bytes: {0}; allow this process the getrandom system call"
)]
pub struct NoEntropy(getrandom::Error);

/// A seed for a private key.
pub(crate) fn seed() -> Result<Seed, NoEntropy> {
    random()
}

/// The randomness of one side of one handshake.
pub(crate) fn handshake_entropy() -> Result<Entropy, NoEntropy> {
    random().map(|bytes| Entropy::new(&bytes))
}

/// A number for an identifier.
pub(crate) fn number() -> Result<u64, NoEntropy> {
    random().map(|bytes| u64::from_le_bytes(*bytes))
}

/// Makes a question one of its kind.
pub(crate) fn nonce() -> Result<[u8; 16], NoEntropy> {
    random().map(|bytes| *bytes)
}

/// Spreads waits: 0 to 1. Without randomness everybody waits for the same time, which is no secret.
pub(crate) fn fraction() -> f64 {
    let [low, high, ..] = number().unwrap_or_default().to_le_bytes();
    f64::from(u16::from_le_bytes([low, high])) / f64::from(u16::MAX)
}

fn random<const LEN: usize>() -> Result<Zeroizing<[u8; LEN]>, NoEntropy> {
    let mut bytes = Zeroizing::new([0; LEN]);
    getrandom::fill(bytes.as_mut_slice()).map_err(NoEntropy)?;
    Ok(bytes)
}

/// Lets this process open as many files as it may: service managers start programs with 1024, for the
/// sake of old ones, and allow many more. Every connection is a file.
pub fn allow_many_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
}

/// How many files this process may open.
pub(crate) fn open_files() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}
