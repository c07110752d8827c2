//! Who may do what: accounts, people, roles, permissions.
//!
//! ```text
//!  ALTS proves an account          metadata names a person (from accounts with act_as only)
//!            |                                  |
//!        its grants          intersected        their grants
//!            +----------------- with -----------+
//!                               |
//!                        the caller's grants: nothing that is not in both, nothing by default
//! ```
//!
//! [`methods`] says which permission each method needs; [`Role`] which permissions a role has; the
//! access file (`--access`) which roles accounts and people have. [`Gatekeeper`] holds the present
//! policy and puts a new one in its place when the file changes.

mod caller;
mod file;
mod gatekeeper;
mod grants;
pub mod methods;
mod policy;
mod role;
mod table;
#[cfg(test)]
mod tests;

pub use booking_proto::contract::permission::Permission;
pub use caller::{Caller, Denied};
pub use file::{AccessError, parse};
pub use gatekeeper::{AccessFile, Gatekeeper};
pub use grants::{Grants, Scope};
pub use policy::{Entry, Policy, Stranger};
pub use role::Role;
pub use table::role_table;
