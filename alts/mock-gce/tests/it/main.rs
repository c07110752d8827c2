//! The mock cloud's HTTP faces as their callers meet them, without sockets and machines: those are
//! the workspace's own tests' business.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod iam;
mod metadata;
mod support;
