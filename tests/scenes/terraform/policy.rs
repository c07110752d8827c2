//! What a plan may and may not contain. Judged over everything that would exist, wherever in the configuration it came from.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    configuration::{PASSWORD, PROJECT},
    ladder::ROOTS,
    people,
    plan::{Resource, list, resources, word, words},
    platform, shared,
};

/// Project-wide roles that have no narrower place: writing one's own logs and metrics.
const PROJECT_ROLES: [&str; 2] = ["roles/logging.logWriter", "roles/monitoring.metricWriter"];
/// Those that have none where a group's machines have no names yet; only with a condition that narrows them.
const CONDITIONAL_ROLES: [&str; 2] = [
    "roles/compute.osAdminLogin",
    "roles/iap.tunnelResourceAccessor",
];
/// All that a role of our own may hold: what `gcloud compute ssh` looks at.
const PERMISSIONS: [&str; 5] = [
    "compute.instanceGroupManagers.get",
    "compute.instanceGroupManagers.list",
    "compute.instances.get",
    "compute.instances.list",
    "compute.projects.get",
];
/// Where Identity-Aware Proxy and Google's health checks come from.
const IAP: [&str; 1] = ["35.235.240.0/20"];
pub(crate) const HEALTH_CHECKS: [&str; 2] = ["130.211.0.0/22", "35.191.0.0/16"];

/// Everything in a plan that the policy forbids, one sentence each.
pub(crate) fn violations(plan: &Value) -> Vec<String> {
    let resources = resources(plan);
    let mut found = Vec::new();
    for resource in &resources {
        machine(resource, &mut found);
        grant(resource, &mut found);
        labels(resource, &mut found);
        if resource.kind == "google_storage_bucket_object"
            && word(&resource.values["deletion_policy"]) != "ABANDON"
        {
            found.push(format!(
                "{}: an apply takes the programs of the last release away",
                resource.address
            ));
        }
        if resource.kind == "google_storage_bucket"
            && word(&resource.values["public_access_prevention"]) != "enforced"
        {
            found.push(format!(
                "{}: the bucket may be made public",
                resource.address
            ));
        }
        if resource.kind == "google_sql_database_instance" {
            let network = &resource.values["settings"][0]["ip_configuration"][0];
            if network["ipv4_enabled"] != Value::Bool(false) {
                found.push(format!(
                    "{}: the database has a public address",
                    resource.address
                ));
            }
        }
    }
    firewall(&resources, &mut found);
    people::faults(&resources, &mut found);
    found.extend(platform::faults(plan));
    if plan.to_string().contains(PASSWORD) {
        found.push("the database's password is in the plan".to_owned());
    }
    found
}

fn machine(resource: &Resource<'_>, found: &mut Vec<String>) {
    let (address, values) = (resource.address, resource.values);
    if !matches!(
        resource.kind,
        "google_compute_instance" | "google_compute_instance_template"
    ) {
        return;
    }
    for interface in list(&values["network_interface"]) {
        if list(&interface["access_config"]).next().is_some() {
            found.push(format!("{address}: it has an external address"));
        }
    }
    let shield = &values["shielded_instance_config"][0];
    for part in [
        "enable_secure_boot",
        "enable_vtpm",
        "enable_integrity_monitoring",
    ] {
        if shield[part] != Value::Bool(true) {
            found.push(format!("{address}: {part} is not on"));
        }
    }
    for (key, wanted) in [
        ("enable-oslogin", "TRUE"),
        ("block-project-ssh-keys", "TRUE"),
        ("serial-port-enable", "FALSE"),
    ] {
        if word(&values["metadata"][key]) != wanted {
            found.push(format!("{address}: metadata {key} is not {wanted}"));
        }
    }
    let script = word(&values["metadata"]["startup-script"]);
    for line in script.lines().filter(|line| line.starts_with("program ")) {
        let digest = line.rsplit(' ').next().unwrap_or_default();
        if digest.len() != 64 || !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            found.push(format!(
                "{address}: a program is fetched without a checksum: {line}"
            ));
        }
    }
    let attached: Vec<&str> = list(&values["attached_disk"])
        .map(|disk| word(&disk["device_name"]))
        .collect();
    for line in script.lines().filter(|line| line.starts_with("keep ")) {
        let disk = line.split(' ').nth(1).unwrap_or_default();
        if !attached.contains(&disk) {
            found.push(format!(
                "{address}: it keeps its state on a disk {disk} that is not attached to it"
            ));
        }
    }
    if values["service_account"][0]["email"].is_null() {
        found.push(format!("{address}: it has no account of its own"));
    }
}

fn grant(resource: &Resource<'_>, found: &mut Vec<String>) {
    let (address, values) = (resource.address, resource.values);
    let role = word(&values["role"]);
    let member = word(&values["member"]);
    let own = format!("projects/{PROJECT}/roles/prod_ot_booking_ssh");
    let narrowed = CONDITIONAL_ROLES.contains(&role)
        && !word(&values["condition"][0]["expression"]).is_empty();
    if resource.kind == "google_project_iam_custom_role" {
        for permission in words(&values["permissions"]) {
            if !PERMISSIONS.contains(&permission) {
                found.push(format!(
                    "{address}: {permission} is more than a login needs"
                ));
            }
        }
    } else if resource.kind.starts_with("google_project_iam")
        && !(PROJECT_ROLES.contains(&role) || role == own || narrowed)
    {
        found.push(format!("{address}: {role} is granted on the whole project"));
    }
    if matches!(member, "allUsers" | "allAuthenticatedUsers") {
        found.push(format!("{address}: it is granted to everybody"));
    }
    if resource.kind == "google_service_account_key" {
        found.push(format!(
            "{address}: an account has a key that can be carried away"
        ));
    }
}

