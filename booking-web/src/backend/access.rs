//! What people and this front end's account may, as the backend said last: so that pages offer only
//! what would be done. Nothing is guarded by it; the backend checks every call anew.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::{Duration, Instant},
};

use booking_proto::{contract::permission::Permission, ot::v1};
use parking_lot::Mutex;

/// How long an answer is taken for true. A right that was given or taken shows within this time.
const FRESH: Duration = Duration::from_secs(15);
/// The most people remembered; more than a hospital has, and then it begins anew.
const MAX_KNOWN: usize = 10_000;

/// The backend's answer for one person, or for the account alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Access {
    /// The account that this front end proved.
    pub(crate) account: String,
    /// As the access file names them: `coordinator`, `theatre-nurse`.
    pub(crate) roles: Vec<String>,
    /// Who they are in the hospital, `staff/…`; empty when nobody has said.
    pub(crate) staff: String,
    /// Be it for anything or only for one's own.
    rights: BTreeSet<Permission>,
}

impl Access {
    /// Whether the right is given, be it only for one's own.
    pub(crate) fn may(&self, right: Permission) -> bool {
        self.rights.contains(&right)
    }
}

impl From<v1::Access> for Access {
    fn from(said: v1::Access) -> Self {
        // Of a right that is not known here, nothing is offered.
        let rights = said.grants.iter().flat_map(|one| one.permission.parse());
        Self {
            rights: rights.collect(),
            account: said.account,
            roles: said.roles,
            staff: said.staff,
        }
    }
}

/// All that was said and when, by person; under none for the account alone.
#[derive(Debug, Default)]
pub(crate) struct AccessBook(Mutex<Entries>);

type Entries = HashMap<Option<String>, (Arc<Access>, Instant)>;

impl AccessBook {
    fn entry(&self, person: Option<&str>) -> Option<(Arc<Access>, Instant)> {
        self.0.lock().get(&person.map(str::to_owned)).cloned()
    }

    /// What was said last, however long ago; none before anything was.
    pub(crate) fn of(&self, person: Option<&str>) -> Option<Arc<Access>> {
        self.entry(person).map(|(said, _)| said)
    }

    /// Whether it is time to ask again.
    pub(super) fn is_stale(&self, person: Option<&str>, now: Instant) -> bool {
        let said = self.entry(person);
        said.is_none_or(|(_, at)| now.duration_since(at) >= FRESH)
    }

    pub(super) fn note(&self, person: Option<&str>, said: Access, now: Instant) {
        let mut entries = self.0.lock();
        if entries.len() >= MAX_KNOWN {
            entries.clear();
        }
        entries.insert(person.map(str::to_owned), (Arc::new(said), now));
    }
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
