//! Who gives tickets: holds the keys that seal them, and remembers which were used.

use std::{collections::BTreeMap, time::Duration};

use alts::ServiceAccount;

use super::{
    sealed::TicketKey,
    session::{MAX_TICKET_LIFETIME, ResumableSession, SessionParameters},
};
use crate::{certificate::Timestamp, entropy::Seed, keys::ResumptionSecret};

/// Most used tickets that are remembered, about 6 MiB. Beyond them no ticket is honoured until some
/// expire: forgetting one could let it in twice.
const MAX_REMEMBERED: usize = 1 << 16;

/// How long one key seals tickets. Far below the 2^32 tickets that random nonces allow.
const KEY_PERIOD: Duration = Duration::from_secs(3600);

const AAD_LABEL: &[u8] = b"alts-local/2 ticket\0";

/// Seals and opens the tickets of one account on one machine.
pub(super) struct TicketIssuer {
    account: ServiceAccount,
    current: TicketKey,
    current_since: Timestamp,
    /// The key before, and until when its tickets may live.
    previous: Option<(TicketKey, Timestamp)>,
    used: UsedSecrets,
}

impl TicketIssuer {
    pub(super) fn new(account: ServiceAccount, seed: &Seed, now: Timestamp) -> Self {
        Self {
            account,
            current: TicketKey::new(seed),
            current_since: now,
            previous: None,
            used: UsedSecrets::default(),
        }
    }

    /// After its period a key seals no more. It opens what it sealed while that may live.
    pub(super) fn rotate_if_due(&mut self, next: &Seed, now: Timestamp) {
        if now < self.current_since.after(KEY_PERIOD) {
            return;
        }
        let retired = std::mem::replace(&mut self.current, TicketKey::new(next));
        self.previous = Some((retired, now.after(MAX_TICKET_LIFETIME)));
        self.current_since = now;
    }

    pub(super) fn seal(
        &self,
        secret: &ResumptionSecret,
        parameters: &SessionParameters,
        nonce: [u8; 12],
    ) -> Vec<u8> {
        self.current.seal(nonce, &self.aad(), secret, parameters)
    }

    /// What a ticket of ours stands for; `None` the second time, and for all that is none of ours.
    pub(super) fn accept(&mut self, ticket: &[u8], now: Timestamp) -> Option<ResumableSession> {
        if matches!(&self.previous, Some((_, until)) if now >= *until) {
            self.previous = None;
        }
        let previous = self.previous.as_ref().map(|(key, _)| key);
        let aad = self.aad();
        let opened = [Some(&self.current), previous]
            .into_iter()
            .flatten()
            .find_map(|key| key.open(ticket, &aad))?;
        let expires = opened.parameters.expires;
        (now < expires && self.used.first_use(opened.secret.digest(), expires, now))
            .then_some(opened)
    }

    /// Whose ticket it is.
    fn aad(&self) -> Vec<u8> {
        [AAD_LABEL, self.account.as_str().as_bytes()].concat()
    }
}

/// Hashes of the secrets whose tickets were used, until those would have expired.
#[derive(Default)]
struct UsedSecrets {
    /// Invariant: at most `MAX_REMEMBERED`.
    until: BTreeMap<[u8; 32], Timestamp>,
    /// When the expired ones were last dropped: a second's worth of full house costs one sweep.
    swept: Option<Timestamp>,
}

impl UsedSecrets {
    fn first_use(&mut self, digest: [u8; 32], expires: Timestamp, now: Timestamp) -> bool {
        if self.until.len() >= MAX_REMEMBERED {
            if self.swept != Some(now) {
                self.until.retain(|_, until| now < *until);
                self.swept = Some(now);
            }
            if self.until.len() >= MAX_REMEMBERED {
                return false;
            }
        }
        self.until.insert(digest, expires).is_none()
    }
}

#[cfg(test)]
#[path = "issuer_tests.rs"]
mod tests;
