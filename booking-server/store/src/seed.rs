//! What a new database is filled with.

use std::str::FromStr;

use thiserror::Error;

/// What a database holds when it is new. A database that is in use is never seeded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Seed {
    /// An invented hospital around the article's case (`PT-1204` with `DC-3904`).
    Article,
    /// The same hospital, to be filled further with a week of cases by whoever opened it.
    Demo,
    /// Nothing.
    None,
}

/// A text that names no seed.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("no such seed; write article, demo or none")]
pub struct UnknownSeed;

impl Seed {
    /// The name for the command line, kept in the database too.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Demo => "demo",
            Self::None => "none",
        }
    }

    /// The statements that put it into an empty schema.
    pub(crate) const fn sql(self) -> &'static str {
        match self {
            Self::Article | Self::Demo => include_str!("../seeds/article.sql"),
            Self::None => "",
        }
    }
}

impl FromStr for Seed {
    type Err = UnknownSeed;

    fn from_str(name: &str) -> Result<Self, UnknownSeed> {
        [Self::Article, Self::Demo, Self::None]
            .into_iter()
            .find(|seed| seed.as_str() == name)
            .ok_or(UnknownSeed)
    }
}
