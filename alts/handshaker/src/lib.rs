//! A handshaker service for gRPC's ALTS, as a machine runs it. The README is the crate's documentation:
//!
#![doc = include_str!("../README.md")]

mod call;
pub mod config;
mod connection;
pub mod hook;
pub mod limits;
pub mod metrics;
pub mod peer_check;
mod renewal;
mod report;
pub mod serve;
pub mod service;
pub mod session;
