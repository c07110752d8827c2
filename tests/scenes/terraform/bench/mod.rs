//! Virtual machines on a bench: what Terraform applied to the stub is made of `mock-gce`'s machines, and the real startup scripts run there.
//!
//! | of the state | on the bench |
//! |---|---|
//! | machines, accounts, addresses | `mock-gce`: namespaces, a metadata server each |
//! | firewall rules | nftables in each machine (`firewall.rs`) |
//! | bucket, secrets, roles on them | `google_apis.py` on a machine of its own |
//! | Cloud SQL | a PostgreSQL that demands TLS, in memory (`database.rs`) |
//! | disks that outlive machines | loop devices (`disks.rs`) |
//! | startup scripts, programs, settings | the very same, run in the machines |
//! | units | their commands, by `systemctl.py` |
//! | `gcloud compute ssh`, `terraform` | `gcloud.py`, `terraform.py`: the outputs are pasted as they are |
//!
//! Real: Terraform, scripts, checksums, programs, handshakes, tokens' signatures, firewall. Not real: everything that only Google has. What
//! is seen here is the suite's behaviour and never passed off as Google's.

mod database;
mod disks;
mod firewall;
mod release;
mod scenes;
mod world;

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
};

use database::Database;
use disks::Disks;
use release::Release;

use serde_json::json;
use tests::{machines::Machines, process::program};
use tokio::process::{Child, Command};
pub(crate) use world::{Machine, World};

use crate::configuration::{Configuration, PROJECT, newest, repository, terraform};

/// Where the stand-in for Google's APIs is, in the subnet and far from its machines.
const APIS: &str = "10.128.15.200";
/// Where `mock-gce` has the keys of identity tokens.
const TOKEN_KEYS: &str = "http://169.254.169.254/oauth2/v3/certs";
/// A startup script's last line.
const READY: &str = "ot-booking: ready";

/// A deployment on the bench. Dropping it brings everything down.
pub(crate) struct Bench {
    copy: Configuration,
    folder: &'static str,
    machines: Machines,
    /// Where there is one.
    database: Option<Database>,
    /// Detached when the machines are down.
    _disks: Disks,
    /// Ends with this.
    _apis: Child,
    /// There for as long as somebody fetches from it.
    _release: Arc<Release>,
    pub(crate) world: World,
}

impl Bench {
    /// Applies a folder of the configuration to the stub and brings up what its state says.
    pub(crate) async fn up(folder: &'static str, variables: &str) -> Self {
        let copy = Configuration::copy();
        let release = Release::shared();
        release.link_into(&copy.path("target/cloud-release"));
        let endpoints = format!(
            "endpoints = {{ storage = \"http://{APIS}\", secretmanager = \"http://{APIS}\", token_keys = \"{TOKEN_KEYS}\" }}"
        );
        let settings = format!("project_id = \"{PROJECT}\"\n{endpoints}\n{variables}\n");
        fs::write(copy.path(folder).join("terraform.tfvars"), settings).expect("a file");
        copy.init(newest(), folder);
        copy.run(newest(), folder, &["apply", "-auto-approve"])
            .well();
        let world = World::of(&copy.show(folder, None));

        let machines = Machines::up_with(&mock_gce(&world)).await;
        let machines = machines.expect("the machines come up");
        stand_ins(machines.folder());
        let disks = Disks::attach(machines.folder(), &world.machines());
        let database = Database::start(&machines, &world).await;
        let apis = start_apis(&machines, &world, database.as_ref(), &copy.path(folder));
        let bench = Self {
            copy,
            folder,
            machines,
            database,
            _disks: disks,
            _apis: apis,
            _release: release,
            world,
        };
        bench.close_firewalls().await;
        bench
    }

    /// A command in a machine, in its own file systems.
    pub(crate) fn inside(&self, machine: &str, command: &[&str]) -> Command {
        let enter = self.machines.folder().join("enter");
        let mut exec = self
            .machines
            .exec(machine, enter)
            .expect("mock-gce is built");
        exec.arg(self.machine_folder(machine)).args(command);
        exec
    }

    /// The same, to its end: whether it succeeded, and what it said.
    pub(crate) async fn says(&self, machine: &str, command: &[&str]) -> (bool, String) {
        let output = self
            .inside(machine, command)
            .output()
            .await
            .expect("it runs");
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }

    /// Runs the startup script of a machine, as at a boot.
    pub(crate) async fn boot(&self, machine: &Machine) -> (bool, String) {
        let script = self.machines.folder().join(format!("{}.sh", machine.name));
        fs::write(&script, &machine.startup_script).expect("a file");
        let (well, said) = self
            .says(&machine.name, &["/bin/bash", &script.display().to_string()])
            .await;
        (well && said.contains(READY), said)
    }

    /// Another machine takes the place of one whose power was cut: of the old one it has the disks that outlive it, and nothing else.
    pub(crate) async fn replace(&self, machine: &Machine) -> (bool, String) {
        const GONE: &str = "systemctl poweroff --force --force && cd / && \
             umount --recursive /run /var/log /var/lib /usr/local /etc /dev/disk/by-id";
        let (well, said) = self.says(&machine.name, &["/bin/sh", "-c", GONE]).await;
        assert!(well, "{said}");
        fs::remove_dir_all(self.machine_folder(&machine.name)).expect("it was there");
        self.boot(machine).await
    }

