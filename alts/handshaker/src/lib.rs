//! A handshaker service for gRPC's ALTS, its authority and a mock of both. The README is the crate's documentation:
//!
#![doc = include_str!("../README.md")]

pub mod admin;
mod append_log;
pub mod authority;
mod call;
pub mod certificate_authority;
mod clock;
pub mod config;
mod connection;
mod connections;
pub mod directory;
pub mod faults;
pub mod handshake;
mod hex;
pub mod hook;
mod http;
pub mod identity;
mod issuer;
mod limits;
mod listener;
pub mod metrics;
pub mod mock;
pub mod peer_check;
pub mod remote;
mod renewal;
mod report;
mod retry;
mod rng;
pub mod serve;
mod servers;
mod service;
pub mod session;
mod spelling;
pub mod state;
mod trust_feed;

pub use alts::ServiceAccount;
pub use clock::Clock;
pub use connections::allow_many_files;
pub use http::{HttpError, TlsRoots};
pub use issuer::{Issuer, NoCredential};
pub use limits::Limits;
pub use rng::NoEntropy;
pub use servers::BindError;
pub use service::MachineHandshaker;
pub use trust_feed::TrustFeed;
