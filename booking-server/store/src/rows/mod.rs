//! Rows to domain types and back: the only files that know both the schema's columns and the
//! domain's fields.

pub(crate) mod case;
pub(crate) mod hospital;
pub(crate) mod log;
mod record;
mod session;
pub(crate) mod values;

pub use record::Item;
pub(crate) use record::{Record, by_key, delete, put, read, select};
