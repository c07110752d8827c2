//! The mock cloud as its callers meet it, without machines: those are the workspace's own tests'
//! business.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod iam;
mod loopback;
mod metadata;
mod support;
