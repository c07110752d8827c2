//! What may be found, in words. Pure.

use std::{fmt, net::SocketAddr};

use alts::ServiceAccount;

/// One thing that was found out.
#[derive(Debug)]
pub(crate) enum Finding {
    /// The firmware's name for this machine.
    Product {
        name: Option<String>,
        default_address: bool,
    },
    /// Where the handshaker's name leads.
    Resolved { host: String, to: Vec<SocketAddr> },
    /// Nowhere.
    Unresolved { host: String, cause: String },
    /// Something accepts connections there.
    Dialled(SocketAddr),
    /// Nothing does.
    NotDialled { address: String, cause: String },
    /// The handshaker shook hands with itself.
    Speaks { account: ServiceAccount },
    /// It would not.
    Mute { cause: String, remedy: String },
    /// The server proved who it is.
    Peer {
        address: String,
        account: ServiceAccount,
        resumed: bool,
    },
    /// It did not.
    NoPeer {
        address: String,
        cause: String,
        remedy: String,
    },
}

impl Finding {
    pub(crate) fn is_problem(&self) -> bool {
        matches!(
            self,
            Self::Unresolved { .. }
                | Self::NotDialled { .. }
                | Self::Mute { .. }
                | Self::NoPeer { .. }
        )
    }

    fn words(&self) -> String {
        match self {
            Self::Product { name, .. } => match name.as_deref() {
                Some(name) if is_gce(name) => {
                    format!("this is a Compute Engine machine ({name})")
                }
                Some(name) => format!("this is no Compute Engine machine ({name})"),
                None => "this is no Compute Engine machine (the firmware has no product name)"
                    .to_owned(),
            },
            Self::Resolved { host, to } => {
                let to: Vec<String> = to.iter().map(|address| address.ip().to_string()).collect();
                format!("{host} is {}", to.join(", "))
            }
            Self::Unresolved { host, cause } => format!("{host} is not found: {cause}"),
            Self::Dialled(address) => format!("something accepts connections at {address}"),
            Self::NotDialled { address, cause } => {
                format!("nothing accepts connections at {address}: {cause}")
            }
            Self::Speaks { account } => format!("the handshaker speaks for {account}"),
            Self::Mute { cause, .. } => format!("the handshaker makes no handshake: {cause}"),
            Self::Peer {
                address,
                account,
                resumed,
            } => {
                let resumed = if *resumed {
                    ", resuming an earlier session"
                } else {
                    ""
                };
                format!("{address} proved to be {account}{resumed}")
            }
            Self::NoPeer { address, cause, .. } => format!("no handshake with {address}: {cause}"),
        }
    }

    /// What to do about it, if anything.
    fn remedy(&self) -> Option<String> {
        match self {
            Self::Product { name, default_address } => {
                let elsewhere = !name.as_deref().is_some_and(is_gce);
                elsewhere.then(|| not_gce(*default_address))
            }
            Self::Unresolved { host, .. } if host.starts_with("metadata.google.internal") => Some(
                "this name exists on Compute Engine only; elsewhere run `alts-handshaker mock` and \
                 name it with --handshaker-address 127.0.0.1:18080"
                    .to_owned(),
            ),
            Self::Unresolved { .. } => {
                Some("check the name's spelling and this machine's name service".to_owned())
            }
            Self::NotDialled { .. } => Some(
                "start the handshaker (`alts-handshaker mock`, or `serve`), or name its address \
                 with --handshaker-address; on Compute Engine check that no firewall rule or \
                 network policy shuts port 8080 of the metadata server"
                    .to_owned(),
            ),
            Self::Mute { remedy, .. } | Self::NoPeer { remedy, .. } => Some(remedy.clone()),
            Self::Resolved { .. } | Self::Dialled(_) | Self::Speaks { .. } | Self::Peer { .. } => {
                None
            }
        }
    }
}

/// The names that gRPC's libraries accept.
fn is_gce(product_name: &str) -> bool {
    product_name == "Google" || product_name == "Google Compute Engine"
}

fn not_gce(default_address: bool) -> String {
    let address = match default_address {
        true => "; the default handshaker address leads nowhere here",
        false => "",
    };
    format!(
        "programs must be told to accept a handshaker that nothing vouches for \
         (--allow-untrusted-handshaker in ours, the \"untrusted\" variants elsewhere){address}"
    )
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match (self.is_problem(), self.remedy()) {
            (true, _) => "FAIL",
            (false, Some(_)) => "note",
            (false, None) => "ok  ",
        };
        writeln!(f, "{mark}  {}", self.words())?;
        match self.remedy() {
            Some(remedy) => writeln!(f, "      -> {remedy}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
#[path = "findings_tests.rs"]
mod tests;
