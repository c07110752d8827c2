//! A statement and its parameters, put together piece by piece.

use std::{borrow::Cow, fmt::Write as _};

use jiff::Timestamp;

/// A parameter. Its variant says its type to PostgreSQL, for an absent value too.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Vec<u8>),
    Flag(Option<bool>),
}

macro_rules! from {
    ($($type:ty => $variant:ident, |$value:ident| $made:expr;)*) => {
        $(impl From<$type> for Value {
            fn from($value: $type) -> Self {
                Self::$variant($made)
            }
        })*
    };
}

from! {
    i64 => Int, |value| Some(value);
    Option<i64> => Int, |value| value;
    u16 => Int, |value| Some(value.into());
    u32 => Int, |value| Some(value.into());
    i32 => Int, |value| Some(value.into());
    &str => Text, |value| Some(value.to_owned());
    String => Text, |value| Some(value);
    Option<&str> => Text, |value| value.map(str::to_owned);
    Option<String> => Text, |value| value;
    Vec<u8> => Bytes, |value| value;
    [u8; 32] => Bytes, |value| value.to_vec();
    bool => Flag, |value| Some(value);
    Option<bool> => Flag, |value| value;
    Timestamp => Int, |value| Some(value.as_microsecond());
    Option<Timestamp> => Int, |value| value.map(Timestamp::as_microsecond);
}

/// A count or a version, which in either database is a signed 64-bit number.
impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Self::Int(Some(value.try_into().unwrap_or(i64::MAX)))
    }
}

/// Text with `$n` in it, and the values for them.
///
/// The text never holds a value: whatever comes from outside goes through [`Self::arg`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Sql {
    pub(crate) text: Cow<'static, str>,
    pub(super) values: Vec<Value>,
}

impl Sql {
    /// A text whose parameters are then given by [`Self::bind`], or that grows.
    pub(crate) fn new(text: &'static str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            values: Vec::new(),
        }
    }

    /// A text that was put together from the names of columns.
    pub(crate) fn owned(text: String) -> Self {
        Self {
            text: Cow::Owned(text),
            values: Vec::new(),
        }
    }

    /// The value of the next `$n` that stands in the text already.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Adds to the text.
    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.to_mut().push_str(text);
        self
    }

    /// Adds a parameter and its value to the text.
    pub(crate) fn arg(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        let number = self.values.len();
        write!(self.text.to_mut(), "${number}").expect("a String takes everything");
        self
    }

    /// Adds `($1, $2, …)`; for no values a list that nothing is in.
    pub(crate) fn list<V: Into<Value>>(
        &mut self,
        values: impl IntoIterator<Item = V>,
    ) -> &mut Self {
        let before = self.values.len();
        self.push("(");
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            self.arg(value);
        }
        if self.values.len() == before {
            self.push("null");
        }
        self.push(")")
    }
}

#[cfg(test)]
#[path = "sql_tests.rs"]
mod tests;
