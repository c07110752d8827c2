//! The security strip: who we are, who the backend proved to be, how the connection is protected;
//! red, with cause and remedy, when nobody proved anything.

#![expect(unused_qualifications, reason = "askama's derive writes full paths")]

use askama::Template;
use jiff::tz::TimeZone;

use super::words::Words;
use crate::backend::{Refusal, Reply, Verified};

/// The strip on top of a page. Meaning is carried by words and icon; colour repeats it.
#[derive(Clone, Debug, Template)]
#[template(path = "strip.html")]
pub(crate) enum Strip {
    /// Nothing has been asked on this page.
    Idle {
        /// Whom we would accept.
        expected: Vec<String>,
    },
    /// The backend proved who it is, and answered.
    Proven(Verified),
    /// No connection that could be trusted, or one whose other end turned us away.
    Refused {
        /// For a person.
        words: Words,
        /// For an engineer.
        refusal: Refusal,
        /// Who turned us away, if proven.
        peer: Option<Verified>,
        /// Whom we would have accepted.
        expected: Vec<String>,
    },
}

impl Strip {
    /// The strip for a reply.
    pub(crate) fn of(reply: &Reply, expected: &[String]) -> Self {
        match reply {
            Reply::Proven {
                peer,
                outcome: Err(refusal),
            } if refusal.kind.taints_proven_peer() => Self::refused(refusal, Some(peer), expected),
            Reply::Proven { peer, .. } => Self::Proven(peer.clone()),
            Reply::Unproven(refusal) => Self::refused(refusal, None, expected),
        }
    }

    fn refused(refusal: &Refusal, peer: Option<&Verified>, expected: &[String]) -> Self {
        Self::Refused {
            words: Words::of(refusal.kind),
            refusal: refusal.clone(),
            peer: peer.cloned(),
            expected: expected.to_vec(),
        }
    }

    /// Whether the strip itself says why there is no booking.
    pub(crate) fn is_refused(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }
}

/// Facts as people write them.
impl Verified {
    /// `Integrity and privacy`
    fn level_words(&self) -> String {
        let lower = self.security_level.replace('_', " ").to_lowercase();
        let mut letters = lower.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect())
            .unwrap_or_default()
    }

    /// `2.1`, or `2.0 to 2.1` when there is more than one.
    fn version_words(&self) -> String {
        let (oldest, newest) = &self.rpc_versions;
        if oldest == newest {
            newest.clone()
        } else {
            format!("{oldest} to {newest}")
        }
    }

    /// `1 Jun 2024, 09:30:00 UTC`: the same for everybody, wherever the browser is.
    fn instant_words(&self) -> String {
        let instant = self.connected_at.to_zoned(TimeZone::UTC);
        instant.strftime("%-d %b %Y, %H:%M:%S UTC").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::fake::proven;

    #[test]
    fn facts_are_put_as_people_write_them() {
        assert_eq!(proven().level_words(), "Integrity and privacy");
        assert_eq!(proven().version_words(), "2.1");
        let range = ("2.0".to_owned(), "2.1".to_owned());
        assert_eq!(
            Verified {
                rpc_versions: range,
                ..proven()
            }
            .version_words(),
            "2.0 to 2.1"
        );
        assert_eq!(proven().instant_words(), "1 Jun 2024, 09:30:00 UTC");
    }
}
