//! A plan, or a state, as the checks read it: its resources, and the files that its startup scripts write.

use std::collections::BTreeSet;

use serde_json::Value;

/// A resource of a plan: its address, its type, its values.
pub(crate) struct Resource<'a> {
    pub(crate) address: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) values: &'a Value,
}

/// Every resource, of every module.
pub(crate) fn resources(plan: &Value) -> Vec<Resource<'_>> {
    fn of_module<'a>(module: &'a Value, all: &mut Vec<Resource<'a>>) {
        for resource in list(&module["resources"]) {
            all.push(Resource {
                address: word(&resource["address"]),
                kind: word(&resource["type"]),
                values: &resource["values"],
            });
        }
        for child in list(&module["child_modules"]) {
            of_module(child, all);
        }
    }
    let mut all = Vec::new();
    of_module(&plan["planned_values"]["root_module"], &mut all);
    all
}

pub(crate) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(crate) fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(crate) fn words(value: &Value) -> BTreeSet<&str> {
    list(value).map(word).collect()
}

/// The startup script of every machine and of every template of machines.
pub(crate) fn startup_scripts(plan: &Value) -> Vec<String> {
    let scripts = resources(plan);
    let scripts = scripts
        .iter()
        .filter_map(|resource| resource.values["metadata"]["startup-script"].as_str());
    scripts.map(str::to_owned).collect()
}

/// A file that a startup script writes.
pub(crate) struct Placed {
    pub(crate) path: String,
    pub(crate) mode: u32,
    pub(crate) text: String,
}

/// The files of a startup script, in its order.
pub(crate) fn placed(script: &str) -> Vec<Placed> {
    let mut files = Vec::new();
    for part in script.split("\nplace ").skip(1) {
        let (head, rest) = part
            .split_once(" << 'END OF FILE'\n")
            .expect("a here-document");
        let (path, mode) = head.split_once(' ').expect("path and mode");
        let (text, _) = rest.split_once("END OF FILE\n").expect("its end");
        files.push(Placed {
            path: path.to_owned(),
            mode: u32::from_str_radix(mode, 8).expect("an octal mode"),
            text: text.to_owned(),
        });
    }
    files
}
