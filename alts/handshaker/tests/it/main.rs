//! The service as libraries see it: over gRPC, in this process, and as the binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod accounts;
mod binary;
mod calls;
mod drill;
mod handshakes;
mod process;
mod support;
