//! One thing that goes wrong, as it is typed. Pure.

use std::{fmt, str::FromStr, time::Duration};

/// Longest delay: a library gives up long before.
const MAX_DELAY: Duration = Duration::from_secs(300);

/// One thing that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Every answer comes this much later.
    Delay(Duration),
    /// Handshake frames come in two answers, so many bytes in the first: the second is unasked for.
    Split(u32),
    /// The MAC in our Finished message is wrong.
    BadMac,
    /// The signature under our handshake certificate is wrong.
    BadSignature,
    /// Our handshake certificate has expired.
    Expired,
    /// Our handshake certificate is from the future.
    NotYetValid,
    /// Our master certificate is on the revocation list.
    Revoked,
    /// Our master certificate is by an authority that nobody knows.
    WrongIssuer,
    /// The result's record key has 16 bytes.
    ShortKey,
    /// Answers carry no status.
    MissingStatus,
    /// The result carries no local identity.
    MissingLocalIdentity,
    /// The result carries no RPC versions.
    MissingVersions,
    /// An error in place of the result.
    LateError,
    /// The call is not ended after its last answer.
    LeaveOpen,
    /// The last answer claims one byte less than was consumed.
    WrongConsumed,
    /// The call ends with OK where the result should come.
    DropMidWay,
    /// The client's handshaker takes the server for somebody else.
    RefuseTarget,
    /// The result's frame size is this.
    MaxFrameSize(u32),
    /// At most so many calls at once per connection; more wait.
    LimitStreams(u32),
}

/// Those that are typed with a value.
const VALUED: [&str; 4] = ["delay", "split", "max-frame-size", "limit-streams"];

/// Those that are typed without.
const PLAIN: [(Fault, &str); 15] = [
    (Fault::BadMac, "bad-mac"),
    (Fault::BadSignature, "bad-signature"),
    (Fault::Expired, "expired"),
    (Fault::NotYetValid, "not-yet-valid"),
    (Fault::Revoked, "revoked"),
    (Fault::WrongIssuer, "wrong-issuer"),
    (Fault::ShortKey, "short-key"),
    (Fault::MissingStatus, "missing-status"),
    (Fault::MissingLocalIdentity, "missing-local-identity"),
    (Fault::MissingVersions, "missing-versions"),
    (Fault::LateError, "late-error"),
    (Fault::LeaveOpen, "leave-open"),
    (Fault::WrongConsumed, "wrong-consumed"),
    (Fault::DropMidWay, "drop-mid-way"),
    (Fault::RefuseTarget, "refuse-target"),
];

/// Every name.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    VALUED.into_iter().chain(PLAIN.map(|(_, name)| name))
}

impl Fault {
    /// As it is typed, without its value; for metrics.
    pub fn name(&self) -> &'static str {
        let [delay, split, max_frame_size, limit_streams] = VALUED;
        match self {
            Self::Delay(_) => delay,
            Self::Split(_) => split,
            Self::MaxFrameSize(_) => max_frame_size,
            Self::LimitStreams(_) => limit_streams,
            plain => {
                let found = PLAIN.iter().find(|(fault, _)| fault == plain);
                found
                    .expect("every fault without a value is in the table")
                    .1
            }
        }
    }

    /// Whether it is our credential that is wrong: one can be wrong in one way only.
    pub(super) const fn is_of_credential(&self) -> bool {
        matches!(
            self,
            Self::Expired | Self::NotYetValid | Self::Revoked | Self::WrongIssuer
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::Delay(delay) => write!(f, "={}ms", delay.as_millis()),
            Self::Split(n) | Self::MaxFrameSize(n) | Self::LimitStreams(n) => write!(f, "={n}"),
            _ => Ok(()),
        }
    }
}

/// What is wrong with what was typed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidFault {
    /// No such fault.
    #[error("there is no fault {0:?}; there are: {names}", names = names().collect::<Vec<_>>().join(", "))]
    Unknown(String),
    /// A value where none belongs, none where one belongs, or a bad one.
    #[error("the fault {name} wants {wanted}")]
    Value {
        /// Which.
        name: String,
        /// What.
        wanted: &'static str,
    },
    /// Twice.
    #[error("the fault {0} is there twice; name it once")]
    Twice(&'static str),
    /// A certificate is wrong in one way at a time.
    #[error("{0} and {1} cannot both be; a credential is wrong in one way at a time")]
    Together(&'static str, &'static str),
}

impl FromStr for Fault {
    type Err = InvalidFault;

    fn from_str(text: &str) -> Result<Self, InvalidFault> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (text, None),
        };
        let number = || value.and_then(|value| value.parse().ok());
        let (fault, wanted) = match name {
            "delay" => (
                value.and_then(delay).map(Self::Delay),
                "a time up to 300s, as 500ms or 2s",
            ),
            "split" => (number().map(Self::Split), "a number of bytes, as split=1"),
            "max-frame-size" => (number().map(Self::MaxFrameSize), "a number of bytes"),
            "limit-streams" => (
                number().filter(|n| *n > 0).map(Self::LimitStreams),
                "a number above 0",
            ),
            _ => {
                let found = PLAIN.iter().find(|(_, plain)| *plain == name);
                let (fault, _) = found.ok_or_else(|| InvalidFault::Unknown(name.to_owned()))?;
                (value.is_none().then_some(*fault), "no value")
            }
        };
        fault.ok_or_else(|| InvalidFault::Value {
            name: name.to_owned(),
            wanted,
        })
    }
}

fn delay(value: &str) -> Option<Duration> {
    let delay = match value.strip_suffix("ms") {
        Some(ms) => Duration::from_millis(ms.parse().ok()?),
        None => Duration::from_secs(value.strip_suffix('s')?.parse().ok()?),
    };
    (delay <= MAX_DELAY).then_some(delay)
}
