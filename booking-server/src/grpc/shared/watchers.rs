//! How many watches one caller has open.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

/// Watches of one caller at a time: a front end needs one for all its pages, a ward one for each
/// screen. Each costs the server a queue and a page of cases.
pub(in crate::grpc) const MAX_WATCHES: usize = 64;

/// Why the lock is never poisoned.
const UNBROKEN: &str = "nothing panics while it counts";

/// Who watches, and how often; cheap to clone, all clones are one.
#[derive(Clone, Debug, Default)]
pub(in crate::grpc) struct Watchers(Arc<Mutex<HashMap<String, usize>>>);

/// One of its caller's watches, until dropped.
#[derive(Debug)]
pub(in crate::grpc) struct WatchPermit {
    watchers: Watchers,
    caller: String,
}

impl Watchers {
    /// Permits one more watch of `caller`, unless there are too many.
    pub(in crate::grpc) fn enter(&self, caller: String) -> Option<WatchPermit> {
        let mut open = self.0.lock().expect(UNBROKEN);
        let count = open.entry(caller.clone()).or_default();
        if *count == MAX_WATCHES {
            return None;
        }
        *count += 1;
        drop(open);
        Some(WatchPermit {
            watchers: self.clone(),
            caller,
        })
    }
}

impl Drop for WatchPermit {
    fn drop(&mut self) {
        let mut open = self.watchers.0.lock().expect(UNBROKEN);
        if let Some(count) = open.get_mut(&self.caller) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.caller);
            }
        }
    }
}
