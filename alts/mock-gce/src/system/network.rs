//! The mock network: one link per machine, each ending at a router, as `ip` is told to make it.
//!
//! ```text
//!   machine                                  the cloud's own network namespace
//!   +--------------------------+             +---------------------------------------+
//!   | ens4  10.128.0.2/32      |    veth     | vm0  10.128.0.1  169.254.169.254      |
//!   |   10.128.0.1 on the link |-------------|   10.128.0.2 on the link              |
//!   |   all else via 10.128.0.1|             |                                       |
//!   +--------------------------+             |      forwards between its links       |
//!   +--------------------------+             |                                       |
//!   | ens4  10.128.0.3/32      |-------------| vm1  10.128.0.1  169.254.169.254      |
//!   +--------------------------+             |                 lo  10.128.15.254     |
//!                                            +---------------------------------------+
//! ```
//!
//! It is routed and not bridged because Google's is: a VM has a /32 and sees nobody on its link but
//! the gateway. Two things follow that a bridge would not give. The metadata address is outside the
//! machine, so that a server inside may listen on every address and any port. And who asks there is
//! known by the link the question came in on, which no machine can forge.

use std::{
    env,
    io::Write,
    net::Ipv4Addr,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, anyhow};

use crate::config::Network;

/// Where a machine finds its metadata server and its handshaker.
pub const METADATA_ADDRESS: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);

/// A VPC network's default.
pub const MTU: u32 = 1460;

/// The interface's name inside a machine: what Google's Debian images have.
const INSIDE: &str = "ens4";

/// The name of the cloud's end of the link of the machine with this index.
pub fn link_name(index: usize) -> String {
    format!("vm{index}")
}

/// Google Cloud's rule: `42:01`, then the address.
pub fn mac(address: Ipv4Addr) -> String {
    let [a, b, c, d] = address.octets();
    format!("42:01:{a:02x}:{b:02x}:{c:02x}:{d:02x}")
}

/// For the cloud's namespace: the addresses that are there before any machine.
pub fn cloud_script(network: Network) -> String {
    let api = network.api();
    format!("link set lo up\naddr add {api}/32 dev lo\n")
}

/// For the cloud's namespace: a link to the machine whose keeper is process `keeper`.
pub fn link_script(network: Network, index: usize, address: Ipv4Addr, keeper: u32) -> String {
    let link = link_name(index);
    let gateway = network.gateway();
    format!(
        "link add {link} mtu {MTU} type veth peer name {INSIDE} mtu {MTU} netns {keeper}\n\
         addr add {gateway}/32 dev {link}\n\
         addr add {METADATA_ADDRESS}/32 dev {link}\n\
         link set {link} up\n\
         route add {address}/32 dev {link}\n"
    )
}

/// For a machine's namespace, once its link is there.
pub fn machine_script(gateway: Ipv4Addr, address: Ipv4Addr) -> String {
    let mac = mac(address);
    format!(
        "link set lo up\n\
         link set {INSIDE} address {mac} up\n\
         addr add {address}/32 dev {INSIDE}\n\
         route add {gateway}/32 dev {INSIDE} src {address}\n\
         route add default via {gateway} dev {INSIDE} src {address}\n"
    )
}

/// Runs `ip` on a script, in the caller's namespace.
///
/// # Errors
/// What `ip` said.
pub fn run(script: &str) -> anyhow::Result<()> {
    let mut ip = Command::new(program("ip"))
        .args(["-batch", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| anyhow!("cannot run ip: {error}; install iproute2"))?;
    let mut stdin = ip.stdin.take().expect("it was asked for");
    // `ip` may refuse before it has read everything; what it says is the better error.
    let _ = stdin.write_all(script.as_bytes());
    drop(stdin);
    let output = ip.wait_with_output().context("cannot wait for ip")?;
    if output.status.success() {
        return Ok(());
    }
    let said = one_line(&output.stderr);
    Err(anyhow!("cannot set up the network: {said}"))
}

/// What a program said, on one line.
pub(crate) fn one_line(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// System programs are not in every user's PATH.
pub(crate) fn program(name: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(["/usr/sbin", "/sbin"].map(PathBuf::from));
    let mut places = folders.map(|folder| folder.join(name));
    places
        .find(|place| place.is_file())
        .unwrap_or_else(|| PathBuf::from(name))
}

#[cfg(test)]
#[path = "network_tests.rs"]
mod tests;
