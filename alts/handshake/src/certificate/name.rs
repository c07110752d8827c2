//! Names of machines.

use std::fmt;

/// A machine, which vouches for the workloads on it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MachineName(String);

impl MachineName {
    /// Longest name, in bytes: that of a DNS label, as Compute Engine has it.
    pub const MAX_LEN: usize = 63;

    /// Parses a name of letters, digits and hyphens that starts with a letter, as Compute Engine
    /// has it.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(name: &str) -> Result<Self, &'static str> {
        if name.len() > Self::MAX_LEN {
            return Err("a machine's name has at most 63 characters");
        }
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let starts_well = name.starts_with(|c: char| c.is_ascii_lowercase());
        if !starts_well || !name.chars().all(good) || name.ends_with('-') {
            return Err(
                "a machine's name is lowercase letters, digits and inner hyphens, and starts with \
                 a letter",
            );
        }
        Ok(Self(name.to_owned()))
    }
}

impl TryFrom<String> for MachineName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, &'static str> {
        Self::parse(&name)
    }
}

impl From<MachineName> for String {
    fn from(name: MachineName) -> Self {
        name.0
    }
}

impl fmt::Display for MachineName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for MachineName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
#[path = "name_tests.rs"]
mod tests;
