//! Documents that a program can check: every `gcloud` command, in a document or put out by Terraform, is one that `gcloud` knows; roles and
//! refusals are the ones that there are; the workflow for a project of one's own does nothing by itself.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use serde_json::Value;

use crate::configuration::{Configuration, PASSWORD, PROJECT, repository};

#[test]
fn the_workflow_for_a_project_of_ones_own_is_off_keeps_no_key_and_applies_nothing() {
    let workflow = repository().join(".github/workflows/google-cloud.yml");
    let text = fs::read_to_string(workflow).expect("a workflow");
    let (head, jobs) = text.split_once("\njobs:\n").expect("jobs");
    for other in ["push:", "pull_request", "schedule:"] {
        assert!(!head.contains(other), "it starts by {other}");
    }
    let every: Vec<&str> = jobs
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   ") && line.ends_with(':'))
        .collect();
    let off = jobs
        .matches("    if: vars.GOOGLE_CLOUD_PROJECT != ''\n")
        .count();
    assert_eq!(every.len(), off, "{every:?}");
    assert!(head.contains("permissions:\n  contents: read"), "{head}");
    assert!(
        !text.contains("secrets.") && !text.contains("credentials_json"),
        "a key"
    );
    assert!(
        !text.contains(" apply") && !text.contains(" destroy"),
        "it changes something"
    );
    let setup = fs::read_to_string(repository().join("terraform/docs/ci.md")).expect("text");
    let named = text.split("vars.").skip(1).map(|rest| {
        let end = rest.find(|c: char| !(c.is_ascii_uppercase() || c == '_'));
        &rest[..end.unwrap_or(rest.len())]
    });
    for variable in named {
        assert!(
            setup.contains(&format!("`{variable}`")),
            "docs/ci.md says nothing of {variable}"
        );
    }
}

#[test]
fn the_front_ends_roles_are_the_backends() {
    let backend = tests::process::program("booking-server").expect("the programs are built");
    let table = Command::new(backend).arg("roles").output();
    let table = String::from_utf8(table.expect("it runs").stdout).expect("text");
    let roles = table.lines().next().expect("a head").split_whitespace();
    let roles: BTreeSet<&str> = roles.skip(1).collect();
    let variables =
        fs::read_to_string(repository().join("terraform/variables.tf")).expect("a file");
    let allowed = variables
        .split_once("setsubtract(var.front_end_roles, [")
        .and_then(|(_, rest)| rest.split_once(']'));
    let (allowed, _) = allowed.expect("a validation");
    let allowed = allowed.split(", ").map(|role| role.trim_matches('"'));
    // The article's question is always allowed.
    let allowed: BTreeSet<&str> = allowed.chain(["legacy"]).collect();
    assert_eq!(allowed, roles);
}

#[test]
fn every_validation_has_a_value_that_it_refuses_and_says_so_in_one_sentence() {
    let folder = repository().join("terraform");
    let text = |file: &str| fs::read_to_string(folder.join(file)).expect("a file");
    let (variables, refusals) = (text("variables.tf"), text("tests/refusals.tftest.hcl"));
    for block in variables.split("\nvariable \"") {
        let block = block.trim_start_matches("variable \"");
        let (name, rest) = block.split_once('"').expect("a name");
        let validations = rest.matches("  validation {").count();
        let named = [format!("[var.{name}]"), format!("[var.{name},")];
        let refused: usize = named
            .iter()
            .map(|name| refusals.matches(name).count())
            .sum();
        assert!(
            refused >= validations,
            "{name}: {validations} validations, {refused} values refused"
        );
        for line in rest
            .lines()
            .filter(|line| line.trim_start().starts_with("error_message"))
        {
            let (_, message) = line.split_once("= ").expect("a message");
            let sentences = message.trim_end_matches('"').matches(". ").count() + 1;
            assert!(
                message.ends_with(".\"") && sentences == 1,
                "{name}: {message}"
            );
        }
    }
}

#[test]
fn every_module_refuses_something_and_each_validation_has_a_value_that_it_refuses() {
    let folder = repository().join("terraform");
    let tested = ["modules", "software"].map(|name| {
        let file = folder.join(format!("tests/{name}.tftest.hcl"));
        fs::read_to_string(file).expect("a file")
    });
    let tested = tested.concat();
    for entry in fs::read_dir(folder.join("modules")).expect("a readable folder") {
        let entry = entry.expect("a readable folder");
        let module = entry.file_name().to_string_lossy().into_owned();
        let variables = fs::read_to_string(entry.path().join("variables.tf")).expect("a file");
        let source = format!("source = \"./modules/{module}\"");
        let runs: Vec<&str> = tested
            .split("\nrun ")
            .filter(|run| run.contains(&source))
            .collect();
        assert!(!runs.is_empty(), "{module} refuses nothing");
        for block in variables
            .split("\nvariable \"")
            .filter(|block| block.contains("  validation {"))
        {
            let name = block
                .trim_start_matches("variable \"")
                .split('"')
                .next()
                .unwrap_or_default();
            let refused = format!("expect_failures = [var.{name}]");
            assert!(
                runs.iter().any(|run| run.contains(&refused)),
                "{module}: {name}"
            );
        }
    }
}

