//! The facts about a machine that its metadata server tells, in Google's tree. Pure.

use sha2::{Digest, Sha256};

use super::tree::{Node, OnDemand};
use crate::{
    config::{Config, Machine},
    machine::files::host_name,
    system::network::{METADATA_ADDRESS, MTU, mac},
};

/// A VM's number: the same for the same machine every time, and below 2^63 as Google's are.
pub fn instance_id(config: &Config, machine: &Machine) -> u64 {
    let name = format!("{}/{}/{}", config.project, config.zone, machine.name);
    let digest = Sha256::digest(name);
    let bits = digest
        .iter()
        .take(8)
        .fold(0, |bits: u64, byte| bits << 8 | u64::from(*byte));
    bits >> 1 | 1 << 60
}

/// Everything below the server's root.
pub fn tree(config: &Config, machine: &Machine) -> Node {
    let v1 = Node::dir([
        ("instance", instance(config, machine)),
        ("project", project(config)),
        ("universe", universe()),
    ]);
    Node::dir([("computeMetadata", Node::dir([("v1", v1)]))])
}

/// Which of Google's clouds: the public one.
fn universe() -> Node {
    Node::dir([("universe-domain", Node::text("googleapis.com"))])
}

fn project(config: &Config) -> Node {
    Node::dir([
        ("attributes", Node::Named(Vec::new())),
        ("numeric-project-id", Node::Number(config.project_number())),
        ("project-id", Node::text(&config.project)),
    ])
}

fn instance(config: &Config, machine: &Machine) -> Node {
    let number = config.project_number();
    let attributes = machine
        .attributes
        .iter()
        .map(|(key, value)| (key.clone(), Node::text(value)));
    let kind = &machine.machine_type;
    Node::dir([
        ("attributes", Node::Named(attributes.collect())),
        ("cpu-platform", Node::text("Unknown CPU Platform")),
        ("description", Node::text("")),
        ("disks", Node::List(Vec::new())),
        ("hostname", Node::text(host_name(config, &machine.name))),
        ("id", Node::Number(instance_id(config, machine))),
        ("image", Node::text("")),
        ("licenses", Node::List(Vec::new())),
        (
            "machine-type",
            Node::text(format!("projects/{number}/machineTypes/{kind}")),
        ),
        ("maintenance-event", Node::text("NONE")),
        ("name", Node::text(machine.name.as_ref())),
        (
            "network-interfaces",
            Node::List(vec![network_interface(config, machine)]),
        ),
        ("preempted", Node::text("FALSE")),
        ("scheduling", scheduling()),
        ("service-accounts", service_accounts(machine)),
        ("tags", Node::Lines(machine.tags.clone())),
        (
            "zone",
            Node::text(format!("projects/{number}/zones/{}", config.zone)),
        ),
    ])
}

fn scheduling() -> Node {
    Node::dir([
        ("automatic-restart", Node::text("TRUE")),
        ("on-host-maintenance", Node::text("MIGRATE")),
        ("preemptible", Node::text("FALSE")),
    ])
}

fn network_interface(config: &Config, machine: &Machine) -> Node {
    let (network, number) = (config.network, config.project_number());
    Node::dir([
        ("access-configs", Node::List(Vec::new())),
        (
            "dns-servers",
            Node::Lines(vec![METADATA_ADDRESS.to_string()]),
        ),
        ("forwarded-ips", Node::List(Vec::new())),
        ("gateway", Node::text(network.gateway().to_string())),
        ("ip", Node::text(machine.address.to_string())),
        ("ip-aliases", Node::List(Vec::new())),
        ("mac", Node::text(mac(machine.address))),
        ("mtu", Node::Number(MTU.into())),
        (
            "network",
            Node::text(format!("projects/{number}/networks/default")),
        ),
        ("subnetmask", Node::text(network.mask().to_string())),
        ("target-instance-ips", Node::List(Vec::new())),
    ])
}

fn service_accounts(machine: &Machine) -> Node {
    let account = Node::dir([
        ("aliases", Node::Lines(vec!["default".to_owned()])),
        ("email", Node::text(machine.account.as_ref())),
        ("identity", Node::OnDemand(OnDemand::Identity)),
        ("scopes", Node::Lines(machine.scopes.clone())),
        ("token", Node::OnDemand(OnDemand::Token)),
    ]);
    Node::Named(vec![
        ("default".to_owned(), account.clone()),
        (machine.account.to_string(), account),
    ])
}
