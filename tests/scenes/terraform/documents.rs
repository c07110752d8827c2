//! Documents that a program can check: tables of variables and outputs are the configuration's own, and every `gcloud` command, in a document or
//! put out by Terraform, is one that `gcloud` knows.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path, process::Command};

use serde_json::Value;

use crate::configuration::{Configuration, repository};

/// One `variable` or `output` block.
struct Described {
    name: String,
    description: String,
    default: Option<String>,
}

/// The blocks of a kind in a file. Terraform's own formatting makes them easy to read: a block begins and ends in the first column.
fn described(file: &str, kind: &str) -> Vec<Described> {
    let text = fs::read_to_string(repository().join("terraform").join(file)).expect("a file");
    let mut found = Vec::new();
    for block in text
        .split(&format!("\n{kind} \""))
        .skip(usize::from(!text.starts_with(kind)))
    {
        let block = block.strip_prefix(&format!("{kind} \"")).unwrap_or(block);
        let block = block.split("\n}").next().unwrap_or(block);
        let (name, rest) = block.split_once('"').expect("a name");
        let value = |key: &str| {
            let line = rest.lines().find(|line| {
                line.strip_prefix("  ").is_some_and(|line| {
                    line.strip_prefix(key)
                        .is_some_and(|line| line.trim_start().starts_with('='))
                })
            })?;
            Some(line.split_once('=')?.1.trim().to_owned())
        };
        let description = value("description").expect("every block has a description");
        found.push(Described {
            name: name.to_owned(),
            description: description.trim_matches('"').replace("\\\"", "\""),
            default: value("default"),
        });
    }
    found
}

fn inputs() -> String {
    let mut table = String::from("| variable | what | when left out |\n|---|---|---|\n");
    for variable in described("variables.tf", "variable") {
        let default = variable
            .default
            .map_or_else(|| "**needed**".to_owned(), |value| format!("`{value}`"));
        writeln!(
            table,
            "| `{}` | {} | {default} |",
            variable.name, variable.description
        )
        .expect("a string takes everything");
    }
    table
}

fn outputs() -> String {
    let mut table = String::from("| output | what |\n|---|---|\n");
    for output in described("outputs.tf", "output") {
        writeln!(table, "| `{}` | {} |", output.name, output.description)
            .expect("a string takes everything");
    }
    table
}

#[test]
fn the_tables_are_the_configurations_own() {
    let readme = fs::read_to_string(repository().join("terraform/README.md")).expect("a file");
    for (name, table) in [("inputs", inputs()), ("outputs", outputs())] {
        let begin = format!("<!-- {name} -->\n");
        let end = format!("<!-- end of {name} -->");
        let found = readme
            .split_once(&begin)
            .and_then(|(_, rest)| rest.split_once(&end));
        let (found, _) = found.unwrap_or_else(|| panic!("terraform/README.md has no {begin}"));
        assert!(
            found.trim() == table.trim(),
            "terraform/README.md, {name}, should be:\n\n{table}"
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
fn variables_and_outputs_stand_in_the_order_of_their_names() {
    for (file, kind) in [("variables.tf", "variable"), ("outputs.tf", "output")] {
        let names: Vec<String> = described(file, kind)
            .into_iter()
            .map(|found| found.name)
            .collect();
        assert!(names.is_sorted(), "{file}: {names:?}");
    }
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
            // What follows is for ssh, not for gcloud.
            let command = text.split(" -- ").next().unwrap_or(text);
            found.insert(command.to_owned());
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

#[test]
fn gcloud_refuses_a_command_that_it_does_not_know() {
    for wrong in [
        "gcloud compute shh prod-booking-client-vm",
        "gcloud compute ssh prod-booking-client-vm --tunnel-through-iab",
    ] {
        assert!(refused(wrong).is_some(), "{wrong}");
    }
}
