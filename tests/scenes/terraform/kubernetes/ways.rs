//! Who may open a connection to whom, by the NetworkPolicies: three ways between pods, out of their namespaces names and the cluster's
//! issuer, and no other.

use std::{collections::BTreeSet, net::Ipv4Addr};

use serde_json::{Value, json};

use super::manifests::{Example, Manifests, Pod, at, list, text};

/// Every way between two pods: from, to, by the name of the port.
const WAYS: [(&str, &str, &str); 3] = [
    ("booking-server", "alts-authority", "authority"),
    ("booking-web", "alts-authority", "authority"),
    ("booking-web", "booking-server", "booking"),
];

/// What is at an address outside, its port and protocol, and the pods that reach it: all, some, or none.
type Outside = (
    &'static str,
    Ipv4Addr,
    (u16, &'static str),
    &'static [&'static str],
);

const ALL: &[&str] = &["alts-authority", "booking-server", "booking-web"];
const NODE_LOCAL: Ipv4Addr = Ipv4Addr::new(169, 254, 20, 10);
/// Cloud DNS, and at another port the metadata server.
const LINK_LOCAL: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);
/// One of Google's.
const INTERNET: Ipv4Addr = Ipv4Addr::new(142, 250, 1, 95);
/// Where pods may be.
const INSIDE: Ipv4Addr = Ipv4Addr::new(10, 4, 0, 9);

const OUTSIDE: [Outside; 9] = [
    ("NodeLocal DNSCache", NODE_LOCAL, (53, "UDP"), ALL),
    ("NodeLocal DNSCache", NODE_LOCAL, (53, "TCP"), ALL),
    ("Cloud DNS", LINK_LOCAL, (53, "UDP"), ALL),
    ("Cloud DNS", LINK_LOCAL, (53, "TCP"), ALL),
    ("the metadata server", LINK_LOCAL, (80, "TCP"), &[]),
    ("the issuer", INTERNET, (443, "TCP"), &["alts-authority"]),
    ("the internet", INTERNET, (80, "TCP"), &[]),
    ("the internet", INTERNET, (53, "UDP"), &[]),
    ("the network inside", INSIDE, (443, "TCP"), &[]),
];

/// What is open that should not be, and what is shut that should be open.
pub(crate) fn violations(manifests: &Manifests) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for namespace in manifests.of_kind("Namespace") {
        let name = text(namespace, "metadata.name");
        let denied = manifests.of_kind("NetworkPolicy").any(|policy| {
            text(policy, "metadata.namespace") == name
                && at(policy, "spec.podSelector") == &json!({})
                && ["ingress", "egress"]
                    .iter()
                    .all(|way| policy["spec"][way].is_null())
                && list(policy, "spec.policyTypes").len() == 2
        });
        if !denied {
            found.push(format!(
                "{name}: nothing is refused where nobody thought of it"
            ));
        }
    }
    for policy in manifests.of_kind("NetworkPolicy") {
        for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
            let mut rules = list(policy, &format!("spec.{rules}")).iter();
            if rules.any(|rule| list(rule, peers).is_empty()) {
                let name = text(policy, "metadata.name");
                found.push(format!("{name}: it names nobody, and so means everybody"));
            }
        }
    }
    let pods = manifests.pods();
    found.extend(pods.iter().flat_map(|pod| ways_out(manifests, pod)));
    let mut open = BTreeSet::new();
    for from in &pods {
        for to in &pods {
            for container in to.containers() {
                for port in list(container, "ports") {
                    if lets_in(manifests, from, to, port)
                        && lets_out(manifests, from, &Other::Pod(to), port)
                    {
                        open.insert((from.name, to.name, text(port, "name")));
                    }
                }
            }
        }
    }
    let wanted = BTreeSet::from(WAYS);
    let told = |(from, to, port): &(&str, &str, &str)| format!("{from} to {to}, {port}");
    found.extend(
        open.difference(&wanted)
            .map(|way| format!("open: {}", told(way))),
    );
    found.extend(
        wanted
            .difference(&open)
            .map(|way| format!("shut: {}", told(way))),
    );
    found
}

