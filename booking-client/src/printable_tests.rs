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

proptest! {
    #[test]
    fn nothing_that_is_shown_steers_the_terminal(text in hostile_text()) {
        prop_assert!(!Printable(&text).to_string().chars().any(steers));
    }
}
