//! Filters in the service's language (a subset of AIP-160), from flags: conditions joined by AND.

use super::{
    moment::{Bound, SiteTime},
    usage::UsageError,
};

/// Conditions, joined when it is done.
#[derive(Debug, Default)]
pub struct Conditions(Vec<String>);

impl Conditions {
    /// A condition in the service's own language.
    pub fn add(&mut self, condition: impl Into<String>) {
        self.0.push(condition.into());
    }

    /// A text that a field must be, when one was typed.
    pub fn text(&mut self, field: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.add(format!("{field} = {}", quoted(value)));
        }
    }

    /// From when until when, as far as it was typed.
    ///
    /// # Errors
    /// [`UsageError`] for a civil time that names no instant, or two.
    pub fn range(
        &mut self,
        field: &str,
        (from, to): (Option<Bound>, Option<Bound>),
        site: &SiteTime,
    ) -> Result<(), UsageError> {
        if let Some(from) = from {
            self.add(format!("{field} >= \"{}\"", from.from(site)?));
        }
        if let Some(to) = to {
            self.add(format!("{field} < \"{}\"", to.to(site)?));
        }
        Ok(())
    }

    /// Any of several; none at all is no condition.
    pub fn any(&mut self, field: &str, values: impl IntoIterator<Item = impl Into<String>>) {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        match values.as_slice() {
            [] => {}
            [one] => self.add(format!("{field} = {one}")),
            several => self.add(format!("{field} = ({})", several.join(", "))),
        }
    }

    /// All of them.
    pub fn join(self) -> String {
        self.0.join(" AND ")
    }
}

/// In double quotes, with what would end them escaped.
pub fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}
