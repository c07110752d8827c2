//! The client's side: offers, then believes nothing the server says before its MAC is right.

mod config;
mod finished;
mod init;

pub use self::config::ClientConfig;
pub(crate) use self::{finished::ExpectServerFinished, init::ExpectServerInit};
