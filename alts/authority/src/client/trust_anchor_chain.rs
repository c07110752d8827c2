//! The root keys that a machine has learnt, and why it believes them. Pure.
//!
//! A statement is believed for the signature of a key that was known before. So what was learnt is a
//! chain that begins at the configuration, and the chain is what is remembered: at every start it is
//! followed anew from the keys that are configured then.
//!
//! ```text
//!   configured        A
//!   generation 3      B        signed by B and A        rotated, and A retired
//!   generation 4      C B      signed by C and B        rotated again: A's signature is not there
//! ```

use alts_daemon::hex::{hex, unhex};
use serde::{Deserialize, Serialize};

use crate::statement::{SignedRoots, StatementError, TrustAnchors};

/// Root keys, and the statements that lead to them from the configured ones.
#[derive(Clone, Debug)]
pub(super) struct TrustAnchorChain {
    pinned: TrustAnchors,
    /// Each is signed by a key that the one before it names.
    chain: Vec<SignedRoots>,
    known: TrustAnchors,
}

impl TrustAnchorChain {
    /// Follows what was remembered. Statements that no key known by then has signed are left out:
    /// the configuration may name a later key now, or another authority's.
    pub(super) fn replay(pinned: TrustAnchors, remembered: Vec<SignedRoots>) -> Self {
        let mut learnt = Self {
            known: pinned.clone(),
            pinned,
            chain: Vec::new(),
        };
        for statement in remembered {
            if let Ok(Some(known)) = learnt.known.learn(&statement) {
                learnt.known = known;
                learnt.chain.push(statement);
            }
        }
        learnt
    }

    /// The keys of today.
    pub(super) fn known(&self) -> &TrustAnchors {
        &self.known
    }

    /// Takes a statement that a known key has signed. `None` when it says nothing newer.
    pub(super) fn learn(&self, statement: SignedRoots) -> Result<Option<Self>, StatementError> {
        let Some(known) = self.known.learn(&statement)? else {
            return Ok(None);
        };
        // What an earlier key vouches for needs nothing in between: the chain stays as short as it
        // can be, one statement for each key that came and went.
        let mut before = self.pinned.clone();
        let mut chain = Vec::new();
        for older in &self.chain {
            if before.learn(&statement).is_ok() {
                break;
            }
            if let Ok(Some(next)) = before.learn(older) {
                before = next;
                chain.push(older.clone());
            }
        }
        chain.push(statement);
        Ok(Some(Self {
            pinned: self.pinned.clone(),
            chain,
            known,
        }))
    }

    /// As a file's contents.
    pub(super) fn record(&self) -> RootsRecord {
        let digits = |statement: &SignedRoots| hex(&statement.encode());
        RootsRecord {
            statements_hex: self.chain.iter().map(digits).collect(),
            statement_hex: None,
        }
    }
}

/// The chain as a file's contents.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RootsRecord {
    /// Signed statements, oldest first.
    #[serde(default)]
    statements_hex: Vec<String>,
    /// The newest one alone: files of before there was a chain.
    #[serde(default, skip_serializing)]
    statement_hex: Option<String>,
}

impl TryFrom<RootsRecord> for Vec<SignedRoots> {
    type Error = String;

    fn try_from(record: RootsRecord) -> Result<Self, String> {
        let statement = |digits: String| {
            let bytes = unhex(&digits).ok_or("a statement is not hexadecimal")?;
            SignedRoots::decode(&bytes).map_err(|_| "a statement is none".to_owned())
        };
        let all = record.statements_hex.into_iter();
        all.chain(record.statement_hex).map(statement).collect()
    }
}

#[cfg(test)]
#[path = "trust_anchor_chain_tests.rs"]
mod tests;
