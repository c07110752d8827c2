//! A subnet and the addresses that Google Cloud keeps for itself. Pure.

use std::{fmt, net::Ipv4Addr, str::FromStr};

/// Largest subnet: a /8, as in `10.0.0.0/8`.
const MIN_PREFIX_LEN: u32 = 8;
/// Smallest subnet Google Cloud has: a /29, of which four addresses are for machines.
const MAX_PREFIX_LEN: u32 = 29;

/// An IPv4 subnet.
///
/// ```text
///   10.128.0.0      the network itself
///   10.128.0.1      the gateway
///   10.128.0.2 ...  machines
///   10.128.15.254   kept by Google; here the cloud's APIs answer there
///   10.128.15.255   broadcast
/// ```
///
/// The four are those of Google's "Subnets", section "Unusable addresses in IPv4 subnet ranges".
#[derive(Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    first: Ipv4Addr,
    prefix_len: u32,
}

impl Default for Network {
    /// That of Google's default network in `us-central1`.
    fn default() -> Self {
        Self {
            first: Ipv4Addr::new(10, 128, 0, 0),
            prefix_len: 20,
        }
    }
}

impl Network {
    /// Where machines send everything.
    pub fn gateway(&self) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.first.to_bits() + 1)
    }

    /// Where the cloud's APIs answer.
    pub fn api(&self) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.last().to_bits() - 1)
    }

    /// As four numbers, the way the metadata server tells it.
    pub fn mask(&self) -> Ipv4Addr {
        Ipv4Addr::from_bits(u32::MAX << (32 - self.prefix_len))
    }

    fn last(&self) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.first.to_bits() | !self.mask().to_bits())
    }

    /// Whether a machine may have this address; if not, why.
    ///
    /// # Errors
    /// What is wrong with it, and what to choose.
    pub fn check_machine(&self, address: Ipv4Addr) -> Result<(), String> {
        let bits = address.to_bits();
        if bits & self.mask().to_bits() != self.first.to_bits() {
            return Err(format!(
                "{address} is outside the network {self}; choose one inside"
            ));
        }
        if bits <= self.gateway().to_bits() || bits >= self.api().to_bits() {
            return Err(format!(
                "{address} is one of the four addresses of {self} that the cloud keeps for itself; \
                 choose one from {} to {}",
                Ipv4Addr::from_bits(self.gateway().to_bits() + 1),
                Ipv4Addr::from_bits(self.api().to_bits() - 1),
            ));
        }
        Ok(())
    }
}

impl FromStr for Network {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (first, prefix_len) = text.split_once('/').ok_or("it lacks a prefix length")?;
        let first: Ipv4Addr = first.parse().map_err(|_| "it is no IPv4 range")?;
        let prefix_len: u32 = prefix_len.parse().map_err(|_| "it is no IPv4 range")?;
        if !(MIN_PREFIX_LEN..=MAX_PREFIX_LEN).contains(&prefix_len) {
            return Err("its prefix length is not between 8 and 29");
        }
        let network = Self { first, prefix_len };
        if first.to_bits() & !network.mask().to_bits() != 0 {
            return Err("its address has bits behind the prefix");
        }
        if !first.is_private() {
            return Err("it is not a private range (RFC 1918)");
        }
        Ok(network)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix_len)
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
