//! What was worked out lately of peers, in bounded number.

use std::collections::BTreeMap;

use parking_lot::Mutex;

/// Entries that are remembered. A machine has few peers; the largest entry is about 500 bytes.
const CAPACITY: usize = 1024;

/// By 32 bytes that name each, in two generations: when the young one is full the old one goes.
pub(super) struct Recent<V>(Mutex<Generations<V>>);

struct Generations<V> {
    young: BTreeMap<[u8; 32], V>,
    old: BTreeMap<[u8; 32], V>,
}

impl<V: Clone> Recent<V> {
    /// What is remembered of `key`.
    pub(super) fn get(&self, key: &[u8; 32]) -> Option<V> {
        let generations = self.0.lock();
        let found = generations.young.get(key);
        found.or_else(|| generations.old.get(key)).cloned()
    }

    /// Remembers `value`, and perhaps forgets the oldest.
    pub(super) fn insert(&self, key: [u8; 32], value: V) {
        let mut generations = self.0.lock();
        if generations.young.len() >= CAPACITY / 2 {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(key, value);
    }
}

impl<V> Default for Recent<V> {
    fn default() -> Self {
        Self(Mutex::new(Generations {
            young: BTreeMap::new(),
            old: BTreeMap::new(),
        }))
    }
}

#[cfg(test)]
#[path = "recent_tests.rs"]
mod tests;
