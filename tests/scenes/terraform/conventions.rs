//! What linters of Terraform ask for, and what readers of a module look for: everything in the file where it is expected, described and typed,
//! and tables of variables and outputs in every README that are the configuration's own.

use std::{fmt::Write as _, fs};

use crate::configuration::{repository, stubs};

/// One `variable` or `output` block.
struct Described {
    name: String,
    description: String,
    kind: String,
    default: Option<String>,
}

/// Every folder of the configuration that somebody may call: the root, its modules, its examples.
fn folders() -> Vec<String> {
    let mut folders = vec!["terraform".to_owned()];
    for above in ["terraform/modules", "terraform/examples"] {
        let entries = fs::read_dir(repository().join(above)).expect("a readable folder");
        for entry in entries {
            let entry = entry.expect("a readable folder");
            // The example for GKE is no Terraform.
            if entry.path().join("kustomization.yaml").exists() {
                continue;
            }
            folders.push(format!("{above}/{}", entry.file_name().to_string_lossy()));
        }
    }
    folders.sort();
    folders
}

/// The blocks of a kind in a file; none when there is no such file. Terraform's own formatting makes them easy to read: a block begins and
/// ends in the first column.
fn described(folder: &str, file: &str, kind: &str) -> Vec<Described> {
    let text = fs::read_to_string(repository().join(folder).join(file)).unwrap_or_default();
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
        let description = value("description");
        let description =
            description.unwrap_or_else(|| panic!("{folder}/{file}: {name} is not described"));
        let typed = value("type").unwrap_or_default();
        found.push(Described {
            name: name.to_owned(),
            description: description.trim_matches('"').replace("\\\"", "\""),
            // What is in an object is said by its description.
            kind: typed.replace("({", ""),
            default: value("default"),
        });
    }
    found
}

fn inputs(folder: &str) -> String {
    let mut table = String::from("| variable | what | type | when left out |\n|---|---|---|---|\n");
    for variable in described(folder, "variables.tf", "variable") {
        let default = variable
            .default
            .map_or_else(|| "**needed**".to_owned(), |value| format!("`{value}`"));
        writeln!(
            table,
            "| `{}` | {} | `{}` | {default} |",
            variable.name, variable.description, variable.kind
        )
        .expect("a string takes everything");
    }
    table
}

fn outputs(folder: &str) -> String {
    let mut table = String::from("| output | what |\n|---|---|\n");
    for output in described(folder, "outputs.tf", "output") {
        writeln!(table, "| `{}` | {} |", output.name, output.description)
            .expect("a string takes everything");
    }
    table
}

#[test]
fn the_tables_of_every_readme_are_the_configurations_own() {
    let write = std::env::var_os("OT_WRITE_TABLES").is_some();
    for folder in folders() {
        let path = repository().join(&folder).join("README.md");
        let mut readme =
            fs::read_to_string(&path).unwrap_or_else(|why| panic!("{folder}/README.md: {why}"));
        for (name, table) in [("inputs", inputs(&folder)), ("outputs", outputs(&folder))] {
            if table.lines().count() == 2 {
                continue;
            }
            let begin = format!("<!-- {name} -->\n");
            let end = format!("<!-- end of {name} -->");
            let (before, rest) = readme
                .split_once(&begin)
                .unwrap_or_else(|| panic!("{folder}/README.md has no {begin}"));
            let (found, after) = rest.split_once(&end).expect("its end");
            if write {
                readme = format!("{before}{begin}{table}{end}{after}");
                continue;
            }
            assert!(
                found.trim() == table.trim(),
                "{folder}/README.md, {name}: OT_WRITE_TABLES=1 writes it anew; it should be:\n\n{table}"
            );
        }
        if write {
            fs::write(&path, readme).expect("a file");
        }
    }
}

