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

/// Name and meaning of each, in the order of the table in the manual.
pub(super) const NAMES: [&str; 19] = [
    "delay",
    "split",
    "bad-mac",
    "bad-signature",
    "expired",
    "not-yet-valid",
    "revoked",
    "wrong-issuer",
    "short-key",
    "missing-status",
    "missing-local-identity",
    "missing-versions",
    "late-error",
    "leave-open",
    "wrong-consumed",
    "drop-mid-way",
    "refuse-target",
    "max-frame-size",
    "limit-streams",
];

impl Fault {
    /// As it is typed, without its value; for metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Delay(_) => "delay",
            Self::Split(_) => "split",
            Self::BadMac => "bad-mac",
            Self::BadSignature => "bad-signature",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::Revoked => "revoked",
            Self::WrongIssuer => "wrong-issuer",
            Self::ShortKey => "short-key",
            Self::MissingStatus => "missing-status",
            Self::MissingLocalIdentity => "missing-local-identity",
            Self::MissingVersions => "missing-versions",
            Self::LateError => "late-error",
            Self::LeaveOpen => "leave-open",
            Self::WrongConsumed => "wrong-consumed",
            Self::DropMidWay => "drop-mid-way",
            Self::RefuseTarget => "refuse-target",
            Self::MaxFrameSize(_) => "max-frame-size",
            Self::LimitStreams(_) => "limit-streams",
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
    #[error("there is no fault {0:?}; there are: {names}", names = NAMES.join(", "))]
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
        let wants = |wanted| InvalidFault::Value {
            name: name.to_owned(),
            wanted,
        };
        let number = |wanted| {
            let value = value.and_then(|value| value.parse().ok());
            value.ok_or_else(|| wants(wanted))
        };
        let valued = match name {
            "delay" => {
                Self::Delay(delay(value).ok_or_else(|| wants("a time up to 300s, as 500ms or 2s"))?)
            }
            "split" => Self::Split(number("a number of bytes, as split=1")?),
            "max-frame-size" => Self::MaxFrameSize(number("a number of bytes")?),
            "limit-streams" => match number("a number above 0")? {
                0 => return Err(wants("a number above 0")),
                n => Self::LimitStreams(n),
            },
            _ => {
                let fault =
                    Self::plain(name).ok_or_else(|| InvalidFault::Unknown(name.to_owned()))?;
                return if value.is_some() {
                    Err(wants("no value"))
                } else {
                    Ok(fault)
                };
            }
        };
        Ok(valued)
    }
}

impl Fault {
    /// Those without a value.
    fn plain(name: &str) -> Option<Self> {
        let all = [
            Self::BadMac,
            Self::BadSignature,
            Self::Expired,
            Self::NotYetValid,
            Self::Revoked,
            Self::WrongIssuer,
            Self::ShortKey,
            Self::MissingStatus,
            Self::MissingLocalIdentity,
            Self::MissingVersions,
            Self::LateError,
            Self::LeaveOpen,
            Self::WrongConsumed,
            Self::DropMidWay,
            Self::RefuseTarget,
        ];
        all.into_iter().find(|fault| fault.name() == name)
    }
}

fn delay(value: Option<&str>) -> Option<Duration> {
    let value = value?;
    let delay = match value.strip_suffix("ms") {
        Some(ms) => Duration::from_millis(ms.parse().ok()?),
        None => Duration::from_secs(value.strip_suffix('s')?.parse().ok()?),
    };
    (delay <= MAX_DELAY).then_some(delay)
}
