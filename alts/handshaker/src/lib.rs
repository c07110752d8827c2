#![doc = include_str!("../README.md")]

pub mod admin;
pub mod authority;

pub mod cloud;
pub mod config;
mod connection;
pub mod directory;
mod environment;
pub mod handshake;
mod issuer;
mod listener;
mod log;
pub mod mock;
mod service;
pub mod session;
mod spelling;
pub mod state;

pub use alts::ServiceAccount;
pub use environment::{Clock, NoEntropy};
pub use issuer::{Issuer, NoCredential};
pub use service::{Limits, MachineHandshaker};
