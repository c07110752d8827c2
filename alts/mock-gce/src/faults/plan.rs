//! All that goes wrong on one machine, as it is typed. Pure.

use std::{fmt, str::FromStr};

use super::fault::Fault;

/// Everything that goes wrong on one machine. Empty: nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan(Vec<(Fault, u32)>);

impl Plan {
    /// In the order in which they were named, each with its value: 0 where it has none.
    pub fn faults(&self) -> &[(Fault, u32)] {
        &self.0
    }

    /// Whether nothing goes wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.value(fault).is_some()
    }

    pub(crate) fn value(&self, wanted: Fault) -> Option<u32> {
        let found = self.0.iter().find(|(fault, _)| *fault == wanted);
        found.map(|(_, value)| *value)
    }

    pub(crate) fn credential_fault(&self) -> Option<Fault> {
        let mut faults = self.0.iter().map(|(fault, _)| *fault);
        faults.find(Fault::is_of_credential)
    }
}

impl FromStr for Plan {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut plan = Self::default();
        for part in text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let (fault, value) = Fault::parse(part)?;
            if plan.has(fault) {
                return Err(format!("the fault {fault} is there twice; name it once"));
            }
            if let Some(other) = plan.credential_fault().filter(|_| fault.is_of_credential()) {
                return Err(format!(
                    "{other} and {fault} cannot both be; a credential is wrong in one way at a time"
                ));
            }
            plan.0.push((fault, value));
        }
        Ok(plan)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.0.iter().map(|(fault, value)| match (fault, value) {
            (Fault::Delay, ms) => format!("{fault}={ms}ms"),
            (Fault::Split | Fault::MaxFrameSize | Fault::LimitStreams, n) => format!("{fault}={n}"),
            _ => fault.to_string(),
        });
        f.write_str(&words.collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
