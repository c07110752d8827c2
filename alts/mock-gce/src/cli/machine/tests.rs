//! Values as a shell reads them.

use super::*;

#[test]
fn a_value_is_one_word_whatever_is_in_it() {
    assert_eq!(quoted("a b"), "'a b'");
    assert_eq!(quoted("it's $(here)"), r"'it'\''s $(here)'");
}
