//! The article's call: what was typed → what it means. Pure: no I/O, no connection, and nothing typed
//! can panic it.

use std::time::Duration;

use booking_proto::otbooking::BookingRequest;

use super::{Endpoint, UsageError};
use crate::cli::{Cli, DEFAULT_DOCTOR, DEFAULT_PATIENT, is_command};

/// One question to the booking service, and whom to accept an answer from.
#[derive(Clone, Debug)]
pub struct Call {
    /// The service.
    pub endpoint: Endpoint,
    /// The question.
    pub booking: BookingRequest,
    /// For whom it is asked; nobody in the article.
    pub person: Option<String>,
    /// How long everything together may take.
    pub timeout: Duration,
}

impl Call {
    /// Makes sense of the command line.
    ///
    /// Positional arguments are split at commas and strung together, so `A B C`, `A,B,C` (the
    /// article's form, one argument) and everything between mean the same.
    pub fn from_cli(cli: &Cli) -> Result<Self, UsageError> {
        let asked = &cli.booking;
        if let Some(command) = asked.accounts.iter().find(|account| is_command(account)) {
            return Err(UsageError::CommandAfterAddress {
                command: command.clone(),
            });
        }
        let typed = asked.address.iter().chain(&asked.accounts);
        let or = |typed: &Option<String>, default: &str| {
            typed.clone().unwrap_or_else(|| default.to_owned())
        };
        Ok(Self {
            // `split` yields at least one item, even of an empty argument.
            endpoint: Endpoint::from_items(typed.flat_map(|argument| argument.split(',')))?,
            booking: BookingRequest {
                patient_id: or(&asked.patient, DEFAULT_PATIENT),
                doctor_id: or(&asked.doctor, DEFAULT_DOCTOR),
                description: or(&asked.description, ""),
            },
            person: cli.common.on_behalf_of.clone(),
            timeout: cli.common.timeout,
        })
    }
}

#[cfg(test)]
#[path = "booking_tests.rs"]
mod tests;
