//! The definitions hold together, and the manual says what a reader needs.

use super::*;
use crate::exit;

#[test]
fn the_definitions_are_consistent() {
    definitions().debug_assert();
}

#[test]
fn the_manual_has_examples_and_every_exit_code() {
    let help = definitions().render_long_help().to_string();
    assert!(help.contains("10.128.0.2:8080"), "{help}");
    for (exit, meaning) in exit::TABLE {
        let words: String = format!("{}  {meaning}", exit as u8)
            .split_whitespace()
            .collect();
        assert!(
            help.split_whitespace().collect::<String>().contains(&words),
            "{help}"
        );
    }
}
