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
    Node::dir([("universe-domain", "googleapis.com".into())])
}

fn project(config: &Config) -> Node {
    Node::dir([
        ("attributes", Node::Named(Vec::new())),
        ("numeric-project-id", config.project_number().into()),
        ("project-id", config.project.as_str().into()),
    ])
}

fn instance(config: &Config, machine: &Machine) -> Node {
    let number = config.project_number();
    let attributes = machine
        .attributes
        .iter()
        .map(|(key, value)| (key.clone(), value.as_str().into()));
    let kind = format!("projects/{number}/machineTypes/{}", machine.machine_type);
    let zone = format!("projects/{number}/zones/{}", config.zone);
    let interface = network_interface(config, machine);
    Node::dir([
        ("attributes", Node::Named(attributes.collect())),
        ("cpu-platform", "Unknown CPU Platform".into()),
        ("description", "".into()),
        ("disks", Node::List(Vec::new())),
        ("hostname", host_name(config, &machine.name).into()),
        ("id", instance_id(config, machine).into()),
        ("image", "".into()),
        ("licenses", Node::List(Vec::new())),
        ("machine-type", kind.into()),
        ("maintenance-event", "NONE".into()),
        ("name", machine.name.as_ref().into()),
        ("network-interfaces", Node::List(vec![interface])),
        ("preempted", "FALSE".into()),
        ("scheduling", scheduling()),
        ("service-accounts", service_accounts(machine)),
        ("tags", machine.tags.clone().into()),
        ("zone", zone.into()),
    ])
}

fn scheduling() -> Node {
    Node::dir([
        ("automatic-restart", "TRUE".into()),
        ("on-host-maintenance", "MIGRATE".into()),
        ("preemptible", "FALSE".into()),
    ])
}

fn network_interface(config: &Config, machine: &Machine) -> Node {
    let subnet = config.network;
    let network = format!("projects/{}/networks/default", config.project_number());
    Node::dir([
        ("access-configs", Node::List(Vec::new())),
        ("dns-servers", vec![METADATA_ADDRESS.to_string()].into()),
        ("forwarded-ips", Node::List(Vec::new())),
        ("gateway", subnet.gateway().to_string().into()),
        ("ip", machine.address.to_string().into()),
        ("ip-aliases", Node::List(Vec::new())),
        ("mac", mac(machine.address).into()),
        ("mtu", MTU.into()),
        ("network", network.into()),
        ("subnetmask", subnet.mask().to_string().into()),
        ("target-instance-ips", Node::List(Vec::new())),
    ])
}

fn service_accounts(machine: &Machine) -> Node {
    let email = machine.account.as_ref();
    let account = Node::dir([
        ("aliases", vec!["default"].into()),
        ("email", email.into()),
        ("identity", Node::OnDemand(OnDemand::Identity)),
        ("scopes", machine.scopes.clone().into()),
        ("token", Node::OnDemand(OnDemand::Token)),
    ]);
    Node::Named(vec![
        ("default".to_owned(), account.clone()),
        (email.to_owned(), account),
    ])
}
