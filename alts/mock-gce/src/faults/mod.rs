//! Faults on purpose, for people who test what their own gRPC client does when a handshaker or a
//! peer misbehaves. Off unless switched on, machine by machine.
//!
//! | file | for |
//! |---|---|
//! | `fault.rs`, `plan.rs` | what may be asked for, as it is typed; pure |
//! | `inject.rs` | answers made wrong; pure |
//! | `credential.rs` | credentials made wrong |
//! | `switch.rs` | what is switched on now |
//! | `proto.rs`, `service.rs` | the switches over gRPC |

mod credential;
mod fault;
mod inject;
mod plan;
pub mod proto;
pub(crate) mod service;
mod switch;

pub use self::{
    credential::Machine,
    fault::Fault,
    plan::Plan,
    switch::{FaultSwitch, Switches},
};
