//! What the long-running programs around ALTS share: an authority, a handshaker and a mock of both.
//!
//! | file | for |
//! |---|---|
//! | `clock.rs`, `rng.rs` | time and randomness, as pure code is given them |
//! | `listener.rs`, `connections.rs` | connections for tonic, a bounded number of them |
//! | `servers.rs` | several servers that start together and end together |
//! | `state.rs`, `append_log.rs` | what is kept on disk |
//! | `admin/` | the port for operators, and how it is asked |
//! | `metrics.rs` | what is counted, as text |
//! | `config/` | configurations: TOML, understood whole or refused with file and line |
//! | `http.rs`, `retry.rs` | asking others |
//! | `run.rs` | from a command to a process, until a signal |

pub mod admin;
pub mod append_log;
pub mod clock;
pub mod config;
pub mod connections;
pub mod hex;
pub mod http;
pub mod listener;
pub mod metrics;
pub mod retry;
pub mod rng;
pub mod run;
pub mod servers;
pub mod state;
