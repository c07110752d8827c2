//! A handshaker's configuration: TOML, parsed whole or refused with file and line.
//!
//! | file | for |
//! |---|---|
//! | `serve.rs` | `alts-handshaker serve`: one machine's handshaker |
//! | `handshake.rs` | how handshakes are made |

pub mod handshake;
pub mod serve;
