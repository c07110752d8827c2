//! Tests of `access_token.rs`.

use super::*;

#[test]
fn a_machine_gets_the_same_token_until_little_of_it_is_left() {
    let account: ServiceAccount = "svc@p".parse().unwrap();
    let mut tokens = AccessTokens::default();
    let mut at =
        |now_s, entropy: u8| tokens.for_machine("vm", &account, &[], now_s, &[entropy; 32]);
    let first = at(1000, 1);
    assert_eq!(first.expires_in_s, 3600);
    let again = at(4299, 2);
    assert_eq!(again.access_token, first.access_token);
    assert_eq!(again.expires_in_s, 301);
    let next = at(4300, 3);
    assert_ne!(next.access_token, first.access_token);
    assert_eq!(next.expires_in_s, 3600);
    // The first is good to its end, and not a second longer.
    assert!(tokens.worth(&first.access_token, 4599).is_some());
    assert!(tokens.worth(&first.access_token, 4600).is_none());
    assert!(tokens.worth(&next.access_token, 4600).is_some());
}

#[test]
fn tokens_of_the_past_are_forgotten() {
    let account: ServiceAccount = "svc@p".parse().unwrap();
    let mut tokens = AccessTokens::default();
    for hour in 0..100_u64 {
        let entropy = [u8::try_from(hour).unwrap(); 32];
        tokens.for_machine("vm", &account, &[], hour * 3600, &entropy);
        assert!(tokens.granted.len() <= 2);
    }
}

#[test]
fn what_nobody_gave_is_worth_nothing() {
    let mut tokens = AccessTokens::default();
    let operator = tokens.for_operator(&[7; 32]);
    assert_eq!(tokens.worth(&operator, 0).unwrap().bearer, Bearer::Operator);
    for token in ["", "ya29.c.", &operator[..operator.len() - 1]] {
        assert!(tokens.worth(token, 0).is_none(), "{token}");
    }
    let shown = format!("{tokens:?}");
    assert!(!shown.contains(&operator), "{shown}");
}
