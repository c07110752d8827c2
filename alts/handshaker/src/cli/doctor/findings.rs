//! What may be found, in words. Pure.

use std::{
    fmt::{self, Display},
    net::SocketAddr,
};

use alts::{Error, ServiceAccount};

/// One thing that was found out, and what to do about it, if anything.
#[derive(Debug)]
pub(crate) struct Finding {
    words: String,
    remedy: Option<String>,
    is_problem: bool,
}

impl Finding {
    fn good(words: String) -> Self {
        Self {
            words,
            remedy: None,
            is_problem: false,
        }
    }

    fn problem(words: String, remedy: &str) -> Self {
        Self {
            words,
            remedy: Some(remedy.to_owned()),
            is_problem: true,
        }
    }

    pub(crate) fn is_problem(&self) -> bool {
        self.is_problem
    }

    /// The firmware's name for this machine.
    pub(crate) fn product(name: Option<&str>, default_address: bool) -> Self {
        let words = match name {
            // The names that gRPC's libraries accept.
            Some(name @ ("Google" | "Google Compute Engine")) => {
                return Self::good(format!("this is a Compute Engine machine ({name})"));
            }
            Some(name) => format!("this is no Compute Engine machine ({name})"),
            None => "this is no Compute Engine machine (the firmware has no product name)".into(),
        };
        let address = match default_address {
            true => "; the default handshaker address leads nowhere here",
            false => "",
        };
        let remedy = format!(
            "programs must be told to accept a handshaker that nothing vouches for \
             (--allow-untrusted-handshaker in ours, the \"untrusted\" variants elsewhere){address}"
        );
        Self {
            remedy: Some(remedy),
            ..Self::good(words)
        }
    }

    /// Where the handshaker's name leads.
    pub(crate) fn resolved(host: &str, to: &[SocketAddr]) -> Self {
        let to: Vec<String> = to.iter().map(|address| address.ip().to_string()).collect();
        Self::good(format!("{host} is {}", to.join(", ")))
    }

    /// Nowhere.
    pub(crate) fn unresolved(host: &str, cause: impl Display) -> Self {
        let remedy = match host.starts_with("metadata.google.internal") {
            true => {
                "this name exists on Compute Engine only; elsewhere run `alts-handshaker mock` and \
                 name it with --handshaker-address 127.0.0.1:18080"
            }
            false => "check the name's spelling and this machine's name service",
        };
        Self::problem(format!("{host} is not found: {cause}"), remedy)
    }

    pub(crate) fn dialled(address: SocketAddr) -> Self {
        Self::good(format!("something accepts connections at {address}"))
    }

    pub(crate) fn not_dialled(address: &str, cause: impl Display) -> Self {
        Self::problem(
            format!("nothing accepts connections at {address}: {cause}"),
            "start the handshaker (`alts-handshaker mock`, or `serve`), or name its address with \
             --handshaker-address; on Compute Engine check that no firewall rule or network policy \
             shuts port 8080 of the metadata server",
        )
    }

    /// The handshaker shook hands with itself.
    pub(crate) fn speaks(account: &ServiceAccount) -> Self {
        Self::good(format!("the handshaker speaks for {account}"))
    }

    /// It would not.
    pub(crate) fn mute(error: &Error) -> Self {
        let words = format!("the handshaker makes no handshake: {error}");
        Self::problem(words, error.remedy())
    }

    /// The server proved who it is.
    pub(crate) fn peer(address: &str, account: &ServiceAccount, resumed: bool) -> Self {
        let resumed = match resumed {
            true => ", resuming an earlier session",
            false => "",
        };
        Self::good(format!("{address} proved to be {account}{resumed}"))
    }

    /// It did not.
    pub(crate) fn no_peer(address: &str, cause: impl Display, remedy: &str) -> Self {
        Self::problem(format!("no handshake with {address}: {cause}"), remedy)
    }
}

impl Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match (self.is_problem, &self.remedy) {
            (true, _) => "FAIL",
            (false, Some(_)) => "note",
            (false, None) => "ok  ",
        };
        writeln!(f, "{mark}  {}", self.words)?;
        match &self.remedy {
            Some(remedy) => writeln!(f, "      -> {remedy}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
#[path = "findings_tests.rs"]
mod tests;
