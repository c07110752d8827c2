//! Where the service is and who it must be: what was typed about it, for the article's call and for
//! commands alike. Pure.

use alts::ServiceAccount;

use super::{common::Common, usage::UsageError};
use crate::printable::Printable;

/// The longest DNS name (RFC 1035, section 2.3.4).
const MAX_HOST_BYTES: usize = 253;

/// A service and whom to believe at the other end.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Where the service listens, as it was typed.
    pub address: String,
    /// The service accounts the server may prove to be. Never empty, no account twice.
    pub targets: Vec<ServiceAccount>,
}

impl Endpoint {
    /// The service that a command is for.
    ///
    /// # Errors
    /// [`UsageError`] when nothing says which, or what says so is wrong.
    pub fn of_command(common: &Common) -> Result<Self, UsageError> {
        let server = common.server.as_deref().ok_or(UsageError::NoServer)?;
        let accounts = common.server_account.iter().map(String::as_str);
        Self::from_items(std::iter::once(server).chain(accounts))
    }

    /// An address and accounts in this order, each item one of them.
    ///
    /// # Errors
    /// [`UsageError`] naming the first item that is wrong.
    pub fn from_items<'a>(mut items: impl Iterator<Item = &'a str>) -> Result<Self, UsageError> {
        let address = items.next().unwrap_or_default();
        check_address(address)?;
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
        let address = address.to_owned();
        Ok(Self { address, targets })
    }
}

fn parse_account(item: &str) -> Result<ServiceAccount, UsageError> {
    if item.is_empty() {
        return Err(UsageError::EmptyItem);
    }
    item.parse::<ServiceAccount>().map_err(|error| {
        let why = Printable(&error.to_string()).to_string();
        UsageError::Account(Printable(item).to_string(), why)
    })
}

/// A `host:port` that a connection can be tried to: a DNS name, an IPv4 address or an IPv6 address
/// in brackets, and a port that is not 0.
fn check_address(typed: &str) -> Result<(), UsageError> {
    let wrong = |why| UsageError::Address(Printable(typed).to_string(), why);
    if typed.contains("://") {
        return Err(wrong("a scheme does not belong in front of it"));
    }
    let Some((host, port)) = typed.rsplit_once(':') else {
        let typed = Printable(typed).to_string();
        return Err(if typed.contains('@') {
            UsageError::AccountFirst(typed)
        } else if is_word(&typed) {
            UsageError::NeitherAddressNorCommand(typed)
        } else {
            wrong("the port is missing")
        });
    };
    // `parse` alone would take "+80".
    let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    if !digits || !port.parse::<u16>().is_ok_and(|port| port > 0) {
        return Err(wrong("the port must be a number from 1 to 65535"));
    }
    check_host(host).map_err(wrong)
}

/// Looks like the name of a command.
fn is_word(typed: &str) -> bool {
    !typed.is_empty() && typed.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
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
