//! A copy of the configuration in a folder of its own, with a release beside it, and `terraform` run in it.

use std::{
    env, fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{ladder::ROOTS, stub::Stub};

/// The project that everything is planned for: the article's.
pub(crate) const PROJECT: &str = "grpc-alts-demo";
/// A database's password; it may appear nowhere.
pub(crate) const PASSWORD: &str = "correct-horse-battery-staple";
/// Where `init` says which module is in which folder.
const MODULES: &str = ".terraform/modules/modules.json";
/// What scripts/release makes.
const PROGRAMS: [&str; 4] = [
    "alts-handshaker",
    "booking-client",
    "booking-server",
    "booking-web",
];

/// The repository's folder.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// One stub for each release of the provider that the configuration promises to work with, the oldest first.
pub(crate) fn stubs() -> &'static [Stub] {
    static STUBS: OnceLock<Vec<Stub>> = OnceLock::new();
    STUBS.get_or_init(|| {
        let folder = repository().join("target/terraform-schema");
        let entries = fs::read_dir(&folder).unwrap_or_else(|_| {
            panic!(
                "the Google provider's schemas are not in {}; run scripts/test --install",
                folder.display()
            )
        });
        let files = entries.map(|entry| entry.expect("a readable folder").path());
        let mut stubs: Vec<Stub> = files
            .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
            .map(|path| Stub::start(&path))
            .collect();
        stubs.sort_by_key(|stub| major(&stub.version));
        let majors: Vec<u64> = stubs.iter().map(|stub| major(&stub.version)).collect();
        assert_eq!(
            majors,
            [6, 7, 8],
            "one schema for each major release that versions.tf allows"
        );
        stubs
    })
}

fn major(version: &str) -> u64 {
    let number = version.split('.').next().and_then(|text| text.parse().ok());
    number.expect("a version begins with a number")
}

/// The newest release's.
pub(crate) fn newest() -> &'static Stub {
    stubs().last().expect("there are three")
}

/// A copy that may be changed and applied.
pub(crate) struct Configuration {
    folder: TempDir,
    terraform: PathBuf,
}

/// How a `terraform` command ended.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    /// Both streams, for people and for searches.
    pub(crate) all: String,
}

impl Ran {
    /// The same, when it succeeded.
    #[track_caller]
    pub(crate) fn well(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.all);
        self
    }
}

impl Configuration {
    /// `terraform/` as it is in the repository, and a release of programs that are none.
    pub(crate) fn copy() -> Self {
        Self::copy_for(terraform())
    }

    /// The same for one of several releases of Terraform.
    pub(crate) fn copy_for(terraform: PathBuf) -> Self {
        let copy = Self::not_loaded(terraform);
        // What `init` writes is the same everywhere: which module is in which folder.
        static LOADED: OnceLock<Vec<(&str, String)>> = OnceLock::new();
        let loaded = LOADED.get_or_init(|| {
            let modules = |root| {
                copy.init(newest(), root);
                fs::read_to_string(copy.path(root).join(MODULES)).expect("a list of modules")
            };
            ROOTS.map(|root| (root, modules(root))).to_vec()
        });
        for (root, modules) in loaded {
            let list = copy.path(root).join(MODULES);
            fs::create_dir_all(list.parent().expect("a folder")).expect("a folder");
            fs::write(list, modules).expect("a file");
        }
        copy
    }