    /// Boots every machine.
    pub(crate) async fn boot_all(&self) {
        for machine in self.world.machines() {
            let (well, said) = self.boot(&machine).await;
            assert!(well, "{}: {said}", machine.name);
        }
    }

    /// `booking-client` with these words on the front end's machine, for the backend at HOST:PORT.
    pub(crate) async fn books(&self, backend: &str, words: &str) -> (bool, String) {
        let line = format!(
            "set -a && . /etc/ot-booking/handshaker.env && OT_SERVER={backend} && \
             OT_SERVER_ACCOUNT=prod-ot-booking-svc@{PROJECT}.iam.gserviceaccount.com && exec booking-client {words}"
        );
        self.says("prod-booking-client-vm", &["/bin/sh", "-c", &line])
            .await
    }

    /// One of the suite's scripts, as a person with a project runs it.
    pub(crate) async fn script(&self, name: &str, seconds: &[(&str, &str)]) -> (bool, String) {
        let path = std::env::var("PATH").unwrap_or_default();
        let bin = self.machines.folder().join("bin");
        let mut command = self.machines.mock_gce(&[]).expect("mock-gce is built");
        let environment: Vec<_> = command
            .as_std()
            .get_envs()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
            .collect();
        command = Command::new(repository().join("scripts").join(name));
        let output = command
            .arg(self.copy.path(self.folder))
            .envs(environment)
            .envs(self.copy.environment(newest()))
            .envs(seconds.iter().copied())
            .env("PATH", format!("{}:{path}", bin.display()))
            .env("BENCH", self.machines.folder())
            .env("MOCK_GCE", program("mock-gce").expect("it is built"))
            .env("REAL_TERRAFORM", terraform())
            .kill_on_drop(true)
            .output()
            .await
            .expect("it runs");
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }

    /// What a unit's commands said on a machine.
    pub(crate) fn journal(&self, machine: &str, unit: &str) -> String {
        let log = format!("var/log/{unit}.service.log");
        fs::read_to_string(self.machine_folder(machine).join(log)).unwrap_or_default()
    }

    /// A file or folder of the configuration's copy, by its path in the repository.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.copy.path(path)
    }

    /// Where a machine's own files are.
    pub(crate) fn machine_folder(&self, machine: &str) -> PathBuf {
        self.machines.folder().join("machines").join(machine)
    }

    /// Loads rules into a machine.
    pub(crate) async fn nft(&self, machine: &str, rules: &str) {
        let file = self.machines.folder().join(format!("{machine}.nft"));
        fs::write(&file, rules).expect("a file");
        let mut exec = self
            .machines
            .exec(machine, "nft")
            .expect("mock-gce is built");
        let output = exec.arg("-f").arg(&file).output().await.expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "nft (Debian: nftables): {said}\n{rules}"
        );
    }

    async fn close_firewalls(&self) {
        for machine in self.world.machines() {
            let rules = firewall::ruleset(&self.world, &machine);
            self.nft(&machine.name, &rules).await;
        }
    }
}

/// The machines as `mock-gce` takes them, and one more for Google's APIs.
fn mock_gce(world: &World) -> String {
    let mut config =
        format!("project = \"{PROJECT}\"\nzone = \"us-central1-a\"\nnetwork = \"10.128.0.0/20\"\n");
    let mut add = |name: &str, address: &str, account: &str| {
        config.push_str(&format!(
            "[[machine]]\nname = \"{name}\"\naddress = \"{address}\"\nservice_account = \"{account}\"\n"
        ));
    };
    for machine in world.machines() {
        add(&machine.name, &machine.address, &machine.account);
    }
    let apis = format!("google-apis@{PROJECT}.iam.gserviceaccount.com");
    add("google-apis", APIS, &apis);
    add(database::MACHINE, database::ADDRESS, &apis);
    config
}

/// The programs that stand for Google's, where the scripts find them.
fn stand_ins(folder: &Path) {
    let from = repository().join("tests/terraform/bench");
    fs::create_dir_all(folder.join("bin")).expect("a folder");
    for (name, to) in [
        ("enter", "enter"),
        ("systemctl.py", "systemctl.py"),
        ("google_apis.py", "google_apis.py"),
        ("cloud_sql", "cloud_sql"),
        ("gcloud.py", "bin/gcloud"),
        ("terraform.py", "bin/terraform"),
    ] {
        let to = folder.join(to);
        fs::copy(from.join(name), &to).expect("a file");
        fs::set_permissions(&to, fs::Permissions::from_mode(0o755)).expect("a mode");
    }
    // Scripts that ask for a shell's usual programs find this computer's.
    drop(symlink("/usr/bin/python3", folder.join("bin/python3")));
}

fn start_apis(
    machines: &Machines,
    world: &World,
    database: Option<&Database>,
    applied_in: &Path,
) -> Child {
    let mut apis = world.apis(|source| applied_in.join(source).display().to_string());
    for (name, value) in apis["secrets"].as_object_mut().expect("an object") {
        if name.ends_with("-database-url") {
            *value = json!(database.map(Database::secret));
        }
    }
    let file = machines.folder().join("world.json");
    fs::write(&file, apis.to_string()).expect("a file");
    let log = fs::File::create(machines.folder().join("google-apis.log")).expect("a file");
    let mut command = machines
        .exec("google-apis", "/usr/bin/python3")
        .expect("mock-gce is built");
    command
        .arg(machines.folder().join("google_apis.py"))
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("it starts")
}