/// What linters of Terraform ask for, as far as a plan does not show it.
#[test]
fn every_folder_keeps_to_the_conventions() {
    for folder in folders() {
        let at = |file: &str| repository().join(&folder).join(file);
        let read = |file: &str| fs::read_to_string(at(file)).unwrap_or_default();
        assert!(
            read("main.tf").starts_with("# "),
            "{folder}/main.tf says what it is for"
        );
        assert!(
            read("versions.tf").contains("required_version = \">= 1.11\""),
            "{folder}/versions.tf"
        );
        for entry in fs::read_dir(at("")).expect("a readable folder") {
            let name = entry.expect("a readable folder").file_name();
            let name = name.to_string_lossy().into_owned();
            let text = if name.ends_with(".tf") {
                read(&name)
            } else {
                String::new()
            };
            for (kind, file) in [
                ("variable", "variables.tf"),
                ("output", "outputs.tf"),
                ("terraform", "versions.tf"),
            ] {
                let elsewhere =
                    text.starts_with(&format!("{kind} ")) || text.contains(&format!("\n{kind} "));
                assert!(
                    name == file || !elsewhere,
                    "{folder}/{name} has a {kind}, which belongs into {file}"
                );
            }
            let blocks = text
                .lines()
                .filter(|line| line.starts_with("resource ") || line.starts_with("data "));
            for block in blocks {
                let name = block.split('"').nth(3).unwrap_or_default();
                let well = name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
                assert!(well, "{folder}: {block}");
            }
        }
        for variable in described(&folder, "variables.tf", "variable") {
            let (name, kind) = (&variable.name, variable.kind.as_str());
            assert!(
                !kind.is_empty() && kind != "any",
                "{folder}: {name} has no type"
            );
            let end = variable.description.ends_with('.');
            assert!(end, "{folder}: the description of {name} is a sentence");
            let text = read("variables.tf");
            let (_, block) = text
                .split_once(&format!("variable \"{name}\" {{"))
                .expect("it is there");
            let block = block.split("\n}").next().unwrap_or_default();
            let nothing =
                variable.default.as_deref() == Some("null") || block.contains("ephemeral");
            assert!(
                nothing || block.contains("nullable"),
                "{folder}: {name} is not said to be nullable or not"
            );
            let everything: String = fs::read_dir(at(""))
                .expect("a readable folder")
                .map(|entry| {
                    entry
                        .expect("a readable folder")
                        .file_name()
                        .to_string_lossy()
                        .into_owned()
                })
                .filter(|file| file.ends_with(".tf"))
                .map(|file| read(&file))
                .collect();
            assert!(
                everything.contains(&format!("var.{name}")),
                "{folder}: {name} is not used"
            );
        }
    }
}

#[test]
fn the_lock_file_has_a_provider_that_is_allowed() {
    let read =
        |file: &str| fs::read_to_string(repository().join("terraform").join(file)).expect("a file");
    let (lock, versions) = (read(".terraform.lock.hcl"), read("versions.tf"));
    let value = |text: &str, key: &str| {
        let (_, rest) = text.split_once(&format!("{key} ")).expect("it is there");
        rest.split('"').nth(1).unwrap_or_default().to_owned()
    };
    assert_eq!(
        value(&lock, "constraints"),
        value(&versions, "      version")
    );
    let locked = value(&lock, "  version    ");
    assert!(
        stubs().iter().any(|stub| stub.version == locked),
        "{locked} is none that everything is tried with"
    );
    assert_eq!(lock.matches("provider \"").count(), 1, "{lock}");
}

#[test]
fn variables_and_outputs_stand_in_the_order_of_their_names() {
    for (file, kind) in [("variables.tf", "variable"), ("outputs.tf", "output")] {
        for folder in folders() {
            let names: Vec<String> = described(&folder, file, kind)
                .into_iter()
                .map(|found| found.name)
                .collect();
            assert!(names.is_sorted(), "{folder}/{file}: {names:?}");
        }
    }
}
