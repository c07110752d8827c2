//! Tests of `printable.rs`.

use proptest::prelude::*;

use super::*;

#[test]
fn escape_sequences_and_direction_overrides_are_spelt_out() {
    let table = [
        ("Gall bladder stone", "Gall bladder stone"),
        ("Ménière, 日本", "Ménière, 日本"),
        ("\u{1b}[2J", "\\u{1b}[2J"),
        ("a\nb\r\tc", "a\\u{a}b\\u{d}\\u{9}c"),
        ("\u{9b}31m", "\\u{9b}31m"),
        ("\u{202e}desufer", "\\u{202e}desufer"),
    ];
    for (text, shown) in table {
        assert_eq!(Printable(text).to_string(), shown);
    }
}

/// Text such as a hostile peer sends: dense in what terminals obey, which proptest's own strings
/// leave out.
pub(crate) fn hostile_text() -> impl Strategy<Value = String> {
    let c0_and_c1 = "\0\u{7}\u{8}\t\n\r\u{1b}\u{7f}\u{85}\u{9b}\u{9d}";
    let unicode = "\u{2028}\u{202e}\u{2066}\u{feff}\u{e0041}";
    let obeyed: Vec<char> = c0_and_c1.chars().chain(unicode.chars()).collect();
    let letter = prop_oneof![any::<char>(), prop::sample::select(obeyed)];
    prop::collection::vec(letter, 0..40).prop_map(String::from_iter)
}

proptest! {
    #[test]
    fn nothing_that_is_shown_steers_the_terminal(text in hostile_text()) {
        prop_assert!(!Printable(&text).to_string().chars().any(steers));
    }
}
