//! How many watches one caller has open.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Watches of one caller at a time: a front end needs one for all its pages, a ward one for each
/// screen. Each costs the server a queue and a page of cases.
pub(super) const MAX_WATCHES: usize = 64;

/// Who watches, and how often; cheap to clone, all clones are one.
#[derive(Clone, Debug, Default)]
pub(in crate::grpc) struct Watchers(Arc<Mutex<HashMap<String, usize>>>);

/// A watch's place among its caller's, until dropped.
#[derive(Debug)]
pub(super) struct Place {
    watchers: Watchers,
    caller: String,
}

impl Watchers {
    /// A place for one more watch of `caller`, if there is one.
    pub(super) fn enter(&self, caller: String) -> Option<Place> {
        let mut open = self.open();
        let count = open.entry(caller.clone()).or_default();
        if *count == MAX_WATCHES {
            return None;
        }
        *count += 1;
        drop(open);
        Some(Place {
            watchers: self.clone(),
            caller,
        })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.watchers.open();
        if let Some(count) = open.get_mut(&self.caller) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.caller);
            }
        }
    }
}
