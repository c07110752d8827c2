//! The text of a configuration and its name: reads it by serde, and says in which line a problem is.

use std::{collections::BTreeSet, fmt::Display, fs, io, ops::Range, path::Path};

use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeTable, DeValue, Error},
};

/// Largest configuration that is read, and largest file that one may name, in bytes.
const MAX_FILE_LEN: u64 = 1024 * 1024;

/// A configuration that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct ConfigError {
    file: String,
    line: usize,
    problem: String,
}

/// A configuration that is not understood yet.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// TOML.
    pub text: &'a str,
    /// Its name, for errors. Files that it names are beside it.
    pub file: &'a str,
    /// Shows every key.
    pub example: &'a str,
    /// Keys that name a file. What is in the file takes the place of its name before anything is
    /// understood; [`in_file`](super::values::in_file) reads it.
    pub file_keys: &'a [&'a str],
}

impl Source<'_> {
    /// Understands all of it.
    ///
    /// # Errors
    /// The first problem, with its line.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        let mut document = DeTable::parse(self.text).map_err(|error| self.misread(&error))?;
        self.take_in_files(document.get_mut())?;
        T::deserialize(toml::Deserializer::from(document)).map_err(|error| self.misread(&error))
    }

    fn misread(&self, error: &Error) -> ConfigError {
        let message: Vec<&str> = error.message().split_whitespace().collect();
        let problem = format!("{}; {} shows every key", message.join(" "), self.example);
        self.error(error.span().unwrap_or_default(), problem)
    }

    fn error(&self, at: Range<usize>, problem: impl Display) -> ConfigError {
        let before = self.text.get(..at.start).unwrap_or(self.text);
        ConfigError {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            problem: problem.to_string(),
        }
    }

    /// A problem with the value at a path of keys and positions in lists, such as `machine.2.name`;
    /// with the whole text when nothing is there.
    pub fn problem(&self, path: &str, problem: impl Display) -> ConfigError {
        self.error(self.span_of(path).unwrap_or_default(), problem)
    }

    fn span_of(&self, path: &str) -> Option<Range<usize>> {
        let document = DeTable::parse(self.text).ok()?;
        let mut steps = path.split('.');
        let mut found = document.get_ref().get(steps.next()?)?;
        for step in steps {
            found = match step.parse::<usize>() {
                Ok(position) => found.get_ref().get(position)?,
                Err(_) => found.get_ref().get(step)?,
            };
        }
        Some(found.span())
    }

    /// Insists that no two entries of a list have the same value at `key`.
    ///
    /// # Errors
    /// At the second one, in the words of `problem`.
    pub fn unique<T: Ord>(
        &self,
        list: &str,
        key: &str,
        values: impl IntoIterator<Item = T>,
        problem: impl Fn(&T) -> String,
    ) -> Result<(), ConfigError> {
        let mut seen = BTreeSet::new();
        for (position, value) in values.into_iter().enumerate() {
            if seen.contains(&value) {
                return Err(self.problem(&format!("{list}.{position}.{key}"), problem(&value)));
            }
            seen.insert(value);
        }
        Ok(())
    }

    fn take_in_files(&self, table: &mut DeTable<'_>) -> Result<(), ConfigError> {
        for (key, value) in table.iter_mut() {
            let at = value.span();
            match value.get_mut() {
                DeValue::Table(inner) => self.take_in_files(inner)?,
                DeValue::Array(entries) => {
                    for entry in entries.iter_mut() {
                        if let DeValue::Table(inner) = entry.get_mut() {
                            self.take_in_files(inner)?;
                        }
                    }
                }
                DeValue::String(path) if self.file_keys.contains(&&**key.get_ref()) => {
                    let path = Path::new(self.file).with_file_name(&**path);
                    let text = read_bounded(&path).map_err(|cause| {
                        let path = path.display();
                        self.error(
                            at.clone(),
                            format!("cannot read {path}: {cause}; check the path"),
                        )
                    })?;
                    let name = path.display().to_string();
                    let file = [("name", name), ("text", text)].map(|(key, text)| {
                        let text = DeValue::String(text.into());
                        let key = Spanned::new(at.clone(), key.into());
                        (key, Spanned::new(at.clone(), text))
                    });
                    *value.get_mut() = DeValue::Table(file.into_iter().collect());
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// A configuration, or a file that one names.
pub(crate) fn read_bounded(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.len() > MAX_FILE_LEN {
        let kind = io::ErrorKind::FileTooLarge;
        return Err(io::Error::new(kind, "it is larger than 1 MiB"));
    }
    fs::read_to_string(path)
}
