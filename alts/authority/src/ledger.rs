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
        (
            serial,
            Some(SerialsRecord {
                next_serial: self.reserved,
            }),
        )
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
mod tests {
    use super::*;
    use alts_handshake::Category;

    #[test]
    fn no_serial_is_given_twice_even_after_a_crash_at_any_point() {
        let mut serials = Serials::default();
        let mut disk = None;
        let mut given = std::collections::BTreeSet::new();
        for round in 0..5 {
            for _ in 0..(SERIAL_BLOCK + round * 7) {
                let (serial, record) = serials.take();
                disk = record.or(disk);
                assert!(given.insert(serial), "{serial} was given before");
            }
            // Killed: only the disk remembers.
            serials = disk.unwrap().into();
        }
    }

    #[test]
    fn revocations_are_read_as_they_were_written() {
        let mut revoked = Revoked::default();
        for at_s in [7, 8] {
            let certificate = Some(&issued(3, 50));
            let revocations = [3, 1, 2].map(|serial| {
                let id = RevocationId::new(Category::Machine, serial);
                Revocation::new(id, certificate, Timestamp::from_unix_s(at_s))
            });
            revoked.add(revocations).unwrap();
        }
        revoked.list(Timestamp::from_unix_s(9));
        let json = serde_json::to_string(&RevokedRecord::from(&revoked)).unwrap();
        let record: RevokedRecord = serde_json::from_str(&json).unwrap();
        assert_eq!(Revoked::try_from(record).as_ref(), Ok(&revoked));
        assert!(revoked.ids().is_sorted());
        let damaged = json.replace("0x0200000000000003", "0x7");
        let error = serde_json::from_str::<RevokedRecord>(&damaged).unwrap_err();
        assert!(error.to_string().contains("0x7"), "{error}");
        // As it was written before ends and keys were kept.
        let old = r#"{"revoked":[{"id":"0x0200000000000003","revoked_at_s":7}]}"#;
        let old: RevokedRecord = serde_json::from_str(old).unwrap();
        assert_eq!(Revoked::try_from(old).unwrap().ids().count(), 1);
    }

    #[test]
    fn an_id_is_forgotten_when_nothing_that_it_revokes_can_live() {
        let mut revoked = Revoked::default();
        let id = |serial| RevocationId::new(Category::Machine, serial);
        let at = Timestamp::from_unix_s;
        let known = issued(1, 1000);
        let workload = RevocationId::new(Category::Workload, 4096 + 17);
        revoked
            .add([
                Revocation::new(id(1), Some(&known), at(1005)),
                Revocation::new(workload, Some(&known), at(1005)),
                Revocation::new(id(2), None, at(1005)),
            ])
            .unwrap();
        assert!(revoked.has_key(&known.public_key) && !revoked.has_key("77"));
        let skew_s = 2 * MAX_CLOCK_SKEW.as_secs();
        revoked.prune(at(1010 + skew_s - 1));
        assert_eq!(revoked.ids().count(), 3);
        revoked.prune(at(1010 + skew_s));
        assert_eq!(revoked.ids().collect::<Vec<_>>(), [id(2)]);
        assert!(!revoked.has_key(&known.public_key));
        // Nobody knows when that one ends: as late as any.
        let last = at(1005).after(MAX_CREDENTIAL_LIFETIME);
        revoked.prune(last);
        assert_eq!(revoked.ids().count(), 1);
        revoked.prune(last.after(MAX_CLOCK_SKEW * 2));
        assert_eq!(revoked.ids().count(), 0);
    }

    #[test]
    fn who_asks_for_many_certificates_pushes_out_his_own() {
        let mut list = IssuedList::default();
        let now = 1000;
        for serial in 0..3 {
            list.add(issued(serial, now));
        }
        let greedy = MachineName::parse("greedy").unwrap();
        for serial in 0..MAX_ISSUED as u64 + 10 {
            let machine = greedy.clone();
            list.add(Issued {
                machine,
                ..issued(100 + serial, now)
            });
        }
        let current = list.current(None, Timestamp::from_unix_s(now));
        assert_eq!(current.len(), MAX_ISSUED);
        for serial in 0..3 {
            assert_eq!(
                current[usize::try_from(serial).unwrap()],
                issued(serial, now)
            );
        }
    }

    #[test]
    fn every_list_is_later_than_the_one_before_whatever_the_clock_does() {
        let mut revoked = Revoked::default();
        let mut list = |now| revoked.list(Timestamp::from_unix_s(now)).as_unix_s();
        let listed = [100, 100, 98, 99, 200, 201].map(&mut list);
        assert_eq!(listed, [100, 101, 102, 103, 200, 201]);
    }

    fn issued(serial: u64, at: u64) -> Issued {
        Issued {
            revocation_id: RevocationId::new(Category::Machine, serial),
            account: "svc@p".parse().unwrap(),
            machine: MachineName::parse("vm").unwrap(),
            instance_id: "17".to_owned(),
            issued_at: Timestamp::from_unix_s(at),
            expires_at: Timestamp::from_unix_s(at + 10),
            public_key: "5e".repeat(32),
        }
    }

    #[test]
    fn an_issued_certificate_is_read_as_it_was_written() {
        let line = issued(3, 50).to_line();
        assert_eq!(Issued::from_line(&line), Some(issued(3, 50)));
        for cut in 0..line.len() {
            assert_eq!(Issued::from_line(&line[..cut]), None, "{}", &line[..cut]);
        }
    }

    #[test]
    fn ended_certificates_are_forgotten() {
        let mut list = IssuedList::default();
        for at in 0..100 {
            list.add(issued(at, at));
        }
        assert!(list.0.len() <= 11);
        let now = Timestamp::from_unix_s(99);
        assert_eq!(list.current(None, now).len(), 10);
        assert!(
            list.current(Some(&"else@p".parse().unwrap()), now)
                .is_empty()
        );
    }
}
