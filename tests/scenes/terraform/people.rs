//! The pages for people: Google's load balancer with Identity-Aware Proxy in front of the front end. What has to fit together, and that it does.

use std::fs;

use serde_json::Value;

use crate::{
    configuration::{Configuration, newest, repository},
    ladder::{actions, changes, comes_and_goes},
    plan::{Resource, list, placed, resources, startup_scripts, word, words},
    policy::{HEALTH_CHECKS, violations},
    rendered::{script_problems, setting_problems, unit_problems},
    shared::ends,
};

/// Where the pages are on their machine.
pub(crate) const PORT: &str = "8000";

/// Two people, at an address of their hospital's.
pub(crate) const PEOPLE: &str = "-var=people={domain=\"ot.example.org\",roles={\"ada@example.org\"=[\"coordinator\"],\"grace@example.org\"=[\"viewer\"]}}";

/// What is wrong with how people come to the pages, if they do, one sentence each.
pub(crate) fn faults(resources: &[Resource<'_>], found: &mut Vec<String>) {
    let of = |kind: &'static str| resources.iter().filter(move |it| it.kind == kind);
    let yes = |value: &Value| *value == Value::Bool(true);
    let domain = of("google_compute_managed_ssl_certificate")
        .find_map(|it| it.values["managed"][0]["domains"][0].as_str());
    for service in of("google_compute_backend_service") {
        let (address, values) = (service.address, service.values);
        if !yes(&values["iap"][0]["enabled"]) {
            found.push(format!(
                "{address}: it has no Identity-Aware Proxy, and the pages believe nothing else"
            ));
        }
        if yes(&values["log_config"][0]["enable"]) {
            found.push(format!("{address}: it logs what people search for"));
        }
        if values["timeout_sec"].as_u64().unwrap_or(30) < 600 {
            found.push(format!("{address}: it cuts open pages off from their news"));
        }
        let reached = of("google_compute_firewall").any(|rule| {
            words(&rule.values["source_ranges"]).is_superset(&HEALTH_CHECKS.into())
                && list(&rule.values["allow"]).any(|allow| words(&allow["ports"]).contains(PORT))
        });
        if !reached {
            found.push(format!(
                "{address}: no firewall rule lets Google's balancer reach port {PORT}"
            ));
        }
        if of("google_compute_instance_group_membership")
            .next()
            .is_none()
        {
            found.push(format!("{address}: no machine is in its group"));
        }
    }
    for check in of("google_compute_health_check") {
        let http = &check.values["http_health_check"][0];
        let told = (word(&http["request_path"]), http["host"].as_str());
        if told != ("/healthz", domain) {
            found.push(format!(
                "{}: the pages answer a probe at /healthz and under their own name, not {told:?}",
                check.address
            ));
        }
    }
    for rule in of("google_compute_global_forwarding_rule") {
        let plain = word(&rule.values["port_range"]) != "443";
        let redirected = of("google_compute_url_map")
            .any(|map| yes(&map.values["default_url_redirect"][0]["https_redirect"]));
        if plain && !redirected {
            found.push(format!("{}: pages go over plain HTTP", rule.address));
        }
    }
}

/// What a machine's startup script writes into a file that ends so.
fn written(scripts: &[String], end: &str) -> String {
    let mut files = scripts.iter().flat_map(|script| placed(script));
    let file = files.find(|file| file.path.ends_with(end));
    file.unwrap_or_else(|| panic!("nothing writes {end}")).text
}

#[test]
fn without_being_asked_for_there_is_no_way_in_from_the_internet() {
    let plan = Configuration::copy().plan("terraform", &[]);
    let resources = resources(&plan);
    let found = resources.iter().find(|it| {
        it.kind.starts_with("google_compute_global_")
            || it.kind.starts_with("google_iap_web")
            || it.kind == "google_compute_backend_service"
    });
    assert_eq!(found.map(|it| it.address), None);
    let scripts = startup_scripts(&plan);
    let unit = written(&scripts, "/booking-web.service");
    assert!(unit.contains("--listen 127.0.0.1:8000 "), "{unit}");
    assert!(!unit.contains("iap") && !written(&scripts, "/access.toml").contains("act_as"));
}

#[test]
fn asked_for_it_opens_nothing_else_and_lets_in_nobody_else() {
    let plan = Configuration::copy().plan("terraform", &[PEOPLE]);
    assert_eq!(violations(&plan), Vec::<String>::new());
    let resources = resources(&plan);
    let grants: Vec<(&str, &str)> = resources
        .iter()
        .filter(|it| it.kind.starts_with("google_iap_web"))
        .map(|it| (word(&it.values["role"]), word(&it.values["member"])))
        .collect();
    let role = "roles/iap.httpsResourceAccessor";
    assert_eq!(
        grants,
        [
            (role, "user:ada@example.org"),
            (role, "user:grace@example.org")
        ]
    );
    // Of the oldest releases and the newest; in the example that offers it too, of the newest.
    comes_and_goes("terraform", &[PEOPLE], &ends());
    comes_and_goes("terraform/examples/private", &[PEOPLE], &ends()[1..]);
}

#[tokio::test]
async fn the_front_end_is_told_the_number_of_the_very_service_that_leads_to_it() {
    let copy = Configuration::copy();
    let apply = [
        "apply",
        "-auto-approve",
        "-var=project_id=grpc-alts-demo",
        PEOPLE,
    ];
    copy.init(newest(), "terraform");
    copy.run(newest(), "terraform", &apply).well();
    // After an apply everything is known.
    let scripts = startup_scripts(&copy.plan("terraform", &[PEOPLE]));
    assert_eq!(scripts.len(), 3);
    let unit = written(&scripts, "/booking-web.service");
    for told in [
        " --listen 0.0.0.0:8000 ",
        " --public-host ot.example.org ",
        " --iap-audience /projects/123456789012/global/backendServices/0 ",
    ] {
        assert!(unit.contains(told), "{told}: {unit}");
    }
    let access = written(&scripts, "/access.toml");
    for told in [
        "act_as = true\n",
        "[people.\"ada@example.org\"]\nroles = [\"coordinator\"]\n",
        "[people.\"grace@example.org\"]\nroles = [\"viewer\"]\n",
    ] {
        assert!(access.contains(told), "{told}: {access}");
    }
    // And the programs, systemd and the shell take all of it.
    for script in &scripts {
        let mut problems = unit_problems(script);
        problems.extend(script_problems(script));
        problems.extend(setting_problems(script).await);
        assert_eq!(problems, Vec::<String>::new());
    }
}

#[test]
fn a_front_end_that_is_made_anew_joins_its_group_in_the_same_apply() {
    let machine = "module.machine[\"client\"].google_compute_instance.this";
    let script = fs::read_to_string(repository().join("scripts/gce-renew")).expect("a script");
    // The very targets of scripts/gce-renew, which leaves alone what hangs on no machine.
    let targets = script.split("-target=\"").skip(1);
    let targets = targets.filter_map(|rest| rest.split('"').next());
    let in_root = targets.map(|target| target.replace("${machine%module.machine*}", ""));
    let mut further: Vec<String> = in_root
        .map(|target| format!("-target={}", target.replace("$machine", machine)))
        .collect();
    assert!(further.len() > 1, "{script}");
    further.extend([PEOPLE.to_owned(), format!("-replace={machine}")]);
    let further: Vec<&str> = further.iter().map(String::as_str).collect();
    let changes = changes("terraform", &[PEOPLE], &further);
    let joins = actions(&changes, "google_compute_instance_group_membership");
    assert_eq!(joins, ["delete create"], "{changes:?}");
    // The balancer stays, and with it the number that the pages are told.
    assert!(
        actions(&changes, "google_compute_backend_service").is_empty(),
        "{changes:?}"
    );
}

#[test]
fn another_domain_gets_its_certificate_before_the_last_one_goes() {
    let other = PEOPLE.replace("ot.example.org", "theatres.example.org");
    let changes = changes("terraform", &[PEOPLE], &[&other]);
    let certificate = actions(&changes, "google_compute_managed_ssl_certificate");
    assert_eq!(certificate, ["create delete"], "{changes:?}");
}
