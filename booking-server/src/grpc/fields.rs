//! Reading requests: every field that cannot be read is named, all of them at once.

use std::fmt::Display;

use crate::app::Refusal;

/// The fields of one request that were found wrong so far, each with what is wrong with it.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Nothing wrong yet.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// The value of a field, or a note of why it has none.
    pub(super) fn take<T, E: Display>(
        &mut self,
        field: impl Into<String>,
        parsed: Result<T, E>,
    ) -> Option<T> {
        parsed.map_err(|why| self.refuse(field, why)).ok()
    }

    /// Notes what is wrong with a field.
    pub(super) fn refuse(&mut self, field: impl Into<String>, why: impl Display) {
        self.0.push((field.into(), why.to_string()));
    }

    /// What is read of each element, which is given with its place; nothing where one was refused.
    pub(super) fn each<W, T>(
        &mut self,
        wire: &[W],
        mut read: impl FnMut(&mut Self, usize, &W) -> Option<T>,
    ) -> Option<Vec<T>> {
        let each = wire.iter().enumerate();
        let each: Vec<_> = each.map(|(at, element)| read(self, at, element)).collect();
        each.into_iter().collect()
    }

    /// What was read, unless something is wrong.
    ///
    /// `read` is `None` only where a field was refused.
    pub(super) fn finish<T>(self, read: Option<T>) -> Result<T, Refusal> {
        match read {
            Some(read) if self.0.is_empty() => Ok(read),
            _ => {
                debug_assert!(
                    !self.0.is_empty(),
                    "nothing was read and no field was refused"
                );
                Err(Refusal::Fields(self.0))
            }
        }
    }
}

/// Reads a request: `read` says what it makes of it, or notes in the fields why nothing.
pub(super) fn reading<T>(read: impl FnOnce(&mut Fields) -> Option<T>) -> Result<T, Refusal> {
    let mut fields = Fields::new();
    let read = read(&mut fields);
    fields.finish(read)
}