/// The same of what is no pod of the example's.
fn ways_out(manifests: &Manifests, from: &Pod<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let mut say = |is_open: bool, wanted: bool, to: &str, (port, protocol): (u16, &str)| {
        let word = if is_open { "open" } else { "shut" };
        if is_open != wanted {
            found.push(format!("{word}: {} to {to}, {port} {protocol}", from.name));
        }
    };
    for (name, address, (port, protocol), who) in OUTSIDE {
        let at = json!({"containerPort": port, "protocol": protocol});
        let is_open = lets_out(manifests, from, &Other::Address(address), &at);
        say(is_open, who.contains(&from.name), name, (port, protocol));
    }
    for (name, namespace, is_wanted) in [
        ("kube-dns", "kube-system", true),
        ("node-local-dns", "kube-system", true),
        ("kube-dns", "default", false),
        ("other", "kube-system", false),
    ] {
        let pod = Pod {
            name,
            namespace,
            labels: &json!({"k8s-app": name}),
            spec: &Value::Null,
        };
        for protocol in ["UDP", "TCP"] {
            let at = json!({"containerPort": 53, "protocol": protocol});
            let is_open = lets_out(manifests, from, &Other::Pod(&pod), &at);
            say(is_open, is_wanted, name, (53, protocol));
        }
    }
    found
}

/// Who is at the other end.
enum Other<'a> {
    Pod(&'a Pod<'a>),
    Address(Ipv4Addr),
}

fn lets_in(manifests: &Manifests, from: &Pod<'_>, to: &Pod<'_>, port: &Value) -> bool {
    let from = Other::Pod(from);
    lets(manifests, ("Ingress", "ingress", "from"), to, &from, port)
}

fn lets_out(manifests: &Manifests, from: &Pod<'_>, to: &Other<'_>, port: &Value) -> bool {
    lets(manifests, ("Egress", "egress", "to"), from, to, port)
}

/// Whether the policies about a pod let it have to do with another: any of them, or there is none.
fn lets(
    manifests: &Manifests,
    (kind, rules, peers): (&str, &str, &str),
    own: &Pod<'_>,
    other: &Other<'_>,
    port: &Value,
) -> bool {
    let mut about = manifests.of_kind("NetworkPolicy").filter(|policy| {
        let types = list(policy, "spec.policyTypes");
        text(policy, "metadata.namespace") == own.namespace
            && types.iter().any(|found| found == kind)
            && selects(at(policy, "spec.podSelector"), own.labels)
    });
    let mut any = false;
    about.any(|policy| {
        any = true;
        let rules = list(policy, &format!("spec.{rules}")).iter();
        rules.into_iter().any(|rule| {
            let (ports, peers) = (&rule["ports"], &rule[peers]);
            let is_port = |allowed: &Value| {
                let protocol =
                    |value: &Value| value["protocol"].as_str().unwrap_or("TCP").to_owned();
                let number = &allowed["port"];
                protocol(allowed) == protocol(port)
                    && (number == &port["name"] || number == &port["containerPort"])
            };
            let is_peer = |allowed: &Value| is_peer(allowed, own, other);
            (ports.is_null() || list(rule, "ports").iter().any(is_port))
                && (peers.is_null() || peers.as_array().is_some_and(|all| all.iter().any(is_peer)))
        })
    }) || !any
}

fn is_peer(allowed: &Value, own: &Pod<'_>, other: &Other<'_>) -> bool {
    if !allowed["ipBlock"].is_null() {
        let block = &allowed["ipBlock"];
        let address = match other {
            Other::Pod(_) => INSIDE,
            Other::Address(address) => *address,
        };
        let mut except = list(block, "except").iter().filter_map(Value::as_str);
        return holds(text(block, "cidr"), address) && !except.any(|range| holds(range, address));
    }
    let Other::Pod(other) = other else {
        return false;
    };
    let namespace = match &allowed["namespaceSelector"] {
        Value::Null => own.namespace == other.namespace,
        selector => selects(
            selector,
            &json!({"kubernetes.io/metadata.name": other.namespace}),
        ),
    };
    namespace
        && (allowed["podSelector"].is_null() || selects(&allowed["podSelector"], other.labels))
}

/// Whether an address is in a range such as 10.0.0.0/8.
fn holds(range: &str, address: Ipv4Addr) -> bool {
    let (first, bits) = range.split_once('/').expect("a range");
    let first: Ipv4Addr = first.parse().expect("an address");
    let bits: u32 = bits.parse().expect("a number of bits");
    let mask = u32::MAX.checked_shl(32 - bits).unwrap_or_default();
    (first.to_bits() ^ address.to_bits()) & mask == 0
}

/// Labels are compared; what these manifests do not use selects nobody.
fn selects(selector: &Value, labels: &Value) -> bool {
    let wanted = selector["matchLabels"].as_object();
    let is_listed = |expression: &Value| {
        let label = &labels[text(expression, "key")];
        text(expression, "operator") == "In" && list(expression, "values").contains(label)
    };
    list(selector, "matchExpressions").iter().all(is_listed)
        && wanted
            .into_iter()
            .flatten()
            .all(|(key, value)| &labels[key] == value)
}

#[test]
fn three_ways_are_open_and_no_other() {
    let found = violations(&Example::copy().manifests());
    assert_eq!(found, Vec::<String>::new());
}
