//! The security strip: who we are, who the backend proved to be, how the connection is protected;
//! red, with cause and remedy, when nobody proved anything.

#![expect(unused_qualifications, reason = "askama's derive writes full paths")]

use askama::Template;
use jiff::{Timestamp, tz::TimeZone};

use super::refusal_text::RefusalText;
use crate::{
    backend::{Refusal, Reply, Verified},
    view::civil::{how_long, minutes},
};

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
    Proven {
        /// Who, and how the connection is protected.
        peer: Verified,
        /// When the page was made, to tell the connection's age.
        now: Timestamp,
    },
    /// No connection that could be trusted, or one whose other end turned us away.
    Refused {
        /// For a person.
        text: RefusalText,
        /// For an engineer.
        refusal: Refusal,
        /// Who turned us away, if proven.
        peer: Option<Verified>,
        /// Whom we would have accepted.
        expected: Vec<String>,
        /// When the page was made.
        now: Timestamp,
    },
}

impl Strip {
    /// The strip for a reply, if there was one.
    pub(crate) fn of<T>(reply: Option<&Reply<T>>, expected: &[String], now: Timestamp) -> Self {
        let said = reply.map(|reply| (reply.parts().0.cloned(), reply.taint()));
        match said {
            Some((peer, Some(refusal))) => Self::Refused {
                text: refusal.text(),
                refusal: refusal.clone(),
                peer,
                expected: expected.to_vec(),
                now,
            },
            Some((Some(peer), None)) => Self::Proven { peer, now },
            Some((None, None)) | None => Self::Idle {
                expected: expected.to_vec(),
            },
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

    /// `3 min old, proven in full`: how fresh the proof is, and of which kind.
    fn handshake_words(&self, now: &Timestamp) -> String {
        let age = match minutes(self.connected_at, *now) {
            ..1 => "just now".to_owned(),
            age => format!("{} ago", how_long(age)),
        };
        match self.resumed {
            Some(true) => format!("{age}, resumed"),
            Some(false) => format!("{age}, full"),
            None => age,
        }
    }

    /// `1 Jun 2024, 09:30:00 UTC`: the same for everybody, wherever the browser is.
    fn instant_words(&self) -> String {
        let instant = self.connected_at.to_zoned(TimeZone::UTC);
        instant.strftime("%-d %b %Y, %H:%M:%S UTC").to_string()
    }
}

#[cfg(test)]
#[path = "strip_tests.rs"]
mod tests;
