//! Configurations: TOML, understood whole or refused with file and line.
//!
//! | file | for |
//! |---|---|
//! | `source.rs` | the text, its name, and errors that point into it |
//! | `values.rs` | how values are written |

pub mod source;
pub mod values;
