//! Arguments that several families share.

use std::{str::FromStr, time::Duration};

use clap::Args;
use jiff::SignedDuration;

/// The longest `--timeout`: nobody waits longer for one answer, and it keeps sums of durations
/// far from overflow.
pub const MAX_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// What every write takes.
#[derive(Clone, Debug, Default, Args)]
pub struct WriteArgs {
    /// Check everything, change nothing
    #[arg(long)]
    pub dry_run: bool,

    /// A UUID for this change: sent again, it is not done again
    ///
    /// Without it every run is a change of its own.
    #[arg(long, value_name = "UUID", hide_short_help = true)]
    pub request_id: Option<uuid::Uuid>,
}

/// What every change of something that is there takes.
#[derive(Clone, Debug, Default, Args)]
pub struct ChangeArgs {
    /// Only if this is still its version, as printed before; otherwise ABORTED
    #[arg(long, value_name = "VERSION")]
    pub etag: Option<String>,

    /// Dry run and request id.
    #[command(flatten)]
    pub write: WriteArgs,
}

/// A rule to set aside, typed as `R8=the owner agreed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverrideArg {
    /// `R6`, `R8`, `R9` or `R11`.
    pub rule: String,
    /// Why.
    pub reason: String,
}

impl FromStr for OverrideArg {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let wrong = || "write the rule and why, as in R8='the owner agreed'".to_owned();
        let (rule, reason) = typed.split_once('=').ok_or_else(wrong)?;
        if !rule.starts_with('R') || reason.trim().is_empty() {
            return Err(wrong());
        }
        Ok(Self {
            rule: rule.to_owned(),
            reason: reason.trim().to_owned(),
        })
    }
}

/// Reads a duration as people type it; the error says what would have been understood.
pub(super) fn parse_timeout(typed: &str) -> Result<Duration, String> {
    let timeout = parse_duration(typed)?;
    if timeout > MAX_TIMEOUT {
        return Err("longer than an hour; give at most 1h".to_owned());
    }
    Ok(timeout)
}

/// A duration of any length but none.
pub(super) fn parse_duration(typed: &str) -> Result<Duration, String> {
    let example = "write a number with a unit, for example 5s, 500ms or 1m30s";
    let signed: SignedDuration = typed
        .parse()
        .map_err(|_| format!("not a duration; {example}"))?;
    let timeout = Duration::try_from(signed).map_err(|_| format!("negative; {example}"))?;
    if timeout.is_zero() {
        return Err(format!("no time at all; {example}"));
    }
    Ok(timeout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_type_them() {
        let table = [
            ("5s", 5_000),
            ("500ms", 500),
            ("1m30s", 90_000),
            ("1m 30s", 90_000),
            ("1h", 3_600_000),
            ("PT2S", 2_000),
        ];
        for (typed, millis) in table {
            assert_eq!(
                parse_timeout(typed),
                Ok(Duration::from_millis(millis)),
                "{typed}"
            );
        }
    }

    #[test]
    fn a_wrong_duration_is_told_what_would_be_right() {
        for typed in [
            "",
            "5",
            "0s",
            "-5s",
            "5s ago",
            "soon",
            "61m",
            "1y",
            "9223372036854775807h",
        ] {
            let error = parse_timeout(typed).unwrap_err();
            assert!(
                error.contains("500ms") || error.contains("1h"),
                "{typed}: {error}"
            );
        }
    }

    #[test]
    fn a_rule_is_set_aside_only_with_a_reason() {
        let read: OverrideArg = "R8=the owner agreed".parse().unwrap();
        assert_eq!(
            (read.rule.as_str(), read.reason.as_str()),
            ("R8", "the owner agreed")
        );
        for typed in ["R8", "R8=", "R8=  ", "=why", "8=why"] {
            assert!(typed.parse::<OverrideArg>().is_err(), "{typed}");
        }
    }
}
