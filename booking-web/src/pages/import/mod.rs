//! `/import`: logs of past cases, from a file to the hospital's records, in steps:
//!
//! ```text
//!   GET /import ─► POST /import (file) ─► GET /import/{id}: what is what?
//!                                           │ POST …/check: what would happen?
//!                                           ▼
//!                                         counts, rows with reasons
//!                                           │ POST …/import
//!                                           ▼
//!                                         progress, then the same in earnest
//! ```
//!
//! Each step is a page that can be reloaded; while rows are sent it refreshes itself.

pub(crate) mod log;
mod questions;
mod upload;

pub(crate) use self::upload::{MAX_UPLOAD_BYTES, show, upload};
