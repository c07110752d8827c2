//! What an update changes: the fields that were typed, and their names.

use prost_types::FieldMask;

use super::usage::UsageError;

/// The fields of a message that were typed, by their paths in the contract.
#[derive(Debug, Default)]
pub struct UpdateMask(Vec<String>);

impl UpdateMask {
    /// Puts what was typed into a field; nothing typed leaves it as it is.
    pub fn put<T>(&mut self, path: &str, typed: Option<impl Into<T>>, field: &mut T) {
        if let Some(typed) = typed {
            self.0.push(path.to_owned());
            *field = typed.into();
        }
    }

    /// The same for a list, which is replaced as a whole.
    pub fn put_all<T>(&mut self, path: &str, typed: Vec<T>, field: &mut Vec<T>) {
        self.put(path, Some(typed).filter(|typed| !typed.is_empty()), field);
    }

    /// As a message has it.
    ///
    /// # Errors
    /// [`UsageError::Meaning`] when nothing was typed.
    pub fn finish(self) -> Result<FieldMask, UsageError> {
        if self.0.is_empty() {
            return Err(UsageError::Meaning(
                "nothing to change; give at least one of the fields that --help lists".to_owned(),
            ));
        }
        Ok(FieldMask { paths: self.0 })
    }
}
