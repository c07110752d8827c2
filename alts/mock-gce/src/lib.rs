//! Machines in which a gRPC program believes it is on Google Compute Engine. The README is the crate's documentation:
//!
#![doc = include_str!("../README.md")]

pub mod api;
pub mod cloud;
pub mod config;
pub mod dns;
pub mod faults;
mod html;
pub mod iam;
pub mod identity;
pub mod instance;
pub mod loopback;
pub mod machine;
pub mod metadata;
pub mod project;
pub mod system;
