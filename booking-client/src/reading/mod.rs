//! What is typed, whatever the command: shared arguments, times, days, names, and what they mean in the
//! contract's words. Pure: no I/O, no connection; where a civil time is meant, the site is an argument.

pub mod common;
pub mod endpoint;
pub mod enum_names;
pub mod filter;
pub mod moment;
pub mod name;
pub mod update_mask;
pub mod usage;
pub mod week;
