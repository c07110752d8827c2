//! Machines in which a gRPC program believes it is on Google Compute Engine. The README is the crate's documentation:
//!
#![doc = include_str!("../README.md")]
//!
//! Machines are Linux only; `loopback` and `faults` need none of them.

#[cfg(target_os = "linux")]
pub mod api;
#[cfg(target_os = "linux")]
pub mod cloud;
#[cfg(target_os = "linux")]
pub mod config;
#[cfg(target_os = "linux")]
pub mod dns;
pub mod faults;
#[cfg(target_os = "linux")]
mod html;
#[cfg(target_os = "linux")]
pub mod iam;
#[cfg(target_os = "linux")]
pub mod identity;
#[cfg(target_os = "linux")]
pub mod instance;
pub mod loopback;
#[cfg(target_os = "linux")]
pub mod machine;
#[cfg(target_os = "linux")]
pub mod metadata;
#[cfg(target_os = "linux")]
pub mod project;
#[cfg(target_os = "linux")]
pub mod system;
