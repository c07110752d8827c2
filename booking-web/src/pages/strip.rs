//! The security strip: who we are, who the backend proved to be, how the connection is protected;
//! red, with cause and remedy, when nobody proved anything.

use std::sync::Arc;

use askama::Template;
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    backend::{Refusal, Reply, Verified},
    view::civil::{how_long, minutes},
};

/// The strip on top of a page. Meaning is carried by words and icon; colour repeats it.
#[derive(Debug, Template)]
#[template(path = "strip.html")]
pub(crate) struct Strip {
    /// Who proved to be the backend, and how the connection is protected.
    peer: Option<Verified>,
    /// Why there is no connection that could be trusted, or why its other end turned us away.
    refusal: Option<Refusal>,
    /// Whom we would accept.
    expected: Arc<[String]>,
    /// When the page was made, to tell the connection's age.
    now: Timestamp,
}

impl Strip {
    /// The strip for a reply, if there was one.
    pub(crate) fn of<T>(reply: Option<&Reply<T>>, expected: Arc<[String]>, now: Timestamp) -> Self {
        Self {
            peer: reply.and_then(|reply| reply.parts().0.cloned()),
            refusal: reply.and_then(Reply::taint).cloned(),
            expected,
            now,
        }
    }

    /// Whether the strip itself says why there is no booking.
    pub(crate) fn is_refused(&self) -> bool {
        self.refusal.is_some()
    }
}

/// Facts as people write them.
impl Verified {
    /// `Integrity and privacy`
    fn level_words(&self) -> String {
        let lower = self.security_level.replace('_', " ").to_lowercase();
        let mut letters = lower.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters).collect()
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
