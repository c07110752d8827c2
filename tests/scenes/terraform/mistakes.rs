//! Planted mistakes: one change to a good configuration, and the check that must notice it, by name.

use crate::{
    configuration::{Configuration, newest, oldest_and_newest},
    people::PEOPLE,
    plan::startup_scripts,
    planted::{By, MISTAKES, Mistake},
    policy::{named_as_in_the_article, violations},
    rendered::{script_problems, setting_problems, unit_problems},
};

impl Mistake {
    /// What the check that should notice says about it.
    async fn caught(&self, copy: Configuration) -> String {
        copy.change(self.file, self.from, self.to);
        let (stub, root) = (newest(), "terraform");
        let project = "-var=project_id=grpc-alts-demo";
        let init = copy.run(stub, root, &["init", "-backend=false"]);
        if init.code != 0 {
            // The newest releases of Terraform look at what modules are told while they load them.
            return failed(init);
        }
        match self.by {
            By::Validate => failed(copy.run(stub, root, &["validate"])),
            By::Plan => failed(copy.run(stub, root, &["plan", project])),
            By::Test(file) => {
                let filter = format!("-filter={file}");
                failed(copy.run(stub, root, &["test", &filter]))
            }
            By::ApplyWithAlerts => {
                let alerts = "-var=alert_email=oncall@example.org";
                failed(copy.run(stub, root, &["apply", "-auto-approve", project, alerts]))
            }
            By::Apply => failed(copy.run(stub, root, &["apply", "-auto-approve", project])),
            By::SecondPlan => {
                copy.run(stub, root, &["apply", "-auto-approve", project])
                    .well();
                failed(copy.run(stub, root, &["plan", "-detailed-exitcode", project]))
            }
            By::Policy => {
                let plan = copy.plan(root, &["-var=alert_email=oncall@example.org"]);
                let mut found = violations(&plan);
                found.extend(named_as_in_the_article(&plan));
                found.join("\n")
            }
            By::PolicyWithPeople => violations(&copy.plan(root, &[PEOPLE])).join("\n"),
            By::Systemd => each(&copy, unit_problems),
            By::Shell => each(&copy, script_problems),
            By::Settings => {
                let mut all = Vec::new();
                for script in startup_scripts(&copy.plan(root, &[])) {
                    all.extend(setting_problems(&script).await);
                }
                all.join("\n")
            }
        }
    }
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

#[tokio::test]
async fn a_missing_argument_is_told_by_the_oldest_and_the_newest_terraform() {
    let mistake = MISTAKES
        .iter()
        .find(|mistake| mistake.name == "a module is not told what it needs");
    let mistake = mistake.expect("it is planted");
    for terraform in oldest_and_newest() {
        let said = mistake.caught(Configuration::copy_for(terraform)).await;
        assert!(said.contains(mistake.told), "{said}");
    }
}

#[tokio::test]
async fn each_planted_mistake_is_caught_by_the_check_that_should() {
    let mut missed = Vec::new();
    for mistake in &MISTAKES {
        let said = mistake.caught(Configuration::copy()).await;
        if !said.contains(mistake.told) {
            let by = mistake.by;
            missed.push(format!("{}: {by:?} said {said:?}", mistake.name));
        }
    }
    assert!(
        missed.is_empty(),
        "{} missed:\n{}",
        missed.len(),
        missed.join("\n")
    );
}
