//! What Google's platform would make of a plan: APIs that have to be enabled, ways to them, grants that a machine's programs need, rules that
//! outrank others, words that have to fit each other. Each is something that an apply, or the hours after it, would show.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::plan::{Resource, list, placed, resources, word, words};

/// The API that makes resources of a type, by how the type's name begins; the more telling beginnings first.
const SERVICES: [(&str, &str); 12] = [
    ("google_project_iam_custom_role", "iam"),
    ("google_project_iam", "cloudresourcemanager"),
    ("google_project_service", "serviceusage"),
    ("google_compute_", "compute"),
    ("google_service_account", "iam"),
    ("google_iap_", "iap"),
    ("google_monitoring_", "monitoring"),
    ("google_os_config_", "osconfig"),
    ("google_secret_manager_", "secretmanager"),
    ("google_service_networking_", "servicenetworking"),
    ("google_sql_", "sqladmin"),
    ("google_storage_", "storage"),
];

/// Images that are given security updates for years to come, and what Debian calls them.
const IMAGES: [(&str, &str); 1] = [("debian-cloud/debian-13", "trixie")];

/// The API that makes resources of a type.
pub(crate) fn service(kind: &str) -> Option<&'static str> {
    let found = SERVICES.iter().find(|(begin, _)| kind.starts_with(begin));
    found.map(|(_, service)| *service)
}

/// Everything that would not work, one sentence each.
pub(crate) fn faults(plan: &Value) -> Vec<String> {
    let resources = resources(plan);
    let mut found = Vec::new();
    enabled(&resources, &mut found);
    outranked(&resources, &mut found);
    let ways = ways(plan, &resources);
    for machine in resources.iter().filter(|resource| is_machine(resource)) {
        if !ways.contains(word(&machine.values["network_interface"][0]["subnetwork"])) {
            let address = machine.address;
            found.push(format!(
                "{address}: nobody knows of a way from its subnet to Google's APIs"
            ));
        }
        reads(&resources, machine, &mut found);
        image(&resources, machine, &mut found);
    }
    for resource in &resources {
        if resource.kind == "google_os_config_os_policy_assignment"
            && resource.values["skip_await_rollout"] != Value::Bool(true)
        {
            let address = resource.address;
            found.push(format!(
                "{address}: an apply waits until every machine has carried it out"
            ));
        }
    }
    packages(&resources, &mut found);
    windows(&resources, &mut found);
    logins(plan, &resources, &mut found);
    found
}

fn is_machine(resource: &Resource<'_>) -> bool {
    matches!(
        resource.kind,
        "google_compute_instance" | "google_compute_instance_template"
    )
}

fn of<'a>(
    resources: &'a [Resource<'a>],
    kind: &'static str,
) -> impl Iterator<Item = &'a Resource<'a>> {
    resources
        .iter()
        .filter(move |resource| resource.kind == kind)
}

