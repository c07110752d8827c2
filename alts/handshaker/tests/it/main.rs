//! The service as libraries see it: over gRPC, in this process, and as the binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod authority_limits;
mod binary;
mod calls;
mod crash;
mod deaf;
mod gce;
#[path = "../../../authority/tests/keys/test_signer.rs"]
mod google;
mod kubernetes;
mod limits;
mod logs;
mod on_path;
mod processes;
mod program;
mod refusals;
mod remote;
mod suite;
mod support;
