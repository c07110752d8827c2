//! Tickets kept for other sides: bounded, each handed out once.

use std::{borrow::Borrow, collections::BTreeMap};

use super::{HeldTicket, Terms};
use crate::Timestamp;

/// Most other sides that tickets are kept for. A machine has few peers.
const MAX_KEYS: usize = 256;

/// Most tickets kept for one other side: libraries open several connections at once.
const MAX_TICKETS_PER_KEY: usize = 16;

/// Tickets by the name under which they will be asked for.
pub(super) struct Shelf<Key> {
    /// Invariant: at most `MAX_KEYS` lists, none empty, none above `MAX_TICKETS_PER_KEY`.
    tickets: BTreeMap<Key, Vec<HeldTicket>>,
}

impl<Key> Default for Shelf<Key> {
    fn default() -> Self {
        Self {
            tickets: BTreeMap::new(),
        }
    }
}

impl<Key: Ord + Clone> Shelf<Key> {
    /// Keeps a ticket; the oldest of its key's, or another key's, may have to go.
    pub(super) fn put(&mut self, key: Key, ticket: HeldTicket, now: Timestamp) {
        if !self.tickets.contains_key(&key) && self.tickets.len() >= MAX_KEYS {
            self.make_room(now);
        }
        let list = self.tickets.entry(key).or_default();
        if list.len() >= MAX_TICKETS_PER_KEY {
            list.remove(0);
        }
        list.push(ticket);
    }

    /// The newest ticket that `fits`; it is gone then.
    pub(super) fn take<Q: Ord + ?Sized>(
        &mut self,
        key: &Q,
        fits: impl Fn(&Terms) -> bool,
    ) -> Option<HeldTicket>
    where
        Key: Borrow<Q>,
    {
        let list = self.tickets.get_mut(key)?;
        let taken = list
            .iter()
            .rposition(|held| fits(&held.session.terms))
            .map(|at| list.remove(at));
        if list.is_empty() {
            self.tickets.remove(key);
        }
        taken
    }

    fn make_room(&mut self, now: Timestamp) {
        self.tickets.retain(|_, list| {
            list.retain(|held| now < held.session.terms.expires);
            !list.is_empty()
        });
        if self.tickets.len() < MAX_KEYS {
            return;
        }
        // None has expired: the one that expires first is worth least.
        let last_expiry = |list: &[HeldTicket]| {
            let expiries = list.iter().map(|held| held.session.terms.expires);
            expiries.max()
        };
        let least = self
            .tickets
            .iter()
            .min_by_key(|(_, list)| last_expiry(list));
        if let Some(key) = least.map(|(key, _)| key.clone()) {
            self.tickets.remove(&key);
        }
    }
}

#[cfg(test)]
#[path = "shelf_tests.rs"]
mod tests;
