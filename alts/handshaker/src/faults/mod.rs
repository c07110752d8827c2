//! Faults on purpose, for people who test what their own gRPC client does when a handshaker or a
//! peer misbehaves. Off unless switched on, machine by machine.
//!
//! | file | for |
//! |---|---|
//! | `fault.rs`, `plan.rs` | what may be asked for, as it is typed; pure |
//! | `spoil.rs` | answers made wrong; pure |
//! | `credential.rs` | credentials made wrong |
//! | `switch.rs` | what is switched on now |

mod credential;
mod fault;
mod plan;
mod spoil;
mod switch;

pub(crate) use self::{
    credential::credential,
    spoil::{Ending, spoil},
};
pub use self::{
    fault::{Fault, InvalidFault},
    plan::Plan,
    switch::{FaultSwitch, Switches},
};
