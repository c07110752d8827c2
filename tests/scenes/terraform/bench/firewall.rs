//! From a state's firewall rules to nftables, for one machine. Pure.
//!
//! ```text
//!   rule: source accounts, target accounts, ports, priority      machine: its account
//!       |                                                            |
//!       '- targets the machine's account? -- source accounts become the addresses of the machines that have them
//! ```
//!
//! The network's own last word is no, as Google's is; what answers to the machine's own questions comes in.

use std::fmt::Write as _;

use serde_json::Value;

use super::world::{Balancer, Machine, World, list, text};

/// The machine's rules, as `nft -f` reads them. Where there is no way to Google's APIs, which are at the address `apis`, nothing gets there.
pub(crate) fn ruleset(world: &World, machine: &Machine, apis: &str) -> String {
    let mut rules: Vec<(u64, String)> = Vec::new();
    for rule in world.every("google_compute_firewall") {
        let targets: Vec<String> = list(&rule["target_service_accounts"]).map(text).collect();
        if !targets.contains(&machine.account) {
            continue;
        }
        let sources = sources(world, rule);
        if sources.is_empty() {
            continue;
        }
        let from = format!("ip saddr {{ {} }}", sources.join(", "));
        let priority = rule["priority"].as_u64().unwrap_or(1000);
        for (verdicts, verdict) in [("allow", "accept"), ("deny", "drop")] {
            for part in list(&rule[verdicts]) {
                let what = matches(part);
                let name = text(&rule["name"]);
                rules.push((
                    priority,
                    format!("{from} {what} counter {verdict} comment \"{name}\""),
                ));
            }
        }
    }
    rules.sort();
    let mut ruleset = String::from(
        "table inet vpc {\n chain ingress {\n  type filter hook input priority 0; policy drop;\n  \
         ct state established,related accept\n  iif lo accept\n",
    );
    for (_, rule) in rules {
        writeln!(ruleset, "  {rule}").expect("a string takes everything");
    }
    ruleset.push_str(" }\n");
    if !machine.reaches_google {
        let way = format!("ip daddr {apis} reject comment \"no Private Google Access and no NAT\"");
        writeln!(
            ruleset,
            " chain egress {{\n  type filter hook output priority 0;\n  {way}\n }}"
        )
        .expect("a string takes everything");
    }
    ruleset.push_str("}\n");
    ruleset
}

/// Addresses and ranges that a rule is about.
fn sources(world: &World, rule: &Value) -> Vec<String> {
    let accounts: Vec<String> = list(&rule["source_service_accounts"]).map(text).collect();
    let machines = world.machines().into_iter();
    let by_account = machines
        .filter(|machine| accounts.contains(&machine.account))
        .map(|machine| machine.address);
    let by_range = list(&rule["source_ranges"]).map(text);
    by_account.chain(by_range).collect()
}

fn matches(part: &Value) -> String {
    let protocol = text(&part["protocol"]);
    let ports: Vec<String> = list(&part["ports"]).map(text).collect();
    match (protocol.as_str(), ports.is_empty()) {
        ("all", _) => String::new(),
        (protocol, true) => format!("meta l4proto {protocol}"),
        (protocol, false) => format!("{protocol} dport {{ {} }}", ports.join(", ")),
    }
}

/// A passthrough load balancer as a client's machine sees it: a connection to the balancer's address goes to one of the healthy machines,
/// with the client's own address on it.
pub(crate) fn balancing(balancer: &Balancer, healthy: &[&Machine]) -> String {
    let machines: Vec<String> = healthy
        .iter()
        .enumerate()
        .map(|(number, machine)| format!("{number} : {}", machine.address))
        .collect();
    format!(
        "table ip balancer\ndelete table ip balancer\ntable ip balancer {{\n chain out {{\n  \
         type nat hook output priority -100;\n  ip daddr {} tcp dport {} dnat to numgen inc mod {} map {{ {} }}\n }}\n}}\n",
        balancer.address,
        balancer.port,
        healthy.len(),
        machines.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn world() -> World {
        let machine = |name: &str, address: &str, account: &str| {
            json!({"type": "google_compute_instance", "values": {
                "name": name,
                "network_interface": [{"network_ip": address}],
                "service_account": [{"email": account}],
            }})
        };
        let rule = |name: &str, priority: u64, from: Value, ranges: Value, verdict: Value| {
            let mut values = json!({
                "name": name, "priority": priority, "source_service_accounts": from,
                "source_ranges": ranges, "target_service_accounts": ["server@p"],
            });
            for (key, value) in verdict.as_object().into_iter().flatten() {
                values[key] = value.clone();
            }
            json!({"type": "google_compute_firewall", "values": values})
        };
        World::of(&json!({"values": {"root_module": {"resources": [
            machine("front", "10.0.0.3", "client@p"),
            machine("back", "10.0.0.2", "server@p"),
            rule("deny", 65000, json!([]), json!(["0.0.0.0/0"]), json!({"deny": [{"protocol": "all"}]})),
            rule("booking", 1000, json!(["client@p"]), json!([]),
                json!({"allow": [{"protocol": "tcp", "ports": ["8080"]}]})),
        ]}}}))
    }

    #[test]
    fn accounts_become_addresses_and_priorities_an_order() {
        let world = world();
        let machines = world.machines();
        let back = ruleset(&world, &machines[1], "10.0.0.9");
        let rules: Vec<&str> = back.lines().map(str::trim).collect();
        assert_eq!(
            rules[5..7],
            [
                "ip saddr { 10.0.0.3 } tcp dport { 8080 } counter accept comment \"booking\"",
                "ip saddr { 0.0.0.0/0 }  counter drop comment \"deny\"",
            ]
        );
    }

    #[test]
    fn a_machine_that_no_rule_targets_lets_nobody_in() {
        let world = world();
        let front = ruleset(&world, &world.machines()[0], "10.0.0.9");
        assert!(!front.contains("saddr"), "{front}");
        assert!(front.contains("policy drop"), "{front}");
    }
}
