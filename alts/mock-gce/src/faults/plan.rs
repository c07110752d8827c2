//! All that goes wrong on one machine, as it is typed. Pure.

use std::{fmt, str::FromStr, time::Duration};

use super::fault::{Fault, InvalidFault};

/// Everything that goes wrong on one machine. Empty: nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan(Vec<Fault>);

impl Plan {
    /// In the order in which they were named.
    pub fn faults(&self) -> &[Fault] {
        &self.0
    }

    /// Whether nothing goes wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }

    pub(crate) fn delay(&self) -> Option<Duration> {
        self.0.iter().find_map(|fault| match fault {
            Fault::Delay(delay) => Some(*delay),
            _ => None,
        })
    }

    pub(crate) fn stream_limit(&self) -> Option<u32> {
        self.0.iter().find_map(|fault| match fault {
            Fault::LimitStreams(n) => Some(*n),
            _ => None,
        })
    }

    pub(crate) fn credential_fault(&self) -> Option<Fault> {
        self.0.iter().copied().find(Fault::is_of_credential)
    }
}

impl FromStr for Plan {
    type Err = InvalidFault;

    fn from_str(text: &str) -> Result<Self, InvalidFault> {
        let mut plan = Self::default();
        for part in text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let fault: Fault = part.parse()?;
            if plan.0.iter().any(|other| other.name() == fault.name()) {
                return Err(InvalidFault::Twice(fault.name()));
            }
            if let Some(other) = plan.credential_fault().filter(|_| fault.is_of_credential()) {
                return Err(InvalidFault::Together(other.name(), fault.name()));
            }
            plan.0.push(fault);
        }
        Ok(plan)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&words.join(","))
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
