//! Whom a handshaker believes, and what narrows it.

mod glob;
mod policy;
mod recent;
mod verifier;

pub use self::{
    glob::Glob,
    policy::{NamePolicy, Policy, PolicyError},
    verifier::{PeerVerifier, RevocationRule},
};
