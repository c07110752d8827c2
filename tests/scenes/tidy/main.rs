//! The house rules that a program can check. Each failure says the rule and the place.

mod circles;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Lines a source file may have. Longer ones have two reasons to exist.
const MAX_LINES: usize = 400;
/// The same for tests, where tables are long.
const MAX_TEST_LINES: usize = 600;

/// Crates in which files still need each other. This list only ever gets shorter.
const STILL_IN_CIRCLES: &[&str] = &[];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every file of the repository that git tracks or would, with its text.
fn files(ending: &str) -> Vec<(String, String)> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git runs");
    let listed = String::from_utf8(listed.stdout).expect("UTF-8 names");
    let names = listed
        .lines()
        .filter(|name| name.ends_with(ending) && root().join(name).is_file());
    names
        .map(|name| {
            (
                name.to_owned(),
                fs::read_to_string(root().join(name)).expect("UTF-8 text"),
            )
        })
        .collect()
}

fn all_hold(rule: &str, offenders: Vec<String>) {
    assert!(
        offenders.is_empty(),
        "{rule}:\n  {}",
        offenders.join("\n  ")
    );
}

#[test]
fn every_source_file_opens_by_saying_what_it_is_for() {
    let silent = files(".rs").into_iter().filter(|(_, text)| {
        let crate_docs = text.contains("include_str!(\"../README.md\")");
        !(text.starts_with("//!") || crate_docs)
    });
    all_hold(
        "a file opens with //!",
        silent.map(|(name, _)| name).collect(),
    );
}

#[test]
fn files_stay_small() {
    let long = files(".rs").into_iter().filter_map(|(name, text)| {
        let lines = text.lines().count();
        let test = name.contains("tests") || name.contains("/bench/");
        let max = if test { MAX_TEST_LINES } else { MAX_LINES };
        (lines > max).then(|| format!("{name}: {lines} lines, at most {max}"))
    });
    all_hold("a file has one reason to exist", long.collect());
}

#[test]
fn layers_only_look_down() {
    let rules: [(&str, &[&str]); 5] = [
        (
            "alts/src/record/",
            &[
                "tokio",
                "tonic",
                "std::net",
                "std::time",
                "getrandom",
                "std::io",
            ],
        ),
        (
            "alts/src/identity.rs",
            &["tokio", "tonic", "std::net", "std::time"],
        ),
        (
            "alts/handshake/src/",
            &[
                "tokio",
                "tonic::",
                "std::net",
                "SystemTime::now",
                "getrandom",
                "std::fs",
            ],
        ),
        (
            "booking-server/domain/src/",
            &[
                "tokio",
                "tonic",
                "sqlx",
                "booking_proto",
                "Timestamp::now",
                "std::fs",
            ],
        ),
        (
            "booking-web/src/view/",
            &[
                "tokio",
                "axum",
                "tonic",
                "Timestamp::now",
                "std::fs",
                "std::net",
            ],
        ),
    ];
    let mut offenders = Vec::new();
    let files = files(".rs");
    for (layer, _) in rules {
        if !files.iter().any(|(name, _)| name.starts_with(layer)) {
            offenders.push(format!("{layer} is guarded and is not there"));
        }
    }
    for (name, text) in files {
        for (layer, forbidden) in rules.iter().filter(|(layer, _)| name.starts_with(layer)) {
            let code = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            for line in code.filter(|line| forbidden.iter().any(|word| line.contains(word))) {
                offenders.push(format!("{name} ({layer}): {}", line.trim()));
            }
        }
    }
    all_hold("a core knows no I/O, clock or randomness", offenders);
}

#[test]
fn no_two_files_of_a_crate_need_each_other() {
    let mut crates: BTreeMap<String, Vec<circles::File>> = BTreeMap::new();
    for (name, text) in files(".rs") {
        if let Some((folder, _)) = name.split_once("/src/") {
            crates
                .entry(folder.to_owned())
                .or_default()
                .push((name, text));
        }
    }
    assert!(
        crates.len() >= 11,
        "crates were looked for in the wrong place"
    );
    let mut offenders = Vec::new();
    for (folder, files) in &crates {
        let found = circles::circles(files);
        let known = STILL_IN_CIRCLES.contains(&folder.as_str());
        if known && found.is_empty() {
            offenders.push(format!(
                "{folder} has none any more: take it off STILL_IN_CIRCLES"
            ));
        } else if !known {
            offenders.extend(
                found
                    .into_iter()
                    .map(|circle| format!("{folder}: {circle}")),
            );
        }
    }
    for folder in STILL_IN_CIRCLES {
        if !crates.contains_key(*folder) {
            offenders.push(format!("{folder} is excused and is not there"));
        }
    }
    all_hold("files of a crate stand above each other", offenders);
}

#[test]
fn nothing_is_left_undone_or_skipped() {
    // Assembled, so that this file does not contain what it looks for.
    let marks = [
        ["TO", "DO"],
        ["FIX", "ME"],
        ["XX", "X:"],
        ["#[ig", "nore"],
        ["#[should", "_panic"],
    ];
    let mut offenders = Vec::new();
    for (name, text) in files(".rs")
        .into_iter()
        .chain(files(".proto"))
        .chain(files(".sh"))
    {
        for mark in marks.map(|halves| halves.concat()) {
            if text.contains(&mark) {
                offenders.push(format!("{name}: {mark}"));
            }
        }
    }
    all_hold("done means done, and no test is skipped", offenders);
}

#[test]
fn links_in_documents_lead_somewhere() {
    let mut dead = Vec::new();
    for (name, text) in files(".md") {
        let folder = root().join(&name).parent().expect("a folder").to_path_buf();
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let file = link.split('#').next().unwrap_or_default();
            let local = !file.is_empty() && !file.contains("://") && !file.starts_with("crate::");
            if local && !file.contains("::") && !folder.join(file).exists() {
                dead.push(format!("{name}: {link}"));
            }
        }
    }
    all_hold("links lead somewhere", dead);
}

#[test]
fn the_readme_names_every_crate() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let members = manifest.lines().filter_map(|line| {
        line.trim()
            .strip_prefix('"')?
            .split_once("\",  ")
            .map(|(member, _)| member)
    });
    let missing = members.filter(|member| !readme.contains(&format!("({member})")));
    all_hold(
        "README.md links every crate",
        missing.map(str::to_owned).collect(),
    );
}

/// A path in a document is written from the root, or from any folder that makes it clear.
#[test]
fn source_files_that_documents_name_exist() {
    let sources: Vec<String> = files(".rs").into_iter().map(|(name, _)| name).collect();
    let missing = files(".md").into_iter().flat_map(|(document, text)| {
        let named = text.split('`').skip(1).step_by(2);
        let paths = named.filter(|word| word.ends_with(".rs") && word.contains('/'));
        let gone = paths.filter(|path| {
            let ending = format!("/{path}");
            !sources
                .iter()
                .any(|name| name == path || name.ends_with(&ending))
        });
        gone.map(|path| format!("{document}: {path}"))
            .collect::<Vec<_>>()
    });
    all_hold("a document names files that are there", missing.collect());
}
