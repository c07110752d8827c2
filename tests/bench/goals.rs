//! What we promise (floors) and what we want (aims), per back end. Data, and the verdict.
//!
//! A floor is what continuous integration insists on: some 10 to 15 % below what was measured
//! when it was set, so that only a real loss trips it. The floors of the two back ends differ
//! because their ciphers do.
//!
//! Floors against other ciphers were set on a processor with AVX2 and without AVX-512 (Zen 3).
//! On one with AVX-512 the kernels of aws-lc are twice as fast as those of ring, which has none
//! for it, and plaintext is faster too. No code around the cipher can make up for that. So the
//! bench also measures plaintext and the bare cipher, and where their sum is what keeps ALTS from
//! a floor, the floor becomes nine tenths of what that sum allows: see [`Goal::within`].

use std::fmt;

/// What is compared with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Sealing through a stream / the bare cipher.
    RecordWrite,
    /// Opening through a stream / the bare cipher.
    RecordRead,
    /// Streaming over ALTS / what plaintext and the bare cipher take together.
    StreamVsIdeal,
    /// Streaming over ALTS / over rustls on aws-lc.
    StreamVsAwsLc,
    /// Streaming over ALTS / over rustls on ring.
    StreamVsRing,
    /// Streaming over ALTS / over nothing.
    StreamVsPlain,
    /// As [`Self::StreamVsIdeal`] with large HTTP/2 frames.
    LargeVsIdeal,
    /// As [`Self::StreamVsAwsLc`] with large HTTP/2 frames.
    LargeVsAwsLc,
    /// Streaming over ALTS with large HTTP/2 frames / with default ones.
    LargeVsDefault,
    /// Small calls over ALTS / over nothing.
    UnaryVsPlain,
    /// A small call's median time over ALTS / over rustls on aws-lc.
    UnaryTime,
    /// Connecting and one call over ALTS as it comes, which resumes what it can / over rustls on
    /// aws-lc, full handshakes.
    Connect,
    /// The same, full handshakes on both sides.
    ConnectFull,
    /// The same, resumed on both sides.
    Reconnect,
    /// Resident memory of an idle connection above plaintext's, KiB.
    IdleMemory,
    /// Median time to connect beside stuck handshakes / without them.
    Stuck,
}

/// Which way is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Better {
    /// The more the better.
    Higher,
    /// The less the better.
    Lower,
}

/// How near to its limit a measurement must come where the limit is below the floor.
const ATTAINABLE: f64 = 0.9;

/// A promise and a wish.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Goal {
    /// Which way is good.
    pub(crate) better: Better,
    /// The run fails beyond this.
    pub(crate) floor: f64,
    /// What we want.
    pub(crate) aim: f64,
}

/// How a measurement stands to its goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// As good as we want, or better.
    Aim,
    /// As good as we promise.
    Ok,
    /// Worse than promised.
    BelowFloor,
    /// Nothing is promised.
    Informative,
}

impl Goal {
    const fn at_least(floor: f64, aim: f64) -> Self {
        Self {
            better: Better::Higher,
            floor,
            aim,
        }
    }

    const fn at_most(floor: f64, aim: f64) -> Self {
        Self {
            better: Better::Lower,
            floor,
            aim,
        }
    }

    /// The same goal where no code could see more than `limit`: nobody can promise that.
    pub(crate) fn within(self, limit: f64) -> Self {
        match self.better {
            Better::Higher => Self {
                floor: self.floor.min(ATTAINABLE * limit),
                ..self
            },
            Better::Lower => self,
        }
    }

    /// Judges what was seen.
    pub(crate) fn judge(&self, seen: f64) -> Verdict {
        let reaches = |bound| match self.better {
            Better::Higher => seen >= bound,
            Better::Lower => seen <= bound,
        };
        // Written so that a NaN, which reaches nothing, is below the floor.
        if reaches(self.aim) {
            Verdict::Aim
        } else if reaches(self.floor) {
            Verdict::Ok
        } else {
            Verdict::BelowFloor
        }
    }
}

