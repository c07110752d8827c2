//! The text of a configuration and its name: turns positions into lines.

use std::{
    fmt, fs,
    ops::{Range, RangeInclusive},
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use serde::de::DeserializeOwned;
use toml::Spanned;
use zeroize::Zeroizing;

use crate::{ServiceAccount, handshake::MachineName};

/// Largest file that a configuration may name, in bytes: a policy, a secret.
const MAX_FILE_LEN: u64 = 1024 * 1024;

/// A configuration that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct ConfigError {
    file: String,
    line: usize,
    problem: String,
}

pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) file: &'a str,
    /// Shows every key.
    pub(super) example: &'a str,
}

impl Source<'_> {
    pub(super) fn raw<Raw: DeserializeOwned>(&self) -> Result<Raw, ConfigError> {
        toml::from_str(self.text).map_err(|error| {
            let message = one_line(error.message());
            let problem = format!("{message}; {} shows every key", self.example);
            self.error(error.span().unwrap_or_default(), problem)
        })
    }

    pub(super) fn error(&self, at: Range<usize>, problem: impl fmt::Display) -> ConfigError {
        let before = self.text.get(..at.start).unwrap_or(self.text);
        ConfigError {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            problem: problem.to_string(),
        }
    }

    /// Something that must be there.
    pub(super) fn required<T>(&self, value: Option<T>, key: &str) -> Result<T, ConfigError> {
        value.ok_or_else(|| {
            self.error(
                0..0,
                format!("`{key}` is missing; {} shows every key", self.example),
            )
        })
    }

    pub(super) fn parse<T: FromStr>(
        &self,
        value: &Spanned<String>,
        remedy: &str,
    ) -> Result<T, ConfigError>
    where
        T::Err: fmt::Display,
    {
        value.get_ref().parse().map_err(|error| {
            let problem = format!("{:?}: {error}; {remedy}", value.get_ref());
            self.error(value.span(), problem)
        })
    }

    pub(super) fn account(&self, value: &Spanned<String>) -> Result<ServiceAccount, ConfigError> {
        self.parse(value, "write it as in IAM")
    }

    pub(super) fn machine(&self, value: &Spanned<String>) -> Result<MachineName, ConfigError> {
        MachineName::parse(value.get_ref()).map_err(|problem| self.error(value.span(), problem))
    }

    /// Seconds within bounds, or what holds without them.
    pub(super) fn seconds(
        &self,
        key: &str,
        value: Option<&Spanned<u64>>,
        bounds: RangeInclusive<u64>,
        default: Duration,
    ) -> Result<Duration, ConfigError> {
        match value {
            None => Ok(default),
            Some(value) if bounds.contains(value.get_ref()) => {
                Ok(Duration::from_secs(*value.get_ref()))
            }
            Some(value) => {
                let (least, most) = (bounds.start(), bounds.end());
                let problem = format!("{key} must be {least} to {most} seconds");
                Err(self.error(value.span(), problem))
            }
        }
    }

    /// The contents of a file that the configuration names. Relative paths are relative to the
    /// configuration.
    pub(super) fn read(
        &self,
        path: &Spanned<String>,
    ) -> Result<(Zeroizing<String>, String), ConfigError> {
        let base = Path::new(self.file)
            .parent()
            .map(Path::to_owned)
            .unwrap_or_default();
        let file: PathBuf = base.join(path.get_ref());
        let failed = |error: String| {
            let problem = format!("cannot read {}: {error}; check the path", file.display());
            self.error(path.span(), problem)
        };
        let metadata = fs::metadata(&file).map_err(|error| failed(error.to_string()))?;
        if metadata.len() > MAX_FILE_LEN {
            return Err(failed("it is larger than 1 MiB".to_owned()));
        }
        let text = fs::read_to_string(&file).map_err(|error| failed(error.to_string()))?;
        Ok((Zeroizing::new(text), file.display().to_string()))
    }
}

pub(super) fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}
