//! Who may open a connection to whom, by the NetworkPolicies: three ways, and no other.

use std::collections::BTreeSet;

use serde_json::Value;

use super::manifests::{Example, Manifests, Pod, at, list, text};

/// Every way between two pods: from, to, by the name of the port.
const WAYS: [(&str, &str, &str); 3] = [
    ("booking-server", "alts-authority", "authority"),
    ("booking-web", "alts-authority", "authority"),
    ("booking-web", "booking-server", "booking"),
];

/// What is open that should not be, and what is shut that should be open.
pub(crate) fn violations(manifests: &Manifests) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for namespace in manifests.of_kind("Namespace") {
        let name = text(namespace, "metadata.name");
        let denied = manifests.of_kind("NetworkPolicy").any(|policy| {
            text(policy, "metadata.namespace") == name
                && at(policy, "spec.podSelector") == &serde_json::json!({})
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
    let mut open = BTreeSet::new();
    for from in &pods {
        for to in &pods {
            for container in to.containers() {
                for port in list(container, "ports") {
                    if lets_in(manifests, from, to, port) && lets_out(manifests, from, to, port) {
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

fn lets_in(manifests: &Manifests, from: &Pod<'_>, to: &Pod<'_>, port: &Value) -> bool {
    lets(manifests, ("Ingress", "ingress", "from"), to, from, port)
}

fn lets_out(manifests: &Manifests, from: &Pod<'_>, to: &Pod<'_>, port: &Value) -> bool {
    lets(manifests, ("Egress", "egress", "to"), from, to, port)
}

/// Whether the policies about a pod let it have to do with another: any of them, or there is none.
fn lets(
    manifests: &Manifests,
    (kind, rules, peers): (&str, &str, &str),
    own: &Pod<'_>,
    other: &Pod<'_>,
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
                allowed["port"] == port["name"] || allowed["port"] == port["containerPort"]
            };
            let is_peer = |allowed: &Value| is_peer(allowed, own, other);
            (ports.is_null() || list(rule, "ports").iter().any(is_port))
                && (peers.is_null() || peers.as_array().is_some_and(|all| all.iter().any(is_peer)))
        })
    }) || !any
}

fn is_peer(allowed: &Value, own: &Pod<'_>, other: &Pod<'_>) -> bool {
    if !allowed["ipBlock"].is_null() {
        // Pods are in a private range, which is left out where everything is let through.
        let block = &allowed["ipBlock"];
        let everything = text(block, "cidr") == "0.0.0.0/0";
        return everything
            && !list(block, "except")
                .iter()
                .any(|range| range == "10.0.0.0/8");
    }
    let namespace = match &allowed["namespaceSelector"] {
        Value::Null => own.namespace == other.namespace,
        selector => selects(
            selector,
            &serde_json::json!({"kubernetes.io/metadata.name": other.namespace}),
        ),
    };
    namespace
        && (allowed["podSelector"].is_null() || selects(&allowed["podSelector"], other.labels))
}

/// Labels are compared; what these manifests do not use selects nobody.
fn selects(selector: &Value, labels: &Value) -> bool {
    let wanted = selector["matchLabels"].as_object();
    selector["matchExpressions"].is_null()
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
