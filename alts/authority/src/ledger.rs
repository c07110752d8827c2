//! What the authority issued and what it revoked. Pure; `cloud.rs` keeps it on disk.
//!
//! Serials are handed out one by one and written down in blocks: a crash skips the rest of a block
//! and never gives a number twice. Revocations are on disk before they count, and so is the time of
//! the list that names them. The list of issued certificates is for people, who look up what to
//! revoke: a line for each.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use alts::ServiceAccount;
use alts_handshake::{MAX_CLOCK_SKEW, MachineName, RevocationId, Timestamp};
use serde::{Deserialize, Serialize};

/// Serials that one write to disk reserves.
const SERIAL_BLOCK: u64 = 4096;

/// Certificates that are remembered: a machine holds a few at a time. Entries are some 200 bytes.
const MAX_ISSUED: usize = 16 * 1024;

/// Longest lifetime of a credential: a year. None can be recalled.
pub const MAX_CREDENTIAL_LIFETIME: Duration = Duration::from_secs(365 * 24 * 3600);

/// Revoked ids, at most: what one list can carry without being noticed on the wire.
pub const MAX_REVOKED: usize = 100_000;

/// A certificate that was issued. Its words in the log are for people and their tools.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// What would revoke it.
    pub revocation_id: RevocationId,
    /// For whom.
    #[serde(rename = "service_account")]
    pub account: ServiceAccount,
    /// By which machine.
    pub machine: MachineName,
    /// Compute Engine's number of the machine; empty when it proved none.
    pub instance_id: String,
    /// From when on it is good.
    #[serde(rename = "issued_at_s")]
    pub issued_at: Timestamp,
    /// Until when.
    #[serde(rename = "expires_at_s")]
    pub expires_at: Timestamp,
    /// The key that was certified, 64 hexadecimal digits; empty in lines of before it was kept.
    #[serde(rename = "public_key_hex", default)]
    pub public_key: String,
}

impl Issued {
    /// One line, without its end.
    pub(crate) fn to_line(&self) -> String {
        serde_json::to_string(self).expect("strings and numbers serialise")
    }

    /// `None`: a line that was cut short, or that somebody else wrote.
    pub(crate) fn from_line(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }
}

/// The numbers that certificates get.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Serials {
    next: u64,
    reserved: u64,
}

impl Serials {
    /// The next number, and what must be on disk before it may be used, if anything.
    pub fn take(&mut self) -> (u64, Option<SerialsRecord>) {
        let serial = self.next;
        self.next += 1;
        if serial < self.reserved {
            return (serial, None);
        }
        self.reserved = serial + SERIAL_BLOCK;
        let next_serial = self.reserved;
        (serial, Some(SerialsRecord { next_serial }))
    }
}

/// The serials as a file's contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SerialsRecord {
    /// The first number that was surely never given.
    next_serial: u64,
}

impl From<SerialsRecord> for Serials {
    fn from(record: SerialsRecord) -> Self {
        Self {
            next: record.next_serial,
            reserved: record.next_serial,
        }
    }
}

/// The certificates that are still good, oldest first. When there are too many, the machine that has
/// most loses its oldest: who asks for many pushes out his own.
#[derive(Debug, Default)]
pub struct IssuedList(VecDeque<Issued>);

impl IssuedList {
    /// Adds one and drops those that have ended.
    pub fn add(&mut self, issued: Issued) {
        let now = issued.issued_at;
        while self.0.front().is_some_and(|old| old.expires_at <= now) {
            self.0.pop_front();
        }
        if self.0.len() >= MAX_ISSUED {
            self.0.retain(|old| old.expires_at > now);
        }
        if self.0.len() >= MAX_ISSUED {
            let mut counts = BTreeMap::<&MachineName, usize>::new();
            for old in &self.0 {
                *counts.entry(&old.machine).or_default() += 1;
            }
            let most = counts.into_iter().max_by_key(|(_, count)| *count);
            let most = most.map(|(machine, _)| machine.clone());
            let oldest = self
                .0
                .iter()
                .position(|old| Some(&old.machine) == most.as_ref());
            oldest.and_then(|oldest| self.0.remove(oldest));
        }
        self.0.push_back(issued);
    }

