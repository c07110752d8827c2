//! Text from the network, made safe for a terminal.
//!
//! A terminal obeys control characters, so an answer could clear the screen, retitle the window or
//! rewrite the line above. Bidirectional controls cannot do that, but they can make a refusal read
//! like an approval. Both are shown as what they are instead of being sent.

use std::fmt::{self, Write as _};

/// Shows a text on one line, with everything a terminal would obey spelt out as `\u{1b}`.
#[derive(Clone, Copy, Debug)]
pub struct Printable<'a>(pub &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if steers(c) {
                write!(f, "{}", c.escape_unicode())?;
            } else {
                f.write_char(c)?;
            }
        }
        Ok(())
    }
}

/// Whether a terminal or the Unicode bidirectional algorithm acts on `c` instead of showing it.
pub fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Line and paragraph separators: this is one-line output.
            '\u{2028}' | '\u{2029}'
            // Marks, embeddings, overrides and isolates: UAX #9, section 2.
            | '\u{061c}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            // Invisible: byte-order mark and tag characters.
            | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
#[path = "printable_tests.rs"]
mod tests;
#[cfg(test)]
pub(crate) use tests::hostile_text;
