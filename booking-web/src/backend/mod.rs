//! The seam to the booking service: what is asked, what comes back, and who proved to say so.
//!
//! Pages see calls that end with an answer or a refusal; `alts.rs` alone knows ALTS, and tests put
//! a fake in its place.

mod access;
pub mod alts;
mod channel;
mod client;
mod details;
mod observed;
mod refusal;
mod reply;

#[cfg(test)]
pub(crate) mod fake;

pub(crate) use self::{
    access::Access,
    client::{BackendClient, BackendHandle},
};
pub use self::{
    channel::{Backend, GrpcChannel, Pending},
    details::{BrokenRule, FieldError},
    refusal::{Refusal, RefusalKind},
    reply::{Booking, Lookup, Reply, Verified},
};
