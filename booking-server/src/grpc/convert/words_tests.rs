//! Tests of `words.rs`.

use super::*;

// A spreadsheet's cell, a filter's word and a message's name are the same.
#[test]
fn every_word_of_the_domain_is_the_contracts_to_the_letter() {
    macro_rules! check {
            ($($word:ident)*) => {$(
                for word in $word::ALL {
                    let told = word.as_str();
                    let wire = name_of(word);
                    assert!(wire == told || wire.ends_with(&format!("_{told}")), "{wire} {told}");
                    let nobody_said = told == "UNSPECIFIED";
                    assert!(nobody_said == (number(word) == 0), "{told}");
                }
            )*};
        }
    check!(Anaesthesia CaseState Laterality Milestone ReasonGroup SessionState TeamRole);
    check!(TheatreState Urgency);
}
