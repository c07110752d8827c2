//! The rungs that `terraform` itself climbs.

use crate::configuration::{Configuration, PASSWORD, newest, stubs};

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
    let copy = Configuration::copy();
    for root in ROOTS {
        copy.init(newest(), root);
        for stub in stubs() {
            let ran = copy.run(stub, root, &["validate"]);
            assert_eq!(
                ran.code, 0,
                "{root}, provider {}: {}",
                stub.version, ran.all
            );
        }
    }
}

#[test]
fn its_own_tests_pass() {
    let copy = Configuration::copy();
    copy.init(newest(), "terraform");
    let ran = copy.run(newest(), "terraform", &["test"]).well();
    assert!(ran.all.contains("Success!"), "{}", ran.all);
}

#[test]
fn with_the_project_alone_it_is_applied_plans_to_nothing_again_and_is_destroyed() {
    comes_and_goes("terraform", &[]);
}

#[test]
fn so_is_it_with_the_metadata_servers_handshaker() {
    comes_and_goes("terraform", &["-var=handshaker=google"]);
}

#[test]
fn so_are_the_examples() {
    for root in &ROOTS[1..] {
        comes_and_goes(root, &[]);
    }
}

fn comes_and_goes(root: &str, variables: &[&str]) {
    let copy = Configuration::copy();
    // Applied as the oldest release would, to states that the newest reads as well.
    for stub in stubs() {
        let with = |arguments: &[&'static str]| {
            let mut all: Vec<&str> = arguments.to_vec();
            all.push("-var=project_id=grpc-alts-demo");
            all.extend(variables);
            copy.run(stub, root, &all)
        };
        copy.init(stub, root);
        with(&["apply", "-auto-approve"]).well();
        let state = std::fs::read_to_string(copy.path(root).join("terraform.tfstate"));
        let state = state.expect("a local state");
        assert!(!state.contains(PASSWORD), "the password is in the state");
        let again = with(&["plan", "-detailed-exitcode"]);
        assert_eq!(again.code, 0, "a second plan has changes:\n{}", again.all);
        with(&["destroy", "-auto-approve"]).well();
        let left = copy.run(stub, root, &["state", "list"]).well().stdout;
        assert_eq!(left.trim(), "", "left behind");
    }
}

#[test]
fn the_drill_changes_one_account_and_replaces_nothing() {
    let copy = Configuration::copy();
    let (stub, root) = (newest(), "terraform");
    let apply = ["apply", "-auto-approve", "-var=project_id=grpc-alts-demo"];
    copy.init(stub, root);
    copy.run(stub, root, &apply).well();
    let mut drill = apply.to_vec();
    drill.push("-var=disabled_accounts=[\"client\"]");
    let ran = copy.run(stub, root, &drill).well();
    let told = "0 added, 1 changed, 0 destroyed";
    assert!(ran.all.contains(told), "{}", ran.all);
    assert!(ran.all.contains("A drill is on"), "{}", ran.all);
    let back = copy.run(stub, root, &apply).well();
    assert!(back.all.contains(told), "{}", back.all);
}
