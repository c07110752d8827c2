//! What a program inside a machine reads. Pure.

use alts_handshake::MachineName;

use crate::{config::Config, system::network::METADATA_ADDRESS};

/// Names under which the metadata server is known. With the dot at its end it is what gRPC's
/// libraries look up, and C-core looks for exactly that spelling in `/etc/hosts`.
const METADATA_NAMES: &str = "metadata.google.internal metadata.google.internal. metadata";

/// What firmware says: files of `/sys/class/dmi/id`. The first one is what gRPC's libraries and
/// Google's own ask for.
pub const FIRMWARE: [(&str, &str); 5] = [
    ("product_name", "Google Compute Engine\n"),
    ("sys_vendor", "Google\n"),
    ("bios_vendor", "Google\n"),
    ("board_vendor", "Google\n"),
    ("board_name", "Google Compute Engine\n"),
];

/// `/etc/hosts`, for every machine. The name server knows the same names, but nobody has to ask it.
pub fn hosts(config: &Config) -> String {
    let mut text = String::from("127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n");
    for machine in &config.machines {
        let (address, name) = (machine.address, &machine.name);
        text += &format!("{address} {} {name}\n", host_name(config, name));
    }
    text += &format!("{METADATA_ADDRESS} {METADATA_NAMES}\n");
    text
}

/// A machine's name in zonal DNS.
pub fn host_name(config: &Config, name: &MachineName) -> String {
    format!("{name}.{}.c.{}.internal", config.zone, config.project)
}

/// `/etc/resolv.conf`: as on a VM.
pub fn resolv_conf(config: &Config) -> String {
    let project = &config.project;
    format!(
        "search {}.c.{project}.internal c.{project}.internal google.internal\n\
         nameserver {METADATA_ADDRESS}\n",
        config.zone
    )
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
