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
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::root_keys::RootKeys;
    use alts_handshake::{Seed, Timestamp};

    const NOW: Timestamp = Timestamp::from_unix_s(10);

    /// What the authority states, change after change: A, then B and A, B, C and B, C, D and C, D.
    fn history() -> Vec<RootKeys> {
        let mut keys = vec![RootKeys::new(Seed::new([1; 32]), NOW)];
        for seed in 2..=4 {
            let last = keys.last().unwrap();
            let rotated = last.rotated(Seed::new([seed; 32]), Duration::ZERO, NOW);
            let rotated = rotated.unwrap();
            let retired = rotated.retired(NOW).unwrap();
            keys.extend([rotated, retired]);
        }
        keys
    }

    fn pinned(keys: &RootKeys) -> TrustAnchors {
        TrustAnchors::pinned(keys.public())
    }

    /// As after a restart.
    fn reread(learnt: &TrustAnchorChain, pinned: TrustAnchors) -> TrustAnchorChain {
        let json = serde_json::to_string(&learnt.record()).unwrap();
        let record: RootsRecord = serde_json::from_str(&json).unwrap();
        TrustAnchorChain::replay(pinned, record.try_into().unwrap())
    }

    #[test]
    fn however_many_keys_came_and_went_a_restart_knows_the_last() {
        let history = history();
        let mut learnt = TrustAnchorChain::replay(pinned(&history[0]), Vec::new());
        for keys in &history[1..] {
            let newer = learnt.learn(keys.statement().clone()).unwrap();
            learnt = reread(&newer.unwrap(), pinned(&history[0]));
            assert_eq!(learnt.known().keys(), keys.public());
            assert_eq!(learnt.known().generation(), keys.generation());
        }
        assert_eq!(learnt.chain.len(), 3, "one for each key that went");
        let again = learnt.learn(history[6].statement().clone());
        assert!(again.unwrap().is_none());
    }

    #[test]
    fn a_machine_that_was_off_for_some_changes_follows_where_a_key_vouches_for_the_next() {
        let history = history();
        // It hears of the retirements only.
        let mut learnt = TrustAnchorChain::replay(pinned(&history[0]), Vec::new());
        for keys in [&history[2], &history[4], &history[6]] {
            let newer = learnt.learn(keys.statement().clone()).unwrap();
            learnt = reread(&newer.unwrap(), pinned(&history[0]));
        }
        assert_eq!(learnt.known().keys(), history[6].public());
        // Off for two rotations: nobody it knows vouches for what there is now.
        let asleep = TrustAnchorChain::replay(pinned(&history[0]), Vec::new());
        let refused = asleep.learn(history[4].statement().clone());
        assert_eq!(refused.unwrap_err(), StatementError::UnknownSigner);
    }

    #[test]
    fn the_configuration_decides_where_the_chain_begins() {
        let history = history();
        let mut learnt = TrustAnchorChain::replay(pinned(&history[0]), Vec::new());
        for keys in &history[1..] {
            learnt = learnt.learn(keys.statement().clone()).unwrap().unwrap();
        }
        // Any key that the chain mentions will do.
        for keys in &history {
            let follows = reread(&learnt, pinned(keys));
            assert_eq!(follows.known().keys(), history[6].public());
        }
        // Another authority's: nothing of this one is believed.
        let stranger = pinned(&RootKeys::new(Seed::new([9; 32]), NOW));
        assert_eq!(reread(&learnt, stranger.clone()).known(), &stranger);
    }

    #[test]
    fn a_file_with_the_newest_statement_alone_is_still_read() {
        let history = history();
        let statement = hex(&history[1].statement().encode());
        let json = format!("{{\"statement_hex\": {statement:?}}}");
        let record: RootsRecord = serde_json::from_str(&json).unwrap();
        let learnt = TrustAnchorChain::replay(pinned(&history[0]), record.try_into().unwrap());
        assert_eq!(learnt.known().keys(), history[1].public());
        let damaged = RootsRecord {
            statements_hex: vec!["0f0".to_owned()],
            statement_hex: None,
        };
        assert!(Vec::<SignedRoots>::try_from(damaged).is_err());
    }
}
