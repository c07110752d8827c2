//! Which peer a channel may claim for a response, and which cause for a failure, although tonic
//! does not say on which connection either came.
//!
//! A call may have gone over the connection that was there when it began, or over any that was
//! made until it was answered. When all of those proved the same parties, the claim is true of
//! whichever it was, with the attributes that they all have; when they differ, nothing is claimed.
//! Pure.

use std::sync::Arc;

use crate::{AltsContext, Error, stream::CauseOfEnd};

/// One connection among those that a channel has had. Counts from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Generation(u64);

/// What the connections of one channel have proven so far.
#[derive(Debug, Default)]
pub(super) struct History {
    newest: Generation,
    /// Invariant: the connections from here to `newest` proved the same parties.
    same_since: Generation,
    /// What all of those connections proved.
    shared: Option<AltsContext>,
    last: Option<(AltsContext, CauseOfEnd)>,
}

impl History {
    /// Adds a connection.
    pub(super) fn established(&mut self, context: AltsContext, end: CauseOfEnd) {
        self.newest.0 += 1;
        let same = self.shared.take();
        let same = same.filter(|shared| shared.proves_the_same_as(&context));
        self.shared = Some(match same {
            Some(shared) => context.with_attributes_of_both(&shared),
            None => {
                self.same_since = self.newest;
                context.clone()
            }
        });
        self.last = Some((context, end));
    }

    /// The moment that a call begins.
    pub(super) fn now(&self) -> Moment {
        Moment {
            newest: self.newest,
            end: self.end().filter(|end| end.get().is_none()),
        }
    }

    /// What the newest connection proved.
    pub(super) fn last(&self) -> Option<&AltsContext> {
        self.last.as_ref().map(|(context, _)| context)
    }

    /// The peer of a call that began at `began` and is answered now, if that is beyond doubt.
    pub(super) fn claim(&self, began: &Moment) -> Option<&AltsContext> {
        let first_possible = began.newest.max(Generation(1));
        if first_possible == self.newest {
            return self.last();
        }
        let shared = self.shared.as_ref();
        shared.filter(|_| self.same_since <= first_possible)
    }

    /// The ends of the connections that a call may have died with that began at `began` and
    /// failed now.
    pub(super) fn ends_since(&self, began: &Moment) -> Ends {
        let newer = self.end().filter(|_| self.newest > began.newest);
        Ends([newer, began.end.clone()])
    }

    fn end(&self) -> Option<CauseOfEnd> {
        self.last.as_ref().map(|(_, end)| end.clone())
    }
}

/// When a call began, counted in connections.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    newest: Generation,
    /// The end of the newest connection, unless it was dead already.
    end: Option<CauseOfEnd>,
}

/// The ends of the connections that a call may have used, newest first.
#[derive(Debug, Clone)]
pub(super) struct Ends([Option<CauseOfEnd>; 2]);

impl Ends {
    /// What one of them died of, if it was a cause of ours.
    pub(super) fn cause(&self) -> Option<&Error> {
        self.0.iter().flatten().find_map(CauseOfEnd::get)
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
            let began = Moment {
                newest: Generation(began),
                end: None,
            };
            let claim = history.claim(&began);
            let claim = claim.map(|context| context.peer_service_account().as_str());
            assert_eq!(claim, expected, "{peers:?} from {began:?}");
        }
    }

    #[test]
    fn of_handshakes_that_differ_only_what_they_share_is_claimed() {
        let full = context_with("a@x", &[("zone", "z"), ("resumed", "false")]);
        let resumed = context_with("a@x", &[("zone", "z"), ("resumed", "true")]);
        let mut history = History::default();
        history.established(full, CauseOfEnd::default());
        let began = history.now();
        history.established(resumed.clone(), CauseOfEnd::default());
        let claim = history.claim(&began).unwrap();
        assert_eq!(claim.peer_service_account().as_str(), "a@x");
        assert_eq!(claim.peer_attributes().len(), 1);
        assert_eq!(claim.peer_attributes()["zone"], "z");
        // Of a call that can only have gone over the newest everything is known.
        assert_eq!(history.claim(&history.now()), Some(&resumed));
    }

    fn context_with(peer: &str, attributes: &[(&str, &str)]) -> AltsContext {
        let attributes = attributes.iter();
        test_context(peer).with_attributes(
            attributes
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn a_connection_that_died_before_the_call_is_not_its_cause() {
        let died = CauseOfEnd::of(Error::NotOnGce);
        let mut history = History::default();
        history.established(test_context("a@x"), died.clone());
        let began = history.now();
        assert!(history.ends_since(&began).cause().is_none());
        history.established(test_context("a@x"), died);
        assert!(history.ends_since(&began).cause().is_some());
    }
}
