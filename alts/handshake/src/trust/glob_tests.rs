//! Tests of `glob.rs`.

use proptest::prelude::*;

use super::*;

fn glob(pattern: &str) -> Glob {
    Glob::try_from(pattern.to_owned()).unwrap()
}

#[test]
fn a_star_is_any_run_of_characters_and_all_else_itself() {
    let cases = [
        ("*", "", true),
        ("*", "anything@at.all", true),
        ("vm", "vm", true),
        ("vm", "vm2", false),
        ("vm", "", false),
        ("prod-*", "prod-", true),
        ("prod-*", "preprod-x", false),
        ("*@p.iam", "a@p.iam", true),
        ("*@p.iam", "a@p.iam.evil", false),
        ("a*b*c", "abc", true),
        ("a*b*c", "a-b-b-c", true),
        ("a*b*c", "acb", false),
        ("ab*ba", "aba", false),
        ("ab*ba", "abba", true),
        ("a?c", "abc", false),
        ("a.c", "abc", false),
        ("**", "x", true),
        ("é*é", "éé", true),
        ("é*é", "é", false),
    ];
    for (pattern, name, expected) in cases {
        assert_eq!(glob(pattern).matches(name), expected, "{pattern} {name}");
    }
}

/// What a glob means, by definition.
fn by_definition(pattern: &[char], name: &[char]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((&'*', pattern)), _) => {
            (0..=name.len()).any(|skipped| by_definition(pattern, &name[skipped..]))
        }
        (Some((a, pattern)), Some((b, name))) => a == b && by_definition(pattern, name),
        _ => false,
    }
}

proptest! {
    #[test]
    fn matching_is_what_the_definition_says(pattern in "[ab*]{1,8}", name in "[ab]{0,10}") {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        let expected = by_definition(&chars(&pattern), &chars(&name));
        prop_assert_eq!(glob(&pattern).matches(&name), expected);
    }
}

#[test]
fn a_pattern_that_matches_nothing_or_hides_something_is_refused() {
    for bad in ["", "a b", "a\n", &"a".repeat(321)] {
        assert!(Glob::try_from(bad.to_owned()).is_err(), "{bad:?}");
    }
}
