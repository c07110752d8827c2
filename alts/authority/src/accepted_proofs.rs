//! Proofs that were accepted, remembered for as long as they would be good: each serves once.

use std::{collections::BTreeMap, time::Duration};

use alts_handshake::{MAX_CLOCK_SKEW, MachineName, Timestamp};
use parking_lot::Mutex;

use crate::identity::Claim;

/// How far the time of a question may be from the authority's, in either direction.
pub(super) const PROOF_WINDOW: Duration = MAX_CLOCK_SKEW;

/// Proofs of one machine that are remembered at once. Machines ask once for each connection of a
/// workload. One that asks for more than this must wait, and no other machine with it.
const MAX_PER_MACHINE: usize = 64 * 1024;

/// How often machines that have not asked lately are forgotten.
const SWEEP: Duration = Duration::from_secs(60);

/// Why a proof that holds does not serve.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAccepted {
    /// It did already.
    #[error(
        "this proof of the machine {0} was accepted already, and a proof serves once; ask again with \
         a new one, and find out who repeats old ones"
    )]
    Replayed(MachineName),
    /// More questions than any machine has.
    #[error("the machine {0} asks for too much; wait ten minutes, and find out why")]
    TooMany(MachineName),
}

/// The proofs of all machines. Only what was verified gets in, so that nobody but an enrolled machine
/// can fill it, and it only its own part.
#[derive(Debug, Default)]
pub struct AcceptedProofs(Mutex<Accepted>);

#[derive(Debug, Default)]
struct Accepted {
    machines: BTreeMap<MachineName, BTreeMap<[u8; 32], Timestamp>>,
    swept_at: Option<Timestamp>,
}

/// Whether a claim of that time would still be let in.
fn is_fresh(asked_at: Timestamp, now: Timestamp) -> bool {
    now <= asked_at.after(PROOF_WINDOW)
}

impl AcceptedProofs {
    /// Notes a claim whose proof holds.
    ///
    /// # Errors
    /// When it was noted before, or its machine has too many.
    pub(super) fn accept(&self, claim: &Claim<'_>, now: Timestamp) -> Result<(), NotAccepted> {
        let mut accepted = self.0.lock();
        accepted.sweep(now);
        let proofs = accepted.machines.entry(claim.machine.clone()).or_default();
        if proofs.len() >= MAX_PER_MACHINE {
            proofs.retain(|_, asked_at| is_fresh(*asked_at, now));
        }
        let digest = claim.digest();
        if proofs.contains_key(&digest) {
            return Err(NotAccepted::Replayed(claim.machine.clone()));
        }
        if proofs.len() >= MAX_PER_MACHINE {
            return Err(NotAccepted::TooMany(claim.machine.clone()));
        }
        proofs.insert(digest, claim.asked_at);
        Ok(())
    }
}

impl Accepted {
    fn sweep(&mut self, now: Timestamp) {
        if self
            .swept_at
            .is_some_and(|swept| now < swept.after(SWEEP) && now >= swept)
        {
            return;
        }
        self.swept_at = Some(now);
        self.machines.retain(|_, proofs| {
            proofs.retain(|_, asked_at| is_fresh(*asked_at, now));
            !proofs.is_empty()
        });
    }
}

#[cfg(test)]
#[path = "accepted_proofs_tests.rs"]
mod tests;
