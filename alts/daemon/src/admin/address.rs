//! Where an admin surface is, as it is typed and configured.

use std::{
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
};

use serde::{Deserialize, Deserializer};

use crate::config::values::parsed;

/// Where an admin surface listens. It has no password: loopback, or a socket that its folder's
/// permissions guard.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum AdminAddress {
    /// `IP:PORT` on loopback.
    Tcp(SocketAddr),
    /// `unix:PATH`.
    Unix(PathBuf),
}

/// The socket in a state directory.
pub const ADMIN_SOCKET: &str = "admin.sock";

impl AdminAddress {
    /// Where a process listens that is not told where: in its state directory, which is its user's
    /// alone.
    pub fn or_in(configured: Option<&Self>, state_dir: &Path) -> Self {
        let state_dir = std::path::absolute(state_dir).unwrap_or_else(|_| state_dir.to_owned());
        let socket = || Self::Unix(state_dir.join(ADMIN_SOCKET));
        configured.cloned().unwrap_or_else(socket)
    }
}

impl FromStr for AdminAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            return match path {
                path if path.starts_with('/') => Ok(Self::Unix(path.into())),
                _ => Err("a Unix socket needs an absolute path".to_owned()),
            };
        }
        text.parse()
            .map(Self::Tcp)
            .map_err(|error: std::net::AddrParseError| error.to_string())
    }
}

/// As a configuration writes it.
impl TryFrom<String> for AdminAddress {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let remedy = "write IP:PORT on loopback, where port 0 takes a free one, or unix:/PATH";
        match parsed(&text, remedy)? {
            Self::Tcp(tcp) if !tcp.ip().is_loopback() => Err(
                "the admin service has no password and may listen on loopback only; use \
                    127.0.0.1, [::1] or unix:/PATH"
                    .to_owned(),
            ),
            address => Ok(address),
        }
    }
}

impl fmt::Display for AdminAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// `[admin]`, with one key `address`.
///
/// # Errors
/// When it is none, or not on loopback.
pub fn admin<'de, D: Deserializer<'de>>(from: D) -> Result<Option<AdminAddress>, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Section {
        address: Option<AdminAddress>,
    }
    Section::deserialize(from).map(|section| section.address)
}
