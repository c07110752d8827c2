//! The settings in the ConfigMaps and the command lines of the containers, before the programs themselves: each starts as in its pod.

use std::{fs, path::Path, process::Command};

use serde_json::Value;
use tempfile::TempDir;
use tests::process::{Process, program};

use super::manifests::{Example, Manifests, Pod, list, text};

/// A root key's public half, of no authority.
const ROOT: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/// A token of the pod `booking-x-1`; what is beside its claims, only the authority would look at.
const TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.\
    eyJzdWIiOiJzIiwia3ViZXJuZXRlcy5pbyI6eyJwb2QiOnsibmFtZSI6ImJvb2tpbmcteC0xIiwidWlkIjoidSJ9fX0.c2ln";

/// Each container, and what it says when it has understood everything.
const SAYS: [(&str, &str, &str); 5] = [
    ("alts-authority", "authority", "authority ready"),
    ("booking-server", "handshaker", "serve ready"),
    ("booking-web", "handshaker", "serve ready"),
    (
        "booking-server",
        "booking-server",
        "Booking OT service started successfully!",
    ),
    (
        "booking-web",
        "booking-web",
        "Booking web front end started",
    ),
];

/// What the programs say about what they are given, if it is not what they say when all is well: of all pods, or of one.
pub(crate) async fn problems(manifests: &Manifests, one: Option<&str>) -> Vec<String> {
    let mut found = Vec::new();
    let tried = SAYS.into_iter();
    for (name, container, says) in tried.filter(|(name, ..)| one.is_none_or(|one| one == *name)) {
        let pod = manifests.pod(name);
        let container = pod.container(container).expect("it is there");
        let inside = inside(manifests, &pod, container);
        let mut process = start(container, inside.path());
        if let Err(problem) = process.announced(says).await {
            found.push(format!("{name}: {problem}"));
        }
        if says == "serve ready" {
            for probe in ["readinessProbe", "livenessProbe"] {
                found.extend(probe_problem(container, &container[probe], inside.path()));
            }
        }
        process.kill().await.expect("it can be killed");
    }
    found
}

/// A folder in place of the container's root, with its settings, a token and what a person would have put in.
fn inside(manifests: &Manifests, pod: &Pod<'_>, container: &Value) -> TempDir {
    let root = tempfile::tempdir().expect("a temporary folder");
    for mount in list(container, "volumeMounts") {
        let folder = text(mount, "mountPath").trim_start_matches('/');
        let folder = root.path().join(folder);
        fs::create_dir_all(&folder).expect("a folder");
        let write = |file: &str, text: &str| fs::write(folder.join(file), text).expect("a file");
        let volume = pod.volume(text(mount, "name")).expect("a volume");
        if !volume["configMap"].is_null() {
            for (file, text) in manifests.files(pod, text(mount, "name")) {
                let text = text
                    .replace("roots = []", &format!("roots = [\"{ROOT}\"]"))
                    // A port that is free, and that others may use beside this.
                    .replace("0.0.0.0:18070", "127.0.0.1:0")
                    .replace("127.0.0.1:18080", "127.0.0.1:0");
                write(&file, &here(&text, root.path()));
            }
        } else if !volume["projected"].is_null() {
            write("token", TOKEN);
        } else if !volume["secret"].is_null() {
            write("people.toml", "[people]\n");
        }
    }
    root
}

/// Paths of the container are in this folder.
fn here(text: &str, root: &Path) -> String {
    let root = root.display().to_string();
    ["/etc/", "/var/"]
        .iter()
        .fold(text.to_owned(), |text, path| {
            text.replace(&format!("\"{path}"), &format!("\"{root}{path}"))
                .replace(&format!(":{path}"), &format!(":{root}{path}"))
        })
}

fn start(container: &Value, root: &Path) -> Process {
    let words = list(container, "command")
        .iter()
        .chain(list(container, "args"));
    let words: Vec<&str> = words.filter_map(Value::as_str).collect();
    let command = command(container, &words, root);
    Process::start(words[0], command.into()).expect("it starts")
}

/// A command line of the container, with its environment.
fn command(container: &Value, words: &[&str], root: &Path) -> Command {
    let name = words[0].rsplit('/').next().unwrap_or_default();
    let mut command = Command::new(program(name).expect("the programs are built"));
    for word in &words[1..] {
        let word = match *word {
            "0.0.0.0:8080" | "0.0.0.0:8000" => "127.0.0.1:0".to_owned(),
            path if path.starts_with('/') => format!("{}{path}", root.display()),
            word => word.to_owned(),
        };
        command.arg(word);
    }
    for variable in list(container, "env") {
        let value = here(&format!("\"{}", text(variable, "value")), root);
        command.env(text(variable, "name"), value.trim_start_matches('"'));
    }
    command
}

/// Why a probe that runs a command would not find the container well.
fn probe_problem(container: &Value, probe: &Value, root: &Path) -> Option<String> {
    let words = list(probe, "exec.command").iter();
    let words: Vec<&str> = words.filter_map(Value::as_str).collect();
    let output = command(container, &words, root).output().expect("it runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    (!output.status.success()).then(|| format!("{words:?}: {told}"))
}

#[tokio::test]
async fn the_programs_take_what_is_in_the_manifests() {
    let found = problems(&Example::copy().manifests(), None).await;
    assert_eq!(found, Vec::<String>::new());
}
