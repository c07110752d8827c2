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
#[path = "established_tests.rs"]
mod tests;