/// Every API that something is made by is enabled.
fn enabled(resources: &[Resource<'_>], found: &mut Vec<String>) {
    let enabled: BTreeSet<&str> = of(resources, "google_project_service")
        .map(|service| word(&service.values["service"]))
        .collect();
    let mut needed: BTreeSet<&str> = resources
        .iter()
        .filter_map(|resource| service(resource.kind))
        .collect();
    needed.insert("logging");
    if resources
        .iter()
        .any(|resource| word(&resource.values["metadata"]["enable-oslogin"]) == "TRUE")
    {
        needed.insert("oslogin");
    }
    for service in needed {
        if !enabled.contains(format!("{service}.googleapis.com").as_str()) {
            found.push(format!(
                "the API {service}.googleapis.com is needed and not enabled"
            ));
        }
    }
}

/// No rule that refuses comes before one that lets the same machines be reached: at the same priority Google refuses.
fn outranked(resources: &[Resource<'_>], found: &mut Vec<String>) {
    let rules: Vec<_> = of(resources, "google_compute_firewall").collect();
    let priority = |rule: &Resource<'_>| rule.values["priority"].as_u64().unwrap_or(1000);
    for deny in rules
        .iter()
        .filter(|rule| list(&rule.values["deny"]).next().is_some())
    {
        for allow in rules
            .iter()
            .filter(|rule| list(&rule.values["allow"]).next().is_some())
        {
            let shut = words(&deny.values["target_service_accounts"]);
            let open = words(&allow.values["target_service_accounts"]);
            if !shut.is_disjoint(&open) && priority(deny) <= priority(allow) {
                found.push(format!("{} outranks {}", deny.address, allow.address));
            }
        }
    }
}

/// Subnets whose machines reach Google's APIs without an external address, those whose name is not known yet as nothing.
fn ways<'a>(plan: &'a Value, resources: &'a [Resource<'a>]) -> BTreeSet<&'a str> {
    let access = |values: &Value| values["private_ip_google_access"] == Value::Bool(true);
    let translated = of(resources, "google_compute_router_nat").next().is_some();
    let mut ways = BTreeSet::new();
    if of(resources, "google_compute_subnetwork").any(|subnet| access(subnet.values)) {
        ways.insert("");
    }
    for read in list(&plan["prior_state"]["values"]["root_module"]["resources"]).chain(
        list(&plan["prior_state"]["values"]["root_module"]["child_modules"])
            .flat_map(|module| list(&module["resources"])),
    ) {
        if word(&read["type"]) == "google_compute_subnetwork"
            && (access(&read["values"]) || translated)
        {
            ways.insert(word(&read["values"]["id"]));
        }
    }
    ways
}

/// A machine's programs may read what they are told to read.
fn reads(resources: &[Resource<'_>], machine: &Resource<'_>, found: &mut Vec<String>) {
    let script = word(&machine.values["metadata"]["startup-script"]);
    if script.is_empty() {
        // On somebody else's network an address in it is not known before it is reserved.
        return;
    }
    let account = format!(
        "serviceAccount:{}",
        word(&machine.values["service_account"][0]["email"])
    );
    let granted = |kind: &'static str, role: &str, thing: &str, name: &str| {
        of(resources, kind).any(|grant| {
            word(&grant.values["role"]) == role
                && word(&grant.values["member"]) == account
                && word(&grant.values[thing]) == name
        })
    };
    let mut lacks = |role: &str, name: &str| {
        found.push(format!(
            "{}: its account lacks {role} on {name}",
            machine.address
        ));
    };
    let bucket = script
        .lines()
        .find_map(|line| line.strip_prefix("readonly BUCKET="));
    let bucket = bucket
        .and_then(|url| url.rsplit('/').next())
        .unwrap_or_default();
    let viewer = "roles/storage.objectViewer";
    if !granted("google_storage_bucket_iam_member", viewer, "bucket", bucket) {
        lacks(viewer, bucket);
    }
    let files = placed(script);
    let settings = files.iter().find(|file| file.path.ends_with("/trust.env"));
    let lines = settings
        .map(|file| file.text.as_str())
        .unwrap_or_default()
        .lines();
    for (name, secret) in lines.filter_map(|line| line.split_once("_SECRET=")) {
        let mut roles = vec!["roles/secretmanager.secretAccessor"];
        // The authority keeps there what it made itself.
        if name == "KEY" {
            roles.push("roles/secretmanager.secretVersionAdder");
        }
        for role in roles {
            if !granted(
                "google_secret_manager_secret_iam_member",
                role,
                "secret_id",
                secret,
            ) {
                lacks(role, secret);
            }
        }
    }
}

