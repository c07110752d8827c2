//! The server's side: chooses from the client's offer, proves itself first, and ends with the
//! client's proof.

mod config;
mod finished;
mod init;

pub use self::config::ServerConfig;
pub(crate) use self::{finished::ExpectClientFinished, init::ExpectClientInit};