    fn not_loaded(terraform: PathBuf) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy(
            &repository().join("terraform"),
            &folder.path().join("terraform"),
        );
        let release = folder.path().join("target/cloud-release");
        let mut sums = String::new();
        for platform in ["linux-amd64", "linux-arm64"] {
            fs::create_dir_all(release.join(platform)).expect("a folder");
            for program in PROGRAMS {
                let text = format!("#!/bin/sh\necho {program} for {platform}\n");
                fs::write(release.join(platform).join(program), &text).expect("a file");
                sums.push_str(&format!(
                    "{}  {platform}/{program}\n",
                    sha256(text.as_bytes())
                ));
            }
        }
        fs::write(release.join("SHA256SUMS"), sums).expect("a file");
        Self { folder, terraform }
    }

    /// A file or folder of the copy, by its path in the repository.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Replaces a text that is there once in a file.
    #[track_caller]
    pub(crate) fn change(&self, file: &str, from: &str, to: &str) {
        let path = self.path(file);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(text.contains(from), "{file} no longer has {from:?}");
        fs::write(path, text.replacen(from, to, 1)).expect("a file");
    }

    /// Runs `terraform` in one of the copy's folders.
    pub(crate) fn run(&self, stub: &Stub, folder: &str, arguments: &[&str]) -> Ran {
        let command = self.command(stub, folder, arguments).output();
        let output = command.unwrap_or_else(|error| {
            panic!("terraform does not run: {error}; install it and put it on PATH")
        });
        ran(&output)
    }

    fn command(&self, stub: &Stub, folder: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.terraform);
        command
            .args(arguments)
            .arg("-no-color")
            .current_dir(self.path(folder))
            .envs(self.environment(stub));
        command
    }

    /// What makes `terraform` take the stub for the provider, and leave everything else alone.
    pub(crate) fn environment(&self, stub: &Stub) -> [(&'static str, String); 7] {
        [
            ("TF_REATTACH_PROVIDERS", stub.reattach()),
            ("TF_IN_AUTOMATION", "1".to_owned()),
            ("TF_INPUT", "0".to_owned()),
            ("TF_CLI_CONFIG_FILE", "/dev/null".to_owned()),
            ("CHECKPOINT_DISABLE", "1".to_owned()),
            // A quarter of its time would go into collecting what is gone in a second anyway.
            ("GOGC", "400".to_owned()),
            ("TF_VAR_database_password", PASSWORD.to_owned()),
        ]
    }

    /// Loads the modules of a folder.
    #[track_caller]
    pub(crate) fn init(&self, stub: &Stub, folder: &str) {
        self.run(stub, folder, &["init", "-backend=false"]).well();
    }

    /// Plans a folder and returns the plan as JSON.
    #[track_caller]
    pub(crate) fn plan(&self, folder: &str, variables: &[&str]) -> Value {
        let stub = newest();
        let mut arguments = vec!["plan", "-out=plan", "-var=project_id=grpc-alts-demo"];
        arguments.extend(variables);
        self.run(stub, folder, &arguments).well();
        self.show(folder, Some("plan"))
    }

    /// A plan's or the state's JSON.
    #[track_caller]
    pub(crate) fn show(&self, folder: &str, plan: Option<&str>) -> Value {
        self.show_by(newest(), folder, plan)
    }

    /// The same by the release that made it.
    #[track_caller]
    pub(crate) fn show_by(&self, stub: &Stub, folder: &str, plan: Option<&str>) -> Value {
        let mut command = self.command(stub, folder, &["show", "-json"]);
        // Its one argument comes last.
        command.args(plan);
        let shown = ran(&command.output().expect("terraform runs")).well();
        serde_json::from_str(&shown.stdout).expect("JSON")
    }
}

fn ran(output: &Output) -> Ran {
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr);
    Ran {
        code: output.status.code().unwrap_or(-1),
        all: format!("{stdout}{stderr}"),
        stdout,
    }
}

/// The oldest release of Terraform that `versions.tf` allows, and the newest there was when the gate was last changed.
pub(crate) fn oldest_and_newest() -> [PathBuf; 2] {
    ["terraform-oldest-venv", "terraform-venv"].map(|venv| {
        let path = repository().join("target").join(venv).join("bin/terraform");
        assert!(
            path.is_file(),
            "{} is not there; run scripts/test --install",
            path.display()
        );
        path
    })
}

/// The one on PATH, else the one that scripts/test --install made.
pub(crate) fn terraform() -> PathBuf {
    let made = repository().join("target/terraform-venv/bin");
    env::split_paths(&env::var_os("PATH").unwrap_or_default())
        .chain([made])
        .map(|folder| folder.join("terraform"))
        .find(|path| path.is_file())
        .expect("terraform is neither on PATH nor made by scripts/test --install")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a readable folder") {
        let entry = entry.expect("a readable folder");
        let name = entry.file_name();
        // What somebody's own terraform left beside the sources is not the configuration.
        let text = name.to_string_lossy();
        let lock = text == ".terraform.lock.hcl";
        if text.starts_with(".terraform") && !lock
            || text.contains(".tfstate")
            || text.ends_with(".tfvars")
        {
            continue;
        }
        let kind = entry.file_type().expect("a readable folder");
        if kind.is_symlink() {
            let target = fs::read_link(entry.path()).expect("a link");
            symlink(target, to.join(name)).expect("a link");
        } else if kind.is_dir() {
            copy(&entry.path(), &to.join(name));
        } else {
            fs::copy(entry.path(), to.join(name)).expect("a readable file");
        }
    }
}

fn sha256(bytes: &[u8]) -> String {
    use std::io::Write as _;
    let mut child = Command::new("sha256sum")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("sha256sum runs");
    child
        .stdin
        .take()
        .expect("piped")
        .write_all(bytes)
        .expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    String::from_utf8_lossy(&output.stdout)[..64].to_owned()
}
