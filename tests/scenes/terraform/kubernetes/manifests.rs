//! What `kubectl apply --kustomize` would send, as JSON, and what Kubernetes' schemas say about it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

use crate::configuration::repository;

/// Sidecars as the manifests have them are on by default since the first; the second was the newest when this was last changed.
const RELEASES: [&str; 2] = ["1.29", "1.37"];

/// A copy of the example that may be changed.
pub(crate) struct Example {
    folder: TempDir,
}

impl Example {
    pub(crate) fn copy() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let from = repository().join("terraform/examples/gke");
        let copied = Command::new("cp")
            .arg("--recursive")
            .arg(from)
            .arg(folder.path().join("gke"))
            .status();
        assert!(copied.expect("cp runs").success());
        Self { folder }
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join("gke").join(file)
    }

    /// Replaces a text that is there.
    #[track_caller]
    pub(crate) fn change(&self, file: &str, from: &str, to: &str) {
        let path = self.path(file);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(text.contains(from), "{file} no longer has {from:?}");
        fs::write(path, text.replacen(from, to, 1)).expect("a file");
    }

    pub(crate) fn manifests(&self) -> Manifests {
        manifests(std::slice::from_ref(self)).remove(0)
    }

    /// What kubectl would send, in a file.
    fn rendered(&self) -> PathBuf {
        let mut kubectl = Command::new(installed("kubectl"));
        let rendered = run(kubectl.arg("kustomize").arg(self.path("")));
        let path = self.folder.path().join("rendered.yaml");
        fs::write(&path, rendered).expect("a file");
        path
    }
}

/// The same of several at once, which takes little more time than of one.
pub(crate) fn manifests(examples: &[Example]) -> Vec<Manifests> {
    let judged = run(Command::new(installed("python"))
        .arg(repository().join("tests/terraform/kubernetes.py"))
        .arg(RELEASES.join(","))
        .args(examples.iter().map(Example::rendered)));
    let judged: Vec<Manifests> = serde_json::from_slice(&judged).expect("JSON");
    assert_eq!(judged.len(), examples.len());
    judged
}

/// What scripts/test --install puts there.
fn installed(program: &str) -> PathBuf {
    let path = repository().join("target/terraform-venv/bin").join(program);
    assert!(
        Path::new(&path).exists(),
        "{} is not there; run scripts/test --install",
        path.display()
    );
    path
}

fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {told}");
    output.stdout
}

/// Objects, and what is wrong with their form.
#[derive(Deserialize)]
pub(crate) struct Manifests {
    pub(crate) objects: Vec<Value>,
    pub(crate) problems: Vec<String>,
}

/// The text at a path of keys; empty where there is none.
pub(crate) fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    at(value, path).as_str().unwrap_or_default()
}

/// The value at a path such as `spec.template`; null where there is none.
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(value, |value, key| &value[key])
}

/// The list at a path; empty where there is none.
pub(crate) fn list<'a>(value: &'a Value, path: &str) -> &'a [Value] {
    at(value, path).as_array().map_or(&[], Vec::as_slice)
}

/// A pod, as a Deployment makes it.
pub(crate) struct Pod<'a> {
    pub(crate) name: &'a str,
    pub(crate) namespace: &'a str,
    pub(crate) labels: &'a Value,
    pub(crate) spec: &'a Value,
}

impl<'a> Pod<'a> {
    /// Its containers, those first that are there before the others.
    pub(crate) fn containers(&self) -> impl Iterator<Item = &'a Value> + use<'a> {
        let spec = self.spec;
        list(spec, "initContainers")
            .iter()
            .chain(list(spec, "containers"))
    }

    pub(crate) fn container(&self, name: &str) -> Option<&'a Value> {
        self.containers().find(|found| text(found, "name") == name)
    }

    /// Its volume of a name.
    pub(crate) fn volume(&self, name: &str) -> Option<&'a Value> {
        let volumes = list(self.spec, "volumes").iter();
        volumes
            .into_iter()
            .find(|volume| text(volume, "name") == name)
    }
}

impl Manifests {
    pub(crate) fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        let all = self.objects.iter();
        all.filter(move |object| text(object, "kind") == kind)
    }

    pub(crate) fn pods(&self) -> Vec<Pod<'_>> {
        let pod = |deployment| Pod {
            name: text(deployment, "metadata.name"),
            namespace: text(deployment, "metadata.namespace"),
            labels: at(deployment, "spec.template.metadata.labels"),
            spec: at(deployment, "spec.template.spec"),
        };
        self.of_kind("Deployment").map(pod).collect()
    }

    pub(crate) fn pod(&self, name: &str) -> Pod<'_> {
        let mut pods = self.pods().into_iter();
        pods.find(|pod| pod.name == name).expect("it is there")
    }

    /// The files of a ConfigMap that a pod mounts as `volume`.
    pub(crate) fn files(&self, pod: &Pod<'_>, volume: &str) -> Vec<(String, String)> {
        let Some(volume) = pod.volume(volume) else {
            return Vec::new();
        };
        let name = text(volume, "configMap.name");
        let map = self.of_kind("ConfigMap").find(|map| {
            text(map, "metadata.name") == name && text(map, "metadata.namespace") == pod.namespace
        });
        let data = map.and_then(|map| map["data"].as_object());
        let data = data.unwrap_or_else(|| panic!("{} has no ConfigMap {name}", pod.name));
        data.iter()
            .map(|(file, text)| (file.clone(), text.as_str().unwrap_or_default().to_owned()))
            .collect()
    }

    pub(crate) fn file(&self, pod: &str, volume: &str, file: &str) -> String {
        let files = self.files(&self.pod(pod), volume);
        let found = files.into_iter().find(|(name, _)| name == file);
        found.map(|(_, text)| text).unwrap_or_default()
    }
}

#[test]
fn the_manifests_are_what_kubernetes_takes() {
    let manifests = Example::copy().manifests();
    assert_eq!(manifests.problems, Vec::<String>::new());
    assert_eq!(manifests.pods().len(), 3);
}
