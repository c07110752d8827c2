//! The rungs that `terraform` itself climbs.

use std::path::PathBuf;

use serde_json::Value;

use crate::{
    configuration::{Configuration, PASSWORD, Ran, newest, stubs},
    plan::{list, word, words},
    shared::{applied, ends},
    stub::Stub,
};

/// Everything that can be applied: the root and the examples.
pub(crate) const ROOTS: [&str; 4] = [
    "terraform",
    "terraform/examples/article",
    "terraform/examples/private",
    "terraform/examples/scaled",
];

#[test]
fn the_configuration_is_formatted() {
    let copy = Configuration::copy();
    let ran = copy.run(
        newest(),
        "terraform",
        &["fmt", "-check", "-recursive", "-diff"],
    );
    assert_eq!(
        ran.code, 0,
        "run `terraform fmt -recursive terraform`\n{}",
        ran.all
    );
}

#[test]
fn every_root_is_valid_for_each_major_release_of_the_provider() {
    let [(oldest, first), (latest, _)] = ends();
    let copy = Configuration::copy_for(oldest);
    let newer = Configuration::copy_for(latest);
    for root in ROOTS {
        for stub in stubs() {
            let by = if stub.version == first.version {
                &copy
            } else {
                &newer
            };
            let ran = by.run(stub, root, &["validate"]);
            assert_eq!(
                ran.code, 0,
                "{root}, provider {}: {}",
                stub.version, ran.all
            );
        }
    }
}

#[test]
fn with_the_project_alone_it_is_applied_plans_to_nothing_again_and_is_destroyed() {
    let [oldest, newest] = ends();
    // The examples are valid for the release of the provider in between, and the root comes and goes with it.
    let between = (newest.0.clone(), &stubs()[1]);
    comes_and_goes("terraform", &[], &[oldest, between, newest]);
}

#[test]
fn so_is_it_with_the_metadata_servers_handshaker() {
    comes_and_goes("terraform", &["-var=handshaker=google"], &ends()[1..]);
}

#[test]
fn so_are_the_examples() {
    for root in &ROOTS[1..] {
        comes_and_goes(root, &[], &ends());
    }
}

pub(crate) fn comes_and_goes(root: &str, variables: &[&str], ends: &[(PathBuf, &'static Stub)]) {
    for (terraform, stub) in ends {
        let copy = applied((terraform, stub), root, variables);
        let with = |arguments: &[&str]| {
            let mut all: Vec<&str> = arguments.to_vec();
            all.push("-var=project_id=grpc-alts-demo");
            all.extend(variables);
            copy.run(stub, root, &all)
        };
        let state = std::fs::read_to_string(copy.path(root).join("terraform.tfstate"));
        let state = state.expect("a local state");
        assert!(!state.contains(PASSWORD), "the password is in the state");
        let again = with(&["plan", "-detailed-exitcode"]);
        assert_eq!(again.code, 0, "a second plan has changes:\n{}", again.all);
        if stub.version == newest().version {
            takes_the_drills_commands(&copy, root, &with);
        }
        if root.ends_with("private") {
            // As the document about taking it down says it.
            with(&["apply", "-auto-approve", "-var=deletion_protection=false"]).well();
        }
        with(&["destroy", "-auto-approve"]).well();
        let left = copy.run(stub, root, &["state", "list"]).well().stdout;
        assert_eq!(left.trim(), "", "left behind");
    }
}

/// What the output `drill` prints is what this root understands.
fn takes_the_drills_commands(copy: &Configuration, root: &str, with: &dyn Fn(&[&str]) -> Ran) {
    let mut outputs = copy.show(root, None)["values"]["outputs"].take();
    let drill = match outputs["ot_booking"]["value"]["drill"].take() {
        Value::Null => outputs["drill"]["value"].take(),
        of_module => of_module,
    };
    let steps = list(&drill).map(|step| word(&step["do"]));
    let mut applies = steps.filter_map(|step| step.strip_prefix("terraform apply -var '"));
    let variable = applies.next().expect("it disables an account");
    let variable = format!("-var={}", variable.trim_end_matches('\''));
    let ran = with(&["plan", &variable]).well();
    let told = "0 to add, 1 to change, 0 to destroy";
    assert!(ran.all.contains(told), "{root}: {}", ran.all);
}

#[test]
fn the_oldest_and_the_newest_terraform_take_it() {
    let versions =
        std::fs::read_to_string(crate::configuration::repository().join("terraform/versions.tf"));
    let versions = versions.expect("a file");
    let (_, oldest) = versions
        .split_once("required_version = \">= ")
        .expect("a version");
    let oldest = oldest.split('"').next().unwrap_or_default();
    for (number, (terraform, stub)) in ends().into_iter().enumerate() {
        let (copy, root) = (Configuration::copy_for(terraform), "terraform");
        let version = copy.run(stub, root, &["version"]).well().stdout;
        assert_eq!(
            number == 0,
            version.starts_with(&format!("Terraform v{oldest}.")),
            "{version}"
        );
        copy.init(stub, root);
        copy.run(stub, root, &["fmt", "-check", "-recursive"])
            .well();
        let tested = copy.run(stub, root, &["test"]).well();
        assert!(tested.all.contains("Success!"), "{}", tested.all);
    }
}

/// A further plan after an apply.
fn planned(root: &str, before: &[&str], further: &[&str]) -> Value {
    // As the oldest release of the provider would, which has the least patience.
    let [(terraform, stub), _] = ends();
    let copy = applied((&terraform, stub), root, before);
    let mut plan = vec!["plan", "-out=plan", "-var=project_id=grpc-alts-demo"];
    plan.extend(further);
    copy.run(stub, root, &plan).well();
    copy.show_by(stub, root, Some("plan"))
}

/// What it would do: address to actions, of what changes.
pub(crate) fn changes(root: &str, applied: &[&str], further: &[&str]) -> Vec<(String, String)> {
    changed(&planned(root, applied, further))
}

pub(crate) fn changed(plan: &Value) -> Vec<(String, String)> {
    list(&plan["resource_changes"])
        .map(|change| {
            let actions: Vec<&str> = list(&change["change"]["actions"]).map(word).collect();
            (word(&change["address"]).to_owned(), actions.join(" "))
        })
        .filter(|(_, actions)| actions != "no-op")
        .collect()
}

pub(crate) fn actions<'a>(changes: &'a [(String, String)], address: &str) -> Vec<&'a str> {
    let found = changes.iter().filter(|(found, _)| found.contains(address));
    found.map(|(_, actions)| actions.as_str()).collect()
}

