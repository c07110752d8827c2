//! Tests of `lines.rs`.

use super::*;

#[test]
fn lines_are_counted_as_an_editor_does_whatever_ends_them() {
    for end in ["\n", "\r\n", "\r"] {
        let text = format!("a{end}bb{end}{end}{end}c{end}");
        let mut lines = Lines::new(text.as_bytes());
        io::copy(&mut lines, &mut io::sink()).unwrap();
        let at = |what: &str| text.find(what).unwrap() as u64;
        assert_eq!(lines.of(at("a")), 1, "{end:?}");
        assert_eq!(lines.of(at("bb")), 2, "{end:?}");
        assert_eq!(lines.of(at("c")), 5, "{end:?}");
        // Where the csv crate says that a record starts: in the middle of a line end, and before
        // empty lines.
        let after_b = at("bb") + 2;
        assert_eq!(lines.of(after_b + 1), 5, "{end:?}");
    }
}
