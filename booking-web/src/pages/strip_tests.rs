//! Tests of `strip.rs`.

use super::*;
use crate::backend::fake::proven;

#[test]
fn facts_are_put_as_people_write_them() {
    assert_eq!(proven().level_words(), "Integrity and privacy");
    assert_eq!(proven().version_words(), "2.1");
    let range = ("2.0".to_owned(), "2.1".to_owned());
    assert_eq!(
        Verified {
            rpc_versions: range,
            ..proven()
        }
        .version_words(),
        "2.0 to 2.1"
    );
    assert_eq!(proven().instant_words(), "1 Jun 2024, 09:30:00 UTC");
    let at = |text: &str| proven().handshake_words(&text.parse().unwrap());
    assert_eq!(at("2024-06-01T09:30:59Z"), "just now, full");
    assert_eq!(at("2024-06-01T09:33:00Z"), "3 min ago, full");
    let resumed = Verified {
        resumed: Some(true),
        ..proven()
    };
    assert_eq!(
        resumed.handshake_words(&"2024-06-01T12:30:00Z".parse().unwrap()),
        "3 h ago, resumed"
    );
}