impl Measure {
    /// What is promised on this back end (by the name of its crate), if anything is.
    pub(crate) fn goal(self, back_end: &str) -> Option<Goal> {
        let fast = back_end == "ring";
        let goal = match self {
            Self::RecordWrite if fast => Goal::at_least(0.72, 0.85),
            Self::RecordWrite => Goal::at_least(0.88, 0.95),
            Self::RecordRead if fast => Goal::at_least(0.58, 0.75),
            Self::RecordRead => Goal::at_least(0.75, 0.88),
            Self::StreamVsIdeal => Goal::at_least(0.85, 0.95),
            Self::LargeVsIdeal => Goal::at_least(0.80, 0.92),
            Self::StreamVsAwsLc if fast => Goal::at_least(1.2, 1.4),
            Self::StreamVsAwsLc => Goal::at_least(0.85, 1.0),
            Self::StreamVsRing if fast => Goal::at_least(1.0, 1.2),
            Self::StreamVsPlain if fast => Goal::at_least(0.70, 0.80),
            // A slower cipher than theirs: the number is shown, and nothing promised.
            Self::StreamVsRing | Self::StreamVsPlain => return None,
            Self::LargeVsAwsLc if fast => Goal::at_least(1.35, 1.6),
            Self::LargeVsAwsLc => Goal::at_least(0.80, 1.0),
            Self::LargeVsDefault => Goal::at_least(1.1, 1.3),
            Self::UnaryVsPlain => Goal::at_least(0.90, 0.97),
            Self::UnaryTime => Goal::at_most(1.10, 1.0),
            Self::Connect => Goal::at_least(0.70, 1.0),
            // Like with like. Each end asks a handshaker in another process, twice: those calls cost
            // as much as all the cryptography, and a rival that does it in place has none.
            Self::ConnectFull => Goal::at_least(0.60, 1.0),
            Self::Reconnect => Goal::at_least(0.45, 1.0),
            Self::IdleMemory => Goal::at_most(64.0, 24.0),
            Self::Stuck => Goal::at_most(1.25, 1.05),
        };
        Some(goal)
    }

    /// What a reader calls it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::RecordWrite => "record write, 16 KiB / bare AEAD",
            Self::RecordRead => "record read, 16 KiB / bare AEAD",
            Self::StreamVsIdeal => "streaming, default h2 / plaintext + bare AEAD",
            Self::LargeVsIdeal => "streaming, 128 KiB h2 / plaintext + bare AEAD",
            Self::StreamVsAwsLc => "streaming, default h2 / rustls on aws-lc",
            Self::StreamVsRing => "streaming, default h2 / rustls on ring",
            Self::StreamVsPlain => "streaming, default h2 / plaintext",
            Self::LargeVsAwsLc => "streaming, 128 KiB h2 / rustls on aws-lc",
            Self::LargeVsDefault => "streaming, ALTS: 128 KiB h2 / default h2",
            Self::UnaryVsPlain => "unary, 64 callers x 100 B / plaintext",
            Self::UnaryTime => "unary, 1 caller, p50 time / rustls on aws-lc",
            Self::Connect => "connect + call, by default / rustls mTLS, full",
            Self::ConnectFull => "connect + call, full / rustls mTLS, full",
            Self::Reconnect => "connect + call, resumed / rustls mTLS, resumed",
            Self::IdleMemory => "idle connection, memory above plaintext, KiB",
            Self::Stuck => "connect p50 beside 64 stuck handshakes / without",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Aim => "aim met",
            Self::Ok => "ok",
            Self::BelowFloor => "BELOW FLOOR",
            Self::Informative => "-",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::Group;

    #[test]
    fn every_aim_is_at_least_as_good_as_its_floor() {
        for back_end in ["ring", "aes-gcm"] {
            for measure in Group::ALL.iter().flat_map(|group| group.measures()) {
                let Some(goal) = measure.goal(back_end) else {
                    continue;
                };
                assert_eq!(
                    goal.judge(goal.aim),
                    Verdict::Aim,
                    "{back_end}, {measure:?}"
                );
                assert_ne!(
                    goal.judge(goal.floor),
                    Verdict::BelowFloor,
                    "{back_end}, {measure:?}"
                );
            }
        }
    }

    #[test]
    fn verdicts_know_which_way_is_good() {
        let rows = [
            (Goal::at_least(0.9, 1.0), 1.0, Verdict::Aim),
            (Goal::at_least(0.9, 1.0), 0.9, Verdict::Ok),
            (Goal::at_least(0.9, 1.0), 0.89, Verdict::BelowFloor),
            (Goal::at_most(1.1, 1.0), 0.5, Verdict::Aim),
            (Goal::at_most(1.1, 1.0), 1.1, Verdict::Ok),
            (Goal::at_most(1.1, 1.0), 1.11, Verdict::BelowFloor),
            (Goal::at_most(1.1, 1.0), f64::NAN, Verdict::BelowFloor),
        ];
        for (goal, seen, expected) in rows {
            assert_eq!(goal.judge(seen), expected, "{goal:?}, seen {seen}");
        }
    }

    #[test]
    fn a_limit_eases_a_floor_and_never_tightens_it() {
        let goal = Goal::at_least(1.2, 1.4);
        assert_eq!(goal.within(1.0), Goal::at_least(0.9, 1.4));
        assert_eq!(goal.within(2.0), goal);
    }
}