#[test]
fn a_machine_that_is_made_anew_keeps_who_may_log_in() {
    let members = "-var=ssh_members=[\"user:ada@example.org\"]";
    let replace = "-replace=module.machine[\"client\"].google_compute_instance.this";
    // As scripts/gce-renew does it, which leaves alone what is not the machine's.
    let only = replace.replace("-replace", "-target");
    let further = [members, replace, &only, "-target=module.access"];
    let changes = changes("terraform", &[members], &further);
    for grant in [
        "google_compute_instance_iam_member",
        "google_iap_tunnel_instance_iam_member",
    ] {
        let found = actions(&changes, grant);
        assert_eq!(found, ["delete create"], "{grant}: {changes:?}");
    }
}

#[test]
fn another_label_makes_no_machine_anew() {
    let changes = changes("terraform", &[], &["-var=labels={team=\"surgery\"}"]);
    let machines = actions(&changes, "google_compute_instance.this");
    assert_eq!(machines, ["update", "update", "update"], "{changes:?}");
}

#[test]
fn a_database_that_is_made_anew_is_made_known() {
    let database = ["-var=database={}"];
    let replace = "-replace=module.database[0].google_sql_database_instance.this";
    let changes = changes("terraform", &database, &[database[0], replace]);
    let known = actions(&changes, "google_secret_manager_secret_version.url");
    assert_eq!(known, ["create delete"], "{changes:?}");
}

#[test]
fn a_new_release_is_there_before_the_last_one_goes_and_that_one_can_be_gone_back_to() {
    let root = "terraform";
    let [_, (terraform, stub)] = ends();
    let copy = applied((&terraform, stub), root, &[]);
    let apply = ["apply", "-auto-approve", "-var=project_id=grpc-alts-demo"];
    let program = copy.path("target/cloud-release/linux-amd64/booking-web");
    std::fs::write(&program, "#!/bin/sh\necho the next release\n").expect("a file");
    let sums = copy.path("target/cloud-release/SHA256SUMS");
    let known = std::fs::read_to_string(&sums).expect("a file");
    let new = std::process::Command::new("sha256sum")
        .arg(&program)
        .output()
        .expect("it runs");
    let new = String::from_utf8_lossy(&new.stdout)[..64].to_owned();
    let lines = known.lines().map(|line| match line.split_once("  ") {
        Some((_, name @ "linux-amd64/booking-web")) => format!("{new}  {name}\n"),
        _ => format!("{line}\n"),
    });
    std::fs::write(&sums, lines.collect::<String>()).expect("a file");
    copy.run(stub, root, &["plan", "-out=plan", apply[2]])
        .well();
    let plan = copy.show(root, Some("plan"));
    let object = list(&plan["resource_changes"])
        .find(|change| word(&change["address"]).contains("program[\"booking-web\"]"))
        .expect("it changes");
    assert_eq!(words(&object["change"]["actions"]).len(), 2, "{object}");
    assert_eq!(object["change"]["actions"][0], "create", "{object}");
    assert_eq!(
        object["change"]["before"]["deletion_policy"],
        Value::from("ABANDON")
    );
}

#[test]
fn a_disk_is_made_from_a_snapshot_when_it_is_made_anew_and_only_then() {
    let from = "-var=restore_from={server=\"yesterday\"}";
    assert_eq!(changes("terraform", &[], &[from]), []);
    let disk = "module.machine[\"server\"].google_compute_disk.state[0]";
    let replace = format!("-replace={disk}");
    let plan = planned("terraform", &[], &[from, &replace]);
    let made = list(&plan["resource_changes"]).find(|change| word(&change["address"]) == disk);
    let made = &made.expect("it is made anew")["change"]["after"];
    assert_eq!(made["snapshot"], "yesterday", "{made}");
    let changes = changed(&plan);
    assert_eq!(actions(&changes, disk).len(), 1, "{changes:?}");
    assert!(actions(&changes, disk)[0].contains("create"), "{changes:?}");
    let schedule = actions(
        &changes,
        "[\"server\"].google_compute_disk_resource_policy_attachment",
    );
    assert_eq!(schedule, ["delete create"], "{changes:?}");
}

#[test]
fn the_drill_changes_one_account_and_replaces_nothing() {
    let root = "terraform";
    let [_, (terraform, stub)] = ends();
    let copy = applied((&terraform, stub), root, &[]);
    let apply = ["apply", "-auto-approve", "-var=project_id=grpc-alts-demo"];
    let mut drill = apply.to_vec();
    drill.push("-var=disabled_accounts=[\"client\"]");
    let ran = copy.run(stub, root, &drill).well();
    let told = "0 added, 1 changed, 0 destroyed";
    assert!(ran.all.contains(told), "{}", ran.all);
    assert!(ran.all.contains("A drill is on"), "{}", ran.all);
    let back = copy.run(stub, root, &apply).well();
    assert!(back.all.contains(told), "{}", back.all);
}
