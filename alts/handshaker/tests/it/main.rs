//! The service as libraries see it: over gRPC, in this process, and as the binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod accounts;
mod binary;
mod calls;
mod crash;
mod deaf;
mod drill;
mod faults;
mod gce;
#[path = "../../src/identity/test_signer.rs"]
mod google;
mod handshakes;
mod limits;
mod logs;
mod on_path;
mod operate;
mod process;
mod processes;
mod refusals;
mod remote;
mod suite;
mod support;
