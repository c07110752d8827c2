//! One machine: the files that make it look like a Google Compute Engine VM, and the process that
//! keeps it.

pub mod files;
pub mod keeper;
