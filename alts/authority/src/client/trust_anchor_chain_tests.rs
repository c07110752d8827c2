//! Tests of `trust_anchor_chain.rs`.

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
