//! Tickets that servers gave: bounded, each presented once.

use std::collections::BTreeMap;

use super::session::{SessionParameters, StoredTicket};
use crate::certificate::Timestamp;

/// Most names that tickets are kept for. A machine has few peers.
const MAX_NAMES: usize = 256;

/// Most tickets kept for one name: libraries open several connections at once.
const MAX_TICKETS_PER_NAME: usize = 16;

/// Tickets by the name that was dialled.
#[derive(Default)]
pub(super) struct TicketCache {
    /// Invariant: at most `MAX_NAMES` lists, none empty, none above `MAX_TICKETS_PER_NAME`.
    tickets: BTreeMap<String, Vec<StoredTicket>>,
}

impl TicketCache {
    /// Keeps a ticket; the oldest of its name's, or another name's, may have to go.
    pub(super) fn put(&mut self, name: &str, ticket: StoredTicket, now: Timestamp) {
        if !self.tickets.contains_key(name) && self.tickets.len() >= MAX_NAMES {
            self.make_room(now);
        }
        let list = self.tickets.entry(name.to_owned()).or_default();
        if list.len() >= MAX_TICKETS_PER_NAME {
            list.remove(0);
        }
        list.push(ticket);
    }

    /// The newest ticket that `fits`; it is gone then.
    pub(super) fn take(
        &mut self,
        name: &str,
        fits: impl Fn(&SessionParameters) -> bool,
    ) -> Option<StoredTicket> {
        let list = self.tickets.get_mut(name)?;
        let taken = list
            .iter()
            .rposition(|stored| fits(&stored.session.parameters))
            .map(|at| list.remove(at));
        if list.is_empty() {
            self.tickets.remove(name);
        }
        taken
    }

    fn make_room(&mut self, now: Timestamp) {
        self.tickets.retain(|_, list| {
            list.retain(|stored| now < stored.session.parameters.expires);
            !list.is_empty()
        });
        if self.tickets.len() < MAX_NAMES {
            return;
        }
        // None has expired: the one that expires first is worth least.
        let last_expiry = |list: &[StoredTicket]| {
            let expiries = list.iter().map(|stored| stored.session.parameters.expires);
            expiries.max()
        };
        let least = self
            .tickets
            .iter()
            .min_by_key(|(_, list)| last_expiry(list));
        if let Some(name) = least.map(|(name, _)| name.clone()) {
            self.tickets.remove(&name);
        }
    }
}

#[cfg(test)]
#[path = "cache_tests.rs"]
mod tests;
