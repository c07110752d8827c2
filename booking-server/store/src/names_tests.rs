//! Tests of `names.rs`.

use super::*;

#[test]
fn every_word_is_read_back_and_no_other() {
    for kind in ChangeKind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
        assert!(kind.as_str().to_lowercase().parse::<ChangeKind>().is_err());
    }
    for outcome in Outcome::ALL {
        assert_eq!(outcome.as_str().parse(), Ok(outcome));
        assert!(outcome.as_str().to_lowercase().parse::<Outcome>().is_err());
    }
}
