//! What was typed → what it means: messages of the contract. Pure: no I/O, no connection; where a
//! civil time is meant, the site's zone is an argument. One file per family of commands.

mod booking;
mod cases;
mod catalogue;
mod endpoint;
mod filter;
mod hospital;
mod name;
mod schedule;
mod sessions;
mod transfer;
mod write;

use crate::cli::Cli;

pub use self::{
    booking::Call,
    cases::{correct, create, draft, list, milestone, moves, plan, reschedule, update},
    catalogue::{procedure_type, procedure_type_mask, reason, reason_mask, unit, unit_mask},
    endpoint::{Endpoint, ServerAddress, UsageError},
    filter::audit_filter,
    hospital::{away, staff, staff_mask, theatre, theatre_mask, unavailabilities},
    name::{id_of, resource},
    schedule::{conflicts, day, report, slots, watch},
    sessions::{changed_template, list_sessions, moved_session, new_session, new_template},
    transfer::{export, source_name},
    write::{WriteOptions, overrides},
};

/// The service that a command is for.
///
/// # Errors
/// [`UsageError`] when nothing says which, or what says so is wrong.
pub fn endpoint(cli: &Cli) -> Result<Endpoint, UsageError> {
    if let Some(typed) = cli.booking.typed() {
        return Err(UsageError::MixedForms { typed });
    }
    let Some(server) = &cli.common.server else {
        return Err(UsageError::NoServer);
    };
    let accounts = cli.common.server_account.iter().map(String::as_str);
    Endpoint::from_items(std::iter::once(server.as_str()).chain(accounts))
}