/// The image is maintained, and what is installed on it is made for it.
fn image(resources: &[Resource<'_>], machine: &Resource<'_>, found: &mut Vec<String>) {
    let given = [
        &machine.values["boot_disk"][0]["initialize_params"][0]["image"],
        &machine.values["disk"][0]["source_image"],
    ];
    let image = given
        .into_iter()
        .map(word)
        .find(|image| !image.is_empty())
        .unwrap_or_default();
    let family = image.trim_end_matches("-arm64");
    let Some((_, codename)) = IMAGES.iter().find(|(known, _)| *known == family) else {
        found.push(format!(
            "{}: {image} is no image with years of updates before it",
            machine.address
        ));
        return;
    };
    for assignment in of(resources, "google_os_config_os_policy_assignment") {
        let repositories = list(&assignment.values["os_policies"])
            .flat_map(|policy| list(&policy["resource_groups"]))
            .flat_map(|group| list(&group["resources"]))
            .map(|resource| word(&resource["repository"][0]["apt"][0]["distribution"]));
        for distribution in repositories.filter(|name| !name.is_empty()) {
            if !distribution.split('-').any(|part| part == *codename) {
                found.push(format!(
                    "{}: {distribution} is not for {image}, which is {codename}",
                    assignment.address
                ));
            }
        }
    }
}

/// A package, its settings, a restart: in this order. Settings that are there before their package are somebody's own in the eyes of dpkg,
/// which asks about them; nobody answers.
fn packages(resources: &[Resource<'_>], found: &mut Vec<String>) {
    for assignment in of(resources, "google_os_config_os_policy_assignment") {
        for policy in list(&assignment.values["os_policies"]) {
            let steps: Vec<&Value> = list(&policy["resource_groups"])
                .flat_map(|group| list(&group["resources"]))
                .collect();
            let given = |step: &Value, kind: &str| list(&step[kind]).next().is_some();
            let first = |kind| steps.iter().position(|step| given(step, kind));
            let last = |kind| steps.iter().rposition(|step| given(step, kind));
            let address = assignment.address;
            if first("file").is_some() && first("file") < last("pkg") {
                found.push(format!(
                    "{address}: a file comes before the package that it belongs to"
                ));
            }
            if first("exec").is_some() && first("exec") < last("file") {
                found.push(format!(
                    "{address}: a restart comes before the settings that it is for"
                ));
            }
        }
    }
}

/// What `gcloud compute ssh` asks for before it connects is granted, and what is then pasted there is allowed.
fn logins(plan: &Value, resources: &[Resource<'_>], found: &mut Vec<String>) {
    for role in of(resources, "google_project_iam_custom_role") {
        if !words(&role.values["permissions"]).contains("compute.projects.get") {
            found.push(format!(
                "{}: gcloud compute ssh asks for compute.projects.get",
                role.address
            ));
        }
    }
    let outputs = plan["planned_values"]["outputs"].to_string();
    for (before, _) in outputs
        .match_indices("journalctl ")
        .map(|(at, _)| outputs.split_at(at))
    {
        if !before.ends_with("sudo ") {
            let command: String = before.chars().rev().take(40).collect();
            let command: String = command.chars().rev().collect();
            found.push(format!(
                "…{command}journalctl: who logs in by OS Login reads no journal without sudo"
            ));
        }
    }
}

/// What is counted over a time has two counts in it: a rate of one is nothing, and an alert on it never comes.
fn windows(resources: &[Resource<'_>], found: &mut Vec<String>) {
    let told = |resource: &Resource<'_>| resource.values.to_string();
    let scrape_s = of(resources, "google_os_config_os_policy_assignment")
        .filter_map(|policy| {
            let text = told(policy);
            let (_, rest) = text.split_once("scrape_interval: ")?;
            rest.split('s').next()?.parse::<u64>().ok()
        })
        .max()
        .unwrap_or(60);
    for resource in resources {
        if !matches!(
            resource.kind,
            "google_monitoring_alert_policy" | "google_monitoring_dashboard"
        ) {
            continue;
        }
        let text = told(resource);
        for window in text
            .split('[')
            .skip(1)
            .filter_map(|rest| rest.split_once("m]"))
        {
            let minutes: u64 = window.0.parse().unwrap_or(u64::MAX / 60);
            if minutes * 60 < 2 * scrape_s {
                found.push(format!(
                    "{}: [{}m] is not two times the {scrape_s} s between two counts",
                    resource.address, window.0
                ));
            }
        }
    }
}
