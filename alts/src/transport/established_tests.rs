//! Tests of `established.rs`.

use super::*;
use crate::stream::test_context;

fn history(peers: &[&str]) -> History {
    let mut history = History::default();
    for peer in peers {
        history.established(test_context(peer), CauseOfEnd::default());
    }
    history
}

#[test]
fn a_peer_is_claimed_only_when_every_possible_connection_had_it() {
    let rows: [(&[&str], u64, Option<&str>); 9] = [
        (&[], 0, None),
        (&["a@x"], 0, Some("a@x")),
        (&["a@x"], 1, Some("a@x")),
        (&["a@x", "a@x"], 0, Some("a@x")),
        (&["a@x", "a@x", "a@x"], 1, Some("a@x")),
        (&["a@x", "b@x"], 0, None),
        (&["a@x", "b@x"], 1, None),
        (&["a@x", "b@x"], 2, Some("b@x")),
        (&["a@x", "b@x", "a@x"], 1, None),
    ];
    for (peers, began, expected) in rows {
        let history = history(peers);
        let began = Moment {
            newest: Generation(began),
            end: None,
        };
        let claim = history.claim(&began);
        let claim = claim.map(|context| context.peer_service_account().as_str());
        assert_eq!(claim, expected, "{peers:?} from {began:?}");
    }
}

#[test]
fn of_handshakes_that_differ_only_what_they_share_is_claimed() {
    let full = context_with("a@x", &[("zone", "z"), ("resumed", "false")]);
    let resumed = context_with("a@x", &[("zone", "z"), ("resumed", "true")]);
    let mut history = History::default();
    history.established(full, CauseOfEnd::default());
    let began = history.now();
    history.established(resumed.clone(), CauseOfEnd::default());
    let claim = history.claim(&began).unwrap();
    assert_eq!(claim.peer_service_account().as_str(), "a@x");
    assert_eq!(claim.peer_attributes().len(), 1);
    assert_eq!(claim.peer_attributes()["zone"], "z");
    // Of a call that can only have gone over the newest everything is known.
    assert_eq!(history.claim(&history.now()), Some(&resumed));
}

fn context_with(peer: &str, attributes: &[(&str, &str)]) -> AltsContext {
    let attributes = attributes.iter();
    test_context(peer).with_attributes(
        attributes
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    )
}

#[test]
fn a_connection_that_died_before_the_call_is_not_its_cause() {
    let died = CauseOfEnd::of(Error::NotOnGce);
    let mut history = History::default();
    history.established(test_context("a@x"), died.clone());
    let began = history.now();
    assert!(history.ends_since(&began).cause().is_none());
    history.established(test_context("a@x"), died);
    assert!(history.ends_since(&began).cause().is_some());
}
