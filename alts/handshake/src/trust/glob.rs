//! Patterns of policies: `*` stands for any characters, all else for itself.

use serde::Deserialize;

/// Longest pattern, in bytes: that of the longest name there is to match.
const MAX_GLOB_LEN: usize = 320;

/// A pattern.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Glob(String);

impl Glob {
    /// Whether the whole of `name` fits. Takes time in the product of the two lengths at worst.
    pub fn matches(&self, name: &str) -> bool {
        let mut parts = self.0.split('*');
        // The first part is a prefix; without a star it is everything.
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = name.strip_prefix(first) else {
            return false;
        };
        let Some(last) = parts.next_back() else {
            return rest.is_empty();
        };
        // The leftmost place for each part leaves the most room for the next.
        for part in parts {
            let Some(at) = rest.find(part) else {
                return false;
            };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    }

    /// The same pattern in another spelling; it must keep the stars.
    pub(super) fn map(&self, spell: impl FnOnce(&str) -> String) -> Self {
        Self(spell(&self.0))
    }
}

impl TryFrom<String> for Glob {
    type Error = &'static str;

    fn try_from(pattern: String) -> Result<Self, &'static str> {
        let bad = |c: char| c.is_control() || c.is_whitespace();
        if pattern.is_empty() || pattern.len() > MAX_GLOB_LEN || pattern.chars().any(bad) {
            return Err(
                "a pattern is 1 to 320 bytes without spaces or control characters; * matches \
                 anything",
            );
        }
        Ok(Self(pattern))
    }
}

#[cfg(test)]
#[path = "glob_tests.rs"]
mod tests;
