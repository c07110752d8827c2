//! Planted mistakes: one change to a good configuration, and the check that must notice it, by name.

use std::collections::BTreeSet;

use crate::{
    configuration::{Configuration, newest, oldest_and_newest},
    people::PEOPLE,
    plan::startup_scripts,
    planted::{By, Mistake, every},
    policy::{named_as_in_the_article, violations},
    rendered::{script_problems, setting_problems, unit_problems},
};

/// What the check that should notice says about a copy.
async fn said(by: By, copy: &Configuration) -> String {
    let (stub, root) = (newest(), "terraform");
    let project = "-var=project_id=grpc-alts-demo";
    let alerts = "-var=alert_email=oncall@example.org";
    match by {
        By::Validate => failed(copy.run(stub, root, &["validate"])),
        By::Plan => failed(copy.run(stub, root, &["plan", project])),
        By::Test(file, run) => {
            only(copy, file, run);
            let filter = format!("-filter={file}");
            failed(copy.run(stub, root, &["test", &filter]))
        }
        By::Apply => failed(copy.run(stub, root, &["apply", "-auto-approve", project, alerts])),
        By::Destroy => {
            let database = "-var=database={}";
            copy.run(stub, root, &["apply", "-auto-approve", project, database])
                .well();
            failed(copy.run(stub, root, &["destroy", "-auto-approve", project, database]))
        }
        By::SecondPlan => {
            copy.run(stub, root, &["apply", "-auto-approve", project])
                .well();
            failed(copy.run(stub, root, &["plan", "-detailed-exitcode", project]))
        }
        By::Policy => {
            let plan = copy.plan(root, &[alerts]);
            let mut found = violations(&plan);
            found.extend(named_as_in_the_article(&plan));
            found.join("\n")
        }
        By::PolicyWithPeople => violations(&copy.plan(root, &[PEOPLE])).join("\n"),
        By::PolicyWithLogins => {
            let members = "-var=ssh_members=[\"user:ada@example.org\"]";
            violations(&copy.plan(root, &[members])).join("\n")
        }
        By::Systemd => each(copy, unit_problems),
        By::Shell => each(copy, script_problems),
        By::Settings => {
            let mut all = Vec::new();
            for script in startup_scripts(&copy.plan(root, &[])) {
                all.extend(setting_problems(&script).await);
            }
            all.join("\n")
        }
    }
}

/// Leaves one run of a file of tests.
fn only(copy: &Configuration, file: &str, run: &str) {
    let path = copy.path("terraform").join(file);
    let text = std::fs::read_to_string(&path).expect("a file");
    let (head, _) = text.split_once("\nrun \"").expect("a run");
    let (_, rest) = text
        .split_once(&format!("\nrun \"{run}\""))
        .expect("it is there");
    let block = rest.split("\nrun \"").next().unwrap_or(rest);
    std::fs::write(&path, format!("{head}\nrun \"{run}\"{block}")).expect("a file");
}

/// What a command said, when it failed; a success says nothing.
fn failed(ran: crate::configuration::Ran) -> String {
    if ran.code == 0 {
        return String::new();
    }
    // Terraform wraps lines where they happen to end.
    ran.all.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn each(copy: &Configuration, problems: fn(&str) -> Vec<String>) -> String {
    let scripts = startup_scripts(&copy.plan("terraform", &[]));
    let all: Vec<String> = scripts.iter().flat_map(|script| problems(script)).collect();
    all.join("\n")
}

#[test]
fn a_missing_argument_is_told_by_the_oldest_and_the_newest_terraform() {
    let mistake = every()
        .into_iter()
        .find(|mistake| mistake.name == "a module is not told what it needs");
    let mistake = mistake.expect("it is planted");
    for terraform in oldest_and_newest() {
        let copy = Configuration::copy_for(terraform);
        copy.change(mistake.file, mistake.from, mistake.to);
        let (stub, root) = (newest(), "terraform");
        // The newest releases look at what modules are told while they load them.
        let mut said = failed(copy.run(stub, root, &["init", "-backend=false"]));
        if said.is_empty() {
            said = failed(copy.run(stub, root, &["validate"]));
        }
        assert!(said.contains(mistake.told), "{said}");
    }
}

/// Mistakes of the same check that can be planted together: none where another one is. What is then hidden by another all the same, is
/// planted again without it.
#[tokio::test]
async fn each_planted_mistake_is_caught_by_the_check_that_should() {
    let mut left: Vec<&Mistake> = every();
    let mut alone = false;
    let mut missed = Vec::new();
    while let Some(first) = left.first().copied() {
        let mut files = BTreeSet::new();
        let (together, others): (Vec<&Mistake>, Vec<&Mistake>) =
            left.into_iter().partition(|one| {
                one.by == first.by && files.insert(one.file) && (!alone || files.len() == 1)
            });
        let copy = Configuration::copy();
        for one in &together {
            copy.change(one.file, one.from, one.to);
        }
        let said = said(first.by, &copy).await;
        let (caught, hidden): (Vec<&Mistake>, Vec<&Mistake>) = together
            .into_iter()
            .partition(|one| said.contains(one.told));
        // Where nothing was caught, each is looked for alone.
        if caught.is_empty() && alone || hidden.len() == 1 && caught.is_empty() {
            missed.push(format!("{}: {:?} said {said:?}", first.name, first.by));
            left = hidden[1..].iter().chain(&others).copied().collect();
        } else {
            alone = caught.is_empty();
            left = hidden.into_iter().chain(others).collect();
        }
    }
    assert!(
        missed.is_empty(),
        "{} missed:\n{}",
        missed.len(),
        missed.join("\n")
    );
}
