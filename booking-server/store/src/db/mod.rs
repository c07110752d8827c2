//! Two databases behind one statement: the only place that knows there are two while serving.
//!
//! Every query in this crate is one text for both: `$1` parameters, row values, `string_agg`,
//! `on conflict`. Instants are 64-bit microseconds, flags booleans, lists JSON text.
//!
//! ```text
//!   Sql { text, values } ──▶ Conn (SQLite | PostgreSQL) ──▶ Row ──▶ Fields, read in order
//!                              │
//!                            blame: error codes of either ──▶ StoreError
//! ```

mod blame;
mod column;
mod conn;
mod fields;
mod sql;

pub(crate) use blame::{Fault, fault, is_dangling, is_duplicate, message};
pub(crate) use column::{Text, columns, json};
pub(crate) use conn::{Conn, Pool, Row};
pub(crate) use fields::{Column, Fields};
pub(crate) use sql::{Sql, Value};
