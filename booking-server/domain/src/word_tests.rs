//! Tests of `word.rs`.

use super::*;

macro_rules! read_back {
    ($($choice:ident)*) => {$(
        for value in $choice::ALL {
            assert_eq!(value.as_str().parse(), Ok(value));
            assert_eq!(value.as_str().to_lowercase().parse::<$choice>(), Err(UnknownWord));
        }
    )*};
}

#[test]
fn every_word_is_read_back_and_no_other() {
    read_back! {
        Anaesthesia CaseState Laterality Milestone ReasonGroup RuleId SessionState TeamRole
        TheatreState Urgency
    }
}
