//! Tests of `enum_names.rs`.

use super::*;

#[test]
fn every_word_of_the_contract_can_be_typed() {
    fn all(words: &[&str], known: impl Fn(&str) -> bool, from: impl Fn(i32) -> Option<String>) {
        assert!(words.iter().all(|word| known(&contract(word))), "{words:?}");
        // Zero is what nobody said.
        let numbered = (1..100).map_while(from);
        assert_eq!(numbered.count(), words.len(), "{words:?}");
    }
    macro_rules! check {
        ($list:ident, $enum:ty) => {
            all(
                $list,
                |w| <$enum>::from_str_name(w).is_some(),
                |n| {
                    <$enum>::try_from(n)
                        .ok()
                        .map(|v| v.as_str_name().to_owned())
                },
            );
        };
    }
    check!(STATES, State);
    check!(URGENCIES, Urgency);
    check!(SIDES, Laterality);
    check!(ANAESTHESIAS, Anaesthesia);
    check!(MILESTONES, Milestone);
    check!(ROLES, TeamRole);
    check!(GROUPS, Group);
}
