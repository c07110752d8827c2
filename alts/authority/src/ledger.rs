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

use serde::{Deserialize, Serialize};

use alts::ServiceAccount;
use alts_handshake::{MachineName, RevocationId, Timestamp};

/// Serials that one write to disk reserves.
const SERIAL_BLOCK: u64 = 4096;

/// Certificates that are remembered: a machine holds a few at a time. Entries are some 200 bytes.
const MAX_ISSUED: usize = 16 * 1024;

/// Revoked ids, at most: what one list can carry without being noticed on the wire.
pub const MAX_REVOKED: usize = 100_000;

/// A certificate that was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// What would revoke it.
    pub revocation_id: RevocationId,
    /// For whom.
    pub account: ServiceAccount,
    /// By which machine.
    pub machine: MachineName,
    /// Compute Engine's number of the machine; empty when it proved none.
    pub instance_id: String,
    /// From when on it is good.
    pub issued_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A certificate as a line of the log. Its words are for people and their tools.
#[derive(Serialize, Deserialize)]
struct IssuedLine {
    revocation_id: String,
    service_account: String,
    machine: String,
    instance_id: String,
    issued_at_s: u64,
    expires_at_s: u64,
}

impl Issued {
    /// One line, without its end.
    pub(crate) fn to_line(&self) -> String {
        let line = IssuedLine {
            revocation_id: self.revocation_id.to_string(),
            service_account: self.account.to_string(),
            machine: self.machine.to_string(),
            instance_id: self.instance_id.clone(),
            issued_at_s: self.issued_at.as_unix_s(),
            expires_at_s: self.expires_at.as_unix_s(),
        };
        serde_json::to_string(&line).expect("strings and numbers serialise")
    }

    /// `None`: a line that was cut short, or that somebody else wrote.
    pub(crate) fn from_line(line: &str) -> Option<Self> {
        let line: IssuedLine = serde_json::from_str(line).ok()?;
        Some(Self {
            revocation_id: line.revocation_id.parse().ok()?,
            account: line.service_account.parse().ok()?,
            machine: MachineName::parse(&line.machine).ok()?,
            instance_id: line.instance_id,
            issued_at: Timestamp::from_unix_s(line.issued_at_s),
            expires_at: Timestamp::from_unix_s(line.expires_at_s),
        })
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

/// The certificates that are still good, oldest first; the oldest go when there are too many.
#[derive(Debug, Default)]
pub struct IssuedList(VecDeque<Issued>);

impl IssuedList {
    /// Adds one and drops those that have ended.
    pub fn add(&mut self, issued: Issued) {
        let now = issued.issued_at;
        while self.0.front().is_some_and(|old| old.expires_at <= now) || self.0.len() >= MAX_ISSUED
        {
            self.0.pop_front();
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
}

/// Ids that are revoked, and when; and the time of the last list that was made of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    ids: BTreeMap<RevocationId, Timestamp>,
    listed_at: Timestamp,
}

impl Default for Revoked {
    fn default() -> Self {
        Self {
            ids: BTreeMap::new(),
            listed_at: Timestamp::from_unix_s(0),
        }
    }
}

/// The list is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the revocation list has {MAX_REVOKED} ids already; rotate the root key and start afresh")]
pub struct TooManyRevoked;

impl Revoked {
    /// Adds ids; those that are there already stay as they are.
    ///
    /// # Errors
    /// [`TooManyRevoked`].
    pub fn add(
        &mut self,
        ids: impl IntoIterator<Item = RevocationId>,
        now: Timestamp,
    ) -> Result<(), TooManyRevoked> {
        for id in ids {
            self.ids.entry(id).or_insert(now);
            if self.ids.len() > MAX_REVOKED {
                return Err(TooManyRevoked);
            }
        }
        Ok(())
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
    revoked: Vec<RevokedEntry>,
    /// Absent in files of before it was kept.
    #[serde(default)]
    listed_at_s: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RevokedEntry {
    id: String,
    revoked_at_s: u64,
}

impl From<&Revoked> for RevokedRecord {
    fn from(revoked: &Revoked) -> Self {
        let entry = |(id, at): (&RevocationId, &Timestamp)| RevokedEntry {
            id: id.to_string(),
            revoked_at_s: at.as_unix_s(),
        };
        Self {
            revoked: revoked.ids.iter().map(entry).collect(),
            listed_at_s: revoked.listed_at.as_unix_s(),
        }
    }
}

impl TryFrom<RevokedRecord> for Revoked {
    type Error = String;

    fn try_from(record: RevokedRecord) -> Result<Self, String> {
        let mut revoked = Self {
            listed_at: Timestamp::from_unix_s(record.listed_at_s),
            ..Self::default()
        };
        for entry in record.revoked {
            let id = entry.id.parse();
            let id = id.map_err(|error| format!("revoked id {:?}: {error}", entry.id))?;
            let at = Timestamp::from_unix_s(entry.revoked_at_s);
            revoked.add([id], at).map_err(|error| error.to_string())?;
        }
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
        let ids = [3, 1, 2].map(|serial| RevocationId::new(Category::Machine, serial));
        revoked.add(ids, Timestamp::from_unix_s(7)).unwrap();
        revoked.add(ids, Timestamp::from_unix_s(8)).unwrap();
        revoked.list(Timestamp::from_unix_s(9));
        let json = serde_json::to_string(&RevokedRecord::from(&revoked)).unwrap();
        let record: RevokedRecord = serde_json::from_str(&json).unwrap();
        assert_eq!(Revoked::try_from(record).as_ref(), Ok(&revoked));
        assert!(revoked.ids().is_sorted());
        let damaged = RevokedRecord {
            revoked: vec![RevokedEntry {
                id: "0x7".to_owned(),
                revoked_at_s: 0,
            }],
            listed_at_s: 0,
        };
        assert!(Revoked::try_from(damaged).unwrap_err().contains("0x7"));
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