fn labels(resource: &Resource<'_>, found: &mut Vec<String>) {
    let labels = match resource.kind {
        "google_compute_instance"
        | "google_compute_instance_template"
        | "google_compute_disk"
        | "google_compute_forwarding_rule"
        | "google_compute_global_forwarding_rule"
        | "google_storage_bucket"
        | "google_secret_manager_secret" => &resource.values["labels"],
        "google_sql_database_instance" => &resource.values["settings"][0]["user_labels"],
        _ => return,
    };
    for (key, wanted) in [
        ("application", "ot-booking"),
        ("environment", "prod"),
        ("managed-by", "terraform"),
    ] {
        if word(&labels[key]) != wanted {
            found.push(format!(
                "{}: the label {key} is not {wanted}",
                resource.address
            ));
        }
    }
}

/// The port that opens, from whom, to whom: nothing else may be let in.
fn firewall(resources: &[Resource<'_>], found: &mut Vec<String>) {
    let account = |id: &str| format!("{id}@{PROJECT}.iam.gserviceaccount.com");
    let (client, server, authority) = (
        account("prod-ot-booking-client-svc"),
        account("prod-ot-booking-svc"),
        account("prod-alts-authority-svc"),
    );
    let port = resources
        .iter()
        .find_map(|resource| {
            let script = word(&resource.values["metadata"]["startup-script"]);
            let unit = script.split("booking-server --listen 0.0.0.0:").nth(1)?;
            unit.split(' ').next()
        })
        .unwrap_or("none");
    let mut booking = false;
    let mut denies = false;
    for resource in resources
        .iter()
        .filter(|r| r.kind == "google_compute_firewall")
    {
        let (address, values) = (resource.address, resource.values);
        denies |= list(&values["deny"]).any(|deny| word(&deny["protocol"]) == "all");
        let from = words(&values["source_service_accounts"]);
        let ranges = words(&values["source_ranges"]);
        let to = words(&values["target_service_accounts"]);
        for allow in list(&values["allow"]) {
            let ports = words(&allow["ports"]);
            let only = |wanted: &str| ports == BTreeSet::from([wanted]);
            let tcp = word(&allow["protocol"]) == "tcp";
            let by_account = tcp && ranges.is_empty();
            let to_server = to == BTreeSet::from([server.as_str()]);
            let booked =
                by_account && only(port) && from == BTreeSet::from([client.as_str()]) && to_server;
            let certified = by_account
                && only("18070")
                && from == BTreeSet::from([client.as_str(), server.as_str()])
                && to == BTreeSet::from([authority.as_str()]);
            let logged_in = tcp && only("22") && ranges == BTreeSet::from(IAP) && !to.is_empty();
            let checked = tcp && only(port) && ranges == BTreeSet::from(HEALTH_CHECKS) && to_server;
            let opened = tcp
                && only(people::PORT)
                && ranges == BTreeSet::from(HEALTH_CHECKS)
                && to == BTreeSet::from([client.as_str()]);
            booking |= booked;
            if !(booked || certified || logged_in || checked || opened) {
                found.push(format!(
                    "{address}: lets {from:?} {ranges:?} reach {ports:?} of {to:?}"
                ));
            }
        }
    }
    if !booking {
        found.push(format!(
            "no firewall rule lets the front end's account reach port {port} of the backend's"
        ));
    }
    if !denies {
        found.push("no firewall rule refuses and logs the rest".to_owned());
    }
}

/// The article's machines with the article's accounts.
pub(crate) fn named_as_in_the_article(plan: &Value) -> Vec<String> {
    let machines: BTreeSet<String> = resources(plan)
        .iter()
        .filter(|resource| resource.kind == "google_compute_instance")
        .map(|machine| {
            let account = word(&machine.values["service_account"][0]["email"]);
            format!("{} {account}", word(&machine.values["name"]))
        })
        .collect();
    let wanted = [
        "prod-booking-client-vm prod-ot-booking-client-svc",
        "prod-booking-service-vm prod-ot-booking-svc",
    ]
    .map(|names| format!("{names}@{PROJECT}.iam.gserviceaccount.com"));
    wanted
        .into_iter()
        .filter(|name| !machines.contains(name))
        .map(|name| format!("there is no {name}"))
        .collect()
}

#[test]
fn no_plan_opens_exposes_or_grants_more_than_the_suite_needs() {
    for root in ROOTS {
        let plan = shared::plan(root, &[]);
        assert_eq!(violations(&plan), Vec::<String>::new(), "{root}");
    }
}

#[test]
fn names_and_accounts_are_the_articles() {
    for root in &ROOTS[..3] {
        let plan = shared::plan(root, &[]);
        assert_eq!(
            named_as_in_the_article(&plan),
            Vec::<String>::new(),
            "{root}"
        );
    }
}
