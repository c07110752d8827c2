//! One thing that goes wrong, as it is typed. Pure.

use std::fmt;

use clap::ValueEnum;

/// Longest delay, in milliseconds: a library gives up long before.
const MAX_DELAY_MS: u32 = 300_000;

/// One thing that goes wrong. Its name is typed in small letters, with hyphens between words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Fault {
    /// Every answer comes so many milliseconds later.
    Delay,
    /// Handshake frames come in two answers, so many bytes in the first: the second is unasked for.
    Split,
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
    MaxFrameSize,
    /// At most so many calls at once per connection; more wait.
    LimitStreams,
}

/// Every name.
pub(super) fn names() -> Vec<String> {
    let all = Fault::value_variants().iter();
    all.map(ToString::to_string).collect()
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed = self.to_possible_value().expect("no fault is hidden");
        f.write_str(typed.get_name())
    }
}

impl Fault {
    /// Whether it is our credential that is wrong: one can be wrong in one way only.
    pub(super) const fn is_of_credential(&self) -> bool {
        matches!(
            self,
            Self::Expired | Self::NotYetValid | Self::Revoked | Self::WrongIssuer
        )
    }

    /// Understands a name and, behind an equals sign, a value: 0 where none belongs.
    pub(super) fn parse(text: &str) -> Result<(Self, u32), String> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (text, None),
        };
        let fault = <Self as ValueEnum>::from_str(name, false);
        let fault = fault.map_err(|_| {
            let names = names().join(", ");
            format!("there is no fault {name:?}; there are: {names}")
        })?;
        let number = || value.and_then(|value| value.parse().ok());
        let (value, wanted) = match fault {
            Self::Delay => (
                value.and_then(delay_ms),
                "a time up to 300s, as 500ms or 2s",
            ),
            Self::Split => (number(), "a number of bytes, as split=1"),
            Self::MaxFrameSize => (number(), "a number of bytes"),
            Self::LimitStreams => (number().filter(|n| *n > 0), "a number above 0"),
            _ => (value.is_none().then_some(0), "no value"),
        };
        let value = value.ok_or_else(|| format!("the fault {fault} wants {wanted}"))?;
        Ok((fault, value))
    }
}

fn delay_ms(value: &str) -> Option<u32> {
    let ms = match value.strip_suffix("ms") {
        Some(ms) => ms.parse().ok()?,
        None => value
            .strip_suffix('s')?
            .parse::<u32>()
            .ok()?
            .checked_mul(1000)?,
    };
    (ms <= MAX_DELAY_MS).then_some(ms)
}
