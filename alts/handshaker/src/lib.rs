//! A handshaker service for gRPC's ALTS, its authority and a mock of both. The README is the crate's documentation:
//!
#![doc = include_str!("../README.md")]

pub mod admin;
pub mod authority;
pub mod cloud;
pub mod config;
mod connection;
pub mod directory;
mod environment;
pub mod faults;
mod hex;
mod http;
pub mod identity;
mod issuer;
mod line_log;
mod listener;
mod log;
pub mod metrics;
pub mod mock;
mod process;
pub mod remote;
mod renewal;
mod retry;
pub mod revocation;
mod rpc;
pub mod serve;
mod service;
pub mod session;
mod slots;
mod spelling;
pub mod state;
mod trust_feed;

pub use admin::BindError;
pub use alts::ServiceAccount;
pub use alts_handshake as handshake;
pub use environment::{Clock, NoEntropy, allow_many_files};
pub use http::{HttpError, TlsRoots};
pub use issuer::{Issuer, NoCredential};
pub use service::{Limits, MachineHandshaker};
pub use trust_feed::TrustFeed;
