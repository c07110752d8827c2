//! Which peer a channel may claim for a response, although tonic does not say on which
//! connection the response came.
//!
//! A call may have gone over the connection that was there when it began, or over any that was
//! made until it was answered. When all of those proved the same facts, the claim is true of
//! whichever it was; when they differ, nothing is claimed. Pure.

use std::sync::Arc;

use crate::{AltsContext, stream::CauseOfEnd};

/// One connection among those that a channel has had. Counts from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Generation(u64);

/// What the connections of one channel have proven so far.
#[derive(Debug, Default)]
pub(super) struct History {
    newest: Generation,
    /// Invariant: the connections from here to `newest` proved the same facts.
    same_since: Generation,
    last: Option<(AltsContext, CauseOfEnd)>,
}

impl History {
    /// Adds a connection.
    pub(super) fn established(&mut self, context: AltsContext, end: CauseOfEnd) {
        self.newest.0 += 1;
        let same = self.last.as_ref();
        if !same.is_some_and(|(last, _)| last.proves_the_same_as(&context)) {
            self.same_since = self.newest;
        }
        self.last = Some((context, end));
    }

    /// Where a call that begins now has its first chance to be sent.
    pub(super) fn newest(&self) -> Generation {
        self.newest
    }

    /// What the newest connection proved.
    pub(super) fn last(&self) -> Option<&AltsContext> {
        self.last.as_ref().map(|(context, _)| context)
    }

    /// What the newest connection ends of, for as long as it is the newest.
    pub(super) fn end(&self) -> Option<CauseOfEnd> {
        self.last.as_ref().map(|(_, end)| end.clone())
    }

    /// The peer of a call that began at `began` and is answered now, if that is beyond doubt.
    pub(super) fn claim(&self, began: Generation) -> Option<&AltsContext> {
        let first_possible = began.max(Generation(1));
        self.last().filter(|_| self.same_since <= first_possible)
    }
}

/// Shared by a connector's clones and the channel that uses them.
pub(super) type SharedHistory = Arc<std::sync::Mutex<History>>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::test_context;

    fn history(peers: &[&str]) -> History {
        let mut history = History::default();
        for peer in peers {
            history.established(test_context(peer), CauseOfEnd::default());
        }
        history
    }

    #[test]
    fn a_peer_is_claimed_only_when_every_possible_connection_had_it() {
        let rows: [(&[&str], u64, Option<&str>); 9] = [
            (&[], 0, None),
            (&["a@x"], 0, Some("a@x")),
            (&["a@x"], 1, Some("a@x")),
            (&["a@x", "a@x"], 0, Some("a@x")),
            (&["a@x", "a@x", "a@x"], 1, Some("a@x")),
            (&["a@x", "b@x"], 0, None),
            (&["a@x", "b@x"], 1, None),
            (&["a@x", "b@x"], 2, Some("b@x")),
            (&["a@x", "b@x", "a@x"], 1, None),
        ];
        for (peers, began, expected) in rows {
            let history = history(peers);
            let claim = history.claim(Generation(began));
            let claim = claim.map(|context| context.peer_service_account().as_str());
            assert_eq!(claim, expected, "{peers:?} from {began}");
        }
    }
}
