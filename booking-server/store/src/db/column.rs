//! How the plainest values are kept in columns, and whatever is made of others.

use booking_domain::TimeRange;
use jiff::Timestamp;

use super::{Column, Fields, Value};
use crate::StoreError;

/// What is kept as a text of its own.
pub(crate) trait Text: Sized {
    /// What the text stands for, or what is wrong with it.
    fn parse(text: &str) -> Result<Self, String>;

    /// Its text.
    fn text(&self) -> String;
}

impl<T: Text> Column for T {
    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        f.parse(T::parse)
    }

    fn write(&self, values: &mut Vec<Value>) {
        values.push(self.text().into());
    }
}

impl<T: Text> Column for Option<T> {
    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        f.opt_parse(T::parse)
    }

    fn write(&self, values: &mut Vec<Value>) {
        values.push(self.as_ref().map(T::text).into());
    }
}

/// A list of texts, as JSON.
impl<T: Text> Column for Vec<T> {
    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        let texts: Vec<String> = f.json()?;
        let all = texts.iter().map(|text| T::parse(text));
        all.collect::<Result<_, _>>()
            .map_err(|error| f.damaged(&error))
    }

    fn write(&self, values: &mut Vec<Value>) {
        values.push(json(self.iter().map(T::text).collect::<Vec<_>>()).into());
    }
}

/// As JSON text.
pub(crate) fn json<T: serde::Serialize>(value: T) -> String {
    serde_json::to_string(&value).expect("texts and numbers are always JSON")
}

/// What [`Fields`] reads by itself.
macro_rules! plain {
    ($($type:ty => $read:ident;)*) => {$(
        impl Column for $type {
            fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
                f.$read()
            }

            fn write(&self, values: &mut Vec<Value>) {
                values.push(self.to_owned().into());
            }
        }
    )*};
}

plain! {
    u16 => number;
    u32 => number;
    u64 => number;
    i32 => number;
    bool => flag;
    String => text;
    Option<String> => opt_text;
    Timestamp => instant;
    Option<Timestamp> => opt_instant;
    Vec<u8> => bytes;
    [u8; 32] => hash;
}

/// Two columns: the start and the end.
impl Column for TimeRange {
    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        let (start, end) = (f.instant()?, f.instant()?);
        Self::new(start, end).map_err(|error| f.damaged(&error))
    }

    fn write(&self, values: &mut Vec<Value>) {
        values.extend([self.start().into(), self.end().into()]);
    }
}

/// The fields of a struct in the order of its columns; those named after `and` are rows of their own,
/// and empty at first.
macro_rules! columns {
    ($type:ident { $($field:ident),* $(,)? } $(and $($elsewhere:ident),*)?) => {
        impl $crate::db::Column for $type {
            fn read(f: &mut $crate::db::Fields<'_>) -> Result<Self, $crate::StoreError> {
                Ok(Self {
                    $($field: f.take()?,)*
                    $($($elsewhere: Default::default(),)*)?
                })
            }

            fn write(&self, values: &mut Vec<$crate::db::Value>) {
                $($crate::db::Column::write(&self.$field, values);)*
            }
        }
    };
}
pub(crate) use columns;
