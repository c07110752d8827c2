//! How values are written: texts that are parsed, numbers within bounds, files, lists that hold something.

use std::{fmt::Display, net::SocketAddr, ops::RangeInclusive, str::FromStr, time::Duration};

use serde::{Deserialize, Deserializer, de::Error};
use zeroize::Zeroizing;

/// What a text means; else the text itself, what is wrong with it, and a remedy.
///
/// # Errors
/// In one line.
pub fn parsed<T: FromStr<Err: Display>>(text: &str, remedy: &str) -> Result<T, String> {
    text.parse()
        .map_err(|error| format!("{text:?}: {error}; {remedy}"))
}

/// An address to listen on.
///
/// # Errors
/// When it is none.
pub fn listen_address<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(from)?;
    parsed(&text, "write IP:PORT; port 0 takes a free one").map_err(Error::custom)
}

/// Whole seconds within bounds.
///
/// # Errors
/// When it is none.
pub fn seconds<'de, D: Deserializer<'de>>(
    from: D,
    key: &str,
    bounds: RangeInclusive<u64>,
) -> Result<Duration, D::Error> {
    let seconds = u64::deserialize(from)?;
    if bounds.contains(&seconds) {
        return Ok(Duration::from_secs(seconds));
    }
    let (least, most) = bounds.into_inner();
    Err(Error::custom(format!(
        "{key} must be {least} to {most} seconds"
    )))
}

/// A list that may not be empty; `problem` says what an empty one would mean.
///
/// # Errors
/// When it is none.
pub fn some<'de, D, T>(from: D, problem: &str) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let list = Vec::deserialize(from)?;
    match list.is_empty() {
        true => Err(Error::custom(problem)),
        false => Ok(list),
    }
}

/// What is in a file that the configuration names; `understand` is given its text and its name.
///
/// # Errors
/// When it is none.
pub fn in_file<'de, D: Deserializer<'de>, T, E: Display>(
    from: D,
    understand: impl FnOnce(&str, &str) -> Result<T, E>,
) -> Result<T, D::Error> {
    #[derive(Deserialize)]
    #[serde(expecting = "the path of a file")]
    struct NamedFile {
        name: String,
        text: String,
    }
    let NamedFile { name, text } = NamedFile::deserialize(from)?;
    understand(&Zeroizing::new(text), &name).map_err(Error::custom)
}