#[test]
fn every_metric_of_a_chart_or_an_alert_is_one_that_a_handshaker_counts() {
    let operations = fs::read_to_string(repository().join("terraform/modules/operations/main.tf"));
    let operations = operations.expect("a file");
    let mut counted = String::new();
    sources(&repository().join("alts/handshaker/src"), &mut counted);
    let named: BTreeSet<&str> = operations
        .split(|c: char| !(c.is_ascii_lowercase() || c == '_'))
        .filter(|word| word.starts_with("alts_"))
        .map(|word| word.trim_end_matches("_bucket"))
        .collect();
    assert!(named.len() >= 4, "{named:?}");
    for name in named {
        assert!(
            counted.contains(&format!("\"{name}\"")),
            "no handshaker counts {name}"
        );
    }
}

/// The text of every source file below a folder.
fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            sources(&path, text);
        } else {
            text.push_str(&fs::read_to_string(path).unwrap_or_default());
        }
    }
}

/// The blocks of commands to paste under a heading of a document, each as one line for bash. `my-project` and a
/// password's dots are what a reader replaces.
pub(crate) fn commands(document: &Path, heading: &str) -> Vec<String> {
    let text = fs::read_to_string(document).expect("text");
    let (_, rest) = text
        .split_once(&format!("## {heading}\n"))
        .unwrap_or_else(|| panic!("{} has no {heading}", document.display()));
    let section = rest.split("\n## ").next().unwrap_or(rest);
    let blocks = section.split("```console\n").skip(1);
    let lines = |block: &str| {
        let fenced = block.split("```").next().unwrap_or_default();
        let commands = fenced.lines().filter_map(|line| line.strip_prefix("$ "));
        commands
            .collect::<Vec<_>>()
            .join(" && ")
            .replace("my-project", PROJECT)
            .replace("password=...", &format!("password={PASSWORD}"))
    };
    blocks.map(lines).collect()
}

/// Lines of a document that are a `gcloud` command to paste.
fn commands_in(text: &str) -> impl Iterator<Item = String> {
    let mut fenced = false;
    text.lines().filter_map(move |line| {
        let line = line.trim();
        if line.starts_with("```") {
            fenced = !fenced;
        }
        let command = line.strip_prefix("$ ").unwrap_or(line);
        (fenced && command.starts_with("gcloud ")).then(|| command.to_owned())
    })
}

fn documents(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable folder").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            documents(&path, found);
        } else if name.ends_with(".md") {
            found.extend(commands_in(&fs::read_to_string(path).expect("text")));
        }
    }
}

/// Commands among the values of outputs.
fn commands_of(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.starts_with("gcloud ") => {
            for command in text.split(" && ") {
                // What follows is for ssh or for bash, not for gcloud.
                let command = command.split(" -- ").next().unwrap_or(command);
                let (command, each) = command.split_once(" | ").unwrap_or((command, ""));
                found.insert(command.to_owned());
                if let Some((_, each)) = each.split_once("do gcloud ") {
                    let each = each.split(" < ").next().unwrap_or(each);
                    let each = each
                        .replace("$name", "name")
                        .replace("$zone", "us-central1-a");
                    found.insert(format!("gcloud {each}"));
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| commands_of(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| commands_of(field, found)),
        _ => {}
    }
}

/// Why `gcloud` would not take a command; it neither runs it nor asks anybody.
fn refused(command: &str) -> Option<String> {
    let output = Command::new("gcloud")
        .args(["meta", "lint-gcloud-commands"])
        .arg(format!("--command-string={command}"))
        .output()
        .unwrap_or_else(|error| panic!("gcloud: {error}; install Google's Cloud SDK"));
    let judged: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (judged[0]["success"] != Value::Bool(true)).then(|| {
        let why = judged[0]["error_message"]
            .as_str()
            .unwrap_or("it says nothing");
        format!("{command}: {why}")
    })
}

#[test]
fn gcloud_knows_every_command_in_documents_and_outputs() {
    let mut commands = BTreeSet::new();
    documents(&repository(), &mut commands);
    let written = commands.len();
    let copy = Configuration::copy();
    let plans: [&[&str]; 2] = [&[], &["-var=database={}", "-var=backends=3"]];
    for variables in plans {
        let plan = copy.plan("terraform", variables);
        for output in plan["planned_values"]["outputs"]
            .as_object()
            .into_iter()
            .flatten()
        {
            commands_of(&output.1["value"], &mut commands);
        }
    }
    assert!(written > 0 && commands.len() > written + 5, "{commands:?}");
    let refused: Vec<String> = commands
        .iter()
        .filter_map(|command| refused(command))
        .collect();
    assert_eq!(refused, Vec::<String>::new());
}

/// Whoever has two projects is not to stop a machine of the other one.
#[test]
fn every_command_about_machines_names_its_project() {
    let mut commands = BTreeSet::new();
    documents(&repository().join("terraform"), &mut commands);
    let about = commands
        .iter()
        .filter(|command| command.starts_with("gcloud compute "));
    let about: Vec<&String> = about.collect();
    assert!(about.len() >= 6, "{about:?}");
    let nowhere: Vec<&&String> = about
        .iter()
        .filter(|command| !command.contains(" --project="))
        .collect();
    assert_eq!(nowhere, Vec::<&&String>::new());
}

#[test]
fn gcloud_refuses_a_command_that_it_does_not_know() {
    for wrong in [
        "gcloud compute shh prod-booking-client-vm",
        "gcloud compute ssh prod-booking-client-vm --tunnel-through-iab",
    ] {
        assert!(refused(wrong).is_some(), "{wrong}");
    }
}