    /// Those that are good at `now`; of one account, if one is named.
    pub fn current(&self, account: Option<&ServiceAccount>, now: Timestamp) -> Vec<Issued> {
        let wanted = |issued: &&Issued| {
            issued.expires_at > now && account.is_none_or(|account| *account == issued.account)
        };
        self.0.iter().filter(wanted).cloned().collect()
    }

    /// What is known of what `id` revokes: the certificate itself, or the one it hangs on.
    pub fn of(&self, id: RevocationId) -> Option<&Issued> {
        let master = id.master();
        self.0
            .iter()
            .rev()
            .find(|issued| issued.revocation_id == master)
    }
}

/// Ids that are revoked; and the time of the last list that was made of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revoked {
    ids: BTreeMap<RevocationId, Revocation>,
    listed_at: Timestamp,
}

/// What is known of a revoked id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    id: RevocationId,
    revoked_at_s: Timestamp,
    /// When what it revokes ends by itself. Absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at_s: Option<Timestamp>,
    /// The key of the certificate; empty where it is not known, or the certificate is a workload's.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    public_key_hex: String,
}

impl Revocation {
    /// From `now` on; `issued`: the certificate it is about, if it is still known.
    pub fn new(id: RevocationId, issued: Option<&Issued>, now: Timestamp) -> Self {
        let its_own = issued.filter(|issued| issued.revocation_id == id);
        Self {
            id,
            revoked_at_s: now,
            expires_at_s: issued.map(|issued| issued.expires_at),
            public_key_hex: its_own
                .map(|issued| issued.public_key.clone())
                .unwrap_or_default(),
        }
    }

    /// Whether something that it revokes may still be taken for good somewhere, by a clock that is as
    /// late as clocks may be.
    fn matters(&self, now: Timestamp) -> bool {
        let ends = self
            .expires_at_s
            .unwrap_or_else(|| self.revoked_at_s.after(MAX_CREDENTIAL_LIFETIME));
        now < ends.after(MAX_CLOCK_SKEW * 2)
    }
}

/// The list is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the revocation list has {MAX_REVOKED} ids already; wait until what they revoke has ended, or \
     rotate the root key and retire the old one"
)]
pub struct TooManyRevoked;

impl Revoked {
    /// Adds some; those that are there already stay as they are.
    ///
    /// # Errors
    /// [`TooManyRevoked`].
    pub fn add(
        &mut self,
        revocations: impl IntoIterator<Item = Revocation>,
    ) -> Result<(), TooManyRevoked> {
        for revocation in revocations {
            self.ids.entry(revocation.id).or_insert(revocation);
            if self.ids.len() > MAX_REVOKED {
                return Err(TooManyRevoked);
            }
        }
        Ok(())
    }

    /// Forgets ids that revoke nothing any more: it has ended everywhere.
    pub fn prune(&mut self, now: Timestamp) {
        self.ids.retain(|_, revocation| revocation.matters(now));
    }

    /// Whether a certificate of this key, in hexadecimal digits, is revoked.
    pub fn has_key(&self, public_key: &str) -> bool {
        let mut revocations = self.ids.values();
        revocations.any(|revocation| revocation.public_key_hex == public_key)
    }

    /// In order.
    pub fn ids(&self) -> impl Iterator<Item = RevocationId> + '_ {
        self.ids.keys().copied()
    }

    /// The time of a list that is made at `now`. Later than every one before, whatever became of the
    /// clock: machines take no list that is not newer than theirs.
    pub fn list(&mut self, now: Timestamp) -> Timestamp {
        self.listed_at = now.max(self.listed_at.after(Duration::from_secs(1)));
        self.listed_at
    }
}

/// The revocations as a file's contents.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevokedRecord {
    revoked: Vec<Revocation>,
    /// Absent in files of before it was kept.
    #[serde(default)]
    listed_at_s: Timestamp,
}

impl From<&Revoked> for RevokedRecord {
    fn from(revoked: &Revoked) -> Self {
        Self {
            revoked: revoked.ids.values().cloned().collect(),
            listed_at_s: revoked.listed_at,
        }
    }
}

impl TryFrom<RevokedRecord> for Revoked {
    type Error = String;

    fn try_from(record: RevokedRecord) -> Result<Self, String> {
        let mut revoked = Self {
            listed_at: record.listed_at_s,
            ..Self::default()
        };
        revoked
            .add(record.revoked)
            .map_err(|error| error.to_string())?;
        Ok(revoked)
    }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
