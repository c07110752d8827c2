//! What was typed → what it means. Pure: no I/O, no connection, and nothing typed can panic it.

use std::{fmt, time::Duration};

use alts::ServiceAccount;
use booking_proto::otbooking::BookingRequest;
use thiserror::Error;

use crate::{cli::Cli, printable::Printable};

/// The longest DNS name (RFC 1035, section 2.3.4).
const MAX_HOST_BYTES: usize = 253;

/// One question to the booking service, and whom to accept an answer from.
#[derive(Clone, Debug)]
pub struct Call {
    /// Where the service listens.
    pub address: ServerAddress,
    /// The service accounts the server may prove to be. Never empty, no account twice.
    pub targets: Vec<ServiceAccount>,
    /// The question.
    pub booking: BookingRequest,
    /// How long everything together may take.
    pub timeout: Duration,
}

impl Call {
    /// Makes sense of the command line.
    ///
    /// Positional arguments are split at commas and strung together, so `A B C`, `A,B,C` (the
    /// article's form, one argument) and everything between mean the same.
    pub fn from_cli(cli: &Cli) -> Result<Self, UsageError> {
        let typed = std::iter::once(&cli.address).chain(&cli.accounts);
        let mut items = typed.flat_map(|argument| argument.split(','));
        // `split` yields at least one item, even of an empty argument.
        let address = items.next().unwrap_or_default().parse()?;
        let mut targets: Vec<ServiceAccount> = Vec::new();
        for item in items {
            let account = parse_account(item)?;
            if !targets.contains(&account) {
                targets.push(account);
            }
        }
        if targets.is_empty() {
            return Err(UsageError::NoAccount);
        }
        Ok(Self {
            address,
            targets,
            booking: BookingRequest {
                patient_id: cli.patient.clone(),
                doctor_id: cli.doctor.clone(),
                description: cli.description.clone(),
            },
            timeout: cli.timeout,
        })
    }
}

fn parse_account(item: &str) -> Result<ServiceAccount, UsageError> {
    if item.is_empty() {
        return Err(UsageError::EmptyItem);
    }
    item.parse::<ServiceAccount>()
        .map_err(|error| UsageError::Account {
            typed: Printable(item).to_string(),
            why: Printable(&error.to_string()).to_string(),
        })
}

/// A `host:port` that a connection can be tried to: a DNS name, an IPv4 address or an IPv6 address
/// in brackets, and a port that is not 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddress(String);

impl ServerAddress {
    /// The address as it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for ServerAddress {
    type Err = UsageError;

    fn from_str(typed: &str) -> Result<Self, UsageError> {
        let wrong = |why| UsageError::Address {
            typed: Printable(typed).to_string(),
            why,
        };
        if typed.contains("://") {
            return Err(wrong("a scheme does not belong in front of it"));
        }
        let Some((host, port)) = typed.rsplit_once(':') else {
            return Err(if typed.contains('@') {
                UsageError::AccountFirst {
                    typed: Printable(typed).to_string(),
                }
            } else {
                wrong("the port is missing")
            });
        };
        // `parse` alone would take "+80".
        let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
        if !digits || !port.parse::<u16>().is_ok_and(|port| port > 0) {
            return Err(wrong("the port must be a number from 1 to 65535"));
        }
        check_host(host).map_err(wrong)?;
        Ok(Self(typed.to_owned()))
    }
}

fn check_host(host: &str) -> Result<(), &'static str> {
    if let Some(inner) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return match inner.parse::<std::net::Ipv6Addr>() {
            Ok(_) => Ok(()),
            Err(_) => Err("there is no IPv6 address between the brackets"),
        };
    }
    if host.is_empty() {
        return Err("the host is missing");
    }
    if host.contains(':') {
        return Err("an IPv6 address needs brackets, as in [::1]:8080");
    }
    if host.len() > MAX_HOST_BYTES {
        return Err("no host name is longer than 253 characters");
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    if !host.bytes().all(allowed) {
        return Err("a host has only letters, digits, '-', '.' and '_'");
    }
    Ok(())
}

/// A command line that parses but means nothing. Says what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UsageError {
    /// The first item is not `HOST:PORT`.
    #[error("'{typed}' is not an address: {why}; write HOST:PORT, for example 10.128.0.2:8080")]
    Address {
        /// What was typed, printable.
        typed: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The first item is a service account.
    #[error("'{typed}' looks like a service account; the server's HOST:PORT comes first")]
    AccountFirst {
        /// What was typed, printable.
        typed: String,
    },
    /// No service account at all: then anybody could answer.
    #[error(
        "no service account to expect of the server; name at least one after the address, for \
         example prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com"
    )]
    NoAccount,
    /// Something that no service account can look like.
    #[error("'{typed}' is not a service account: {why}; write its e-mail address")]
    Account {
        /// What was typed, printable.
        typed: String,
        /// What is wrong with it.
        why: String,
    },
    /// Two commas in a row, or one at an end.
    #[error("an account is empty; remove the extra comma or quotes, or name the account")]
    EmptyItem,
}

#[cfg(test)]
mod tests;
