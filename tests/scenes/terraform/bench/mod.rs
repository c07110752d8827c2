//! Virtual machines on a bench: what Terraform applied to the stub is made of `mock-gce`'s machines, and the real startup scripts run there.
//!
//! | of the state | on the bench |
//! |---|---|
//! | machines, accounts, addresses | `mock-gce`: namespaces, a metadata server each |
//! | firewall rules | nftables in each machine (`firewall.rs`) |
//! | bucket, secrets, roles on them | `google_apis.py` on a machine of its own |
//! | ways to Google's APIs from a subnet | nftables too |
//! | OS policies: the Ops Agent and its settings | `osconfig.py`, a package with a configuration file, and dpkg itself |
//! | who may log in | `gcloud.py` asks for what Google asks for; on the machine, whoever came by it is nobody in particular |
//! | Cloud SQL | a PostgreSQL that demands TLS, in memory (`database.rs`) |
//! | disks that outlive machines | loop devices (`disks.rs`) |
//! | startup scripts, programs, settings | the very same, run in the machines |
//! | units | their commands, by `systemctl.py` |
//! | `gcloud compute ssh`, `terraform` | `gcloud.py`, `terraform.py`: the outputs are pasted as they are |
//!
//! Real: Terraform, scripts, checksums, programs, handshakes, tokens' signatures, firewall. Not real: everything that only Google has. What
//! is seen here is the suite's behaviour and never passed off as Google's.

mod beside;
mod database;
mod disks;
mod firewall;
mod healing;
mod release;
mod scenes;
mod world;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
};

use beside::{pasted, scripts_beside, stand_ins};
use database::Database;
use disks::Disks;
use release::Release;

use serde_json::json;
use tests::{machines::Machines, process::program};
use tokio::process::{Child, Command};
pub(crate) use world::{Machine, World};

use crate::{
    configuration::{Configuration, PROJECT, newest, terraform},
    documents,
};

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
        let settings = format!("{endpoints}\n{variables}\n");
        fs::write(copy.path(folder).join("bench.auto.tfvars"), settings).expect("a file");
        scripts_beside(&copy);
        let bin = tempfile::tempdir().expect("a temporary folder");
        stand_ins(bin.path());
        // As somebody does it who reads the README.
        let readme = copy.path(folder).join("README.md");
        let printed = documents::commands(&readme, "Apply it");
        pasted(&copy, bin.path(), &printed[0], "yes\n");
        let world = World::of(&copy.show(folder, None));

        let machines = Machines::up_with(&mock_gce(&world)).await;
        let machines = machines.expect("the machines come up");
        stand_ins(machines.folder());
        let disks = Disks::attach(machines.folder(), &world.machines());
        let database = Database::start(&machines, &world).await;
        let logins = machines.folder().join("logins.json");
        fs::write(logins, world.logins().to_string()).expect("a file");
        for machine in world.machines() {
            let script = machines.folder().join(format!("{}.sh", machine.name));
            fs::write(script, &machine.startup_script).expect("a file");
        }
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
        let (well, said) = self
            .says(&machine.name, &["/bin/bash", &script.display().to_string()])
            .await;
        (well && said.contains(READY), said)
    }

    /// Carries out the OS policies that apply to a machine: what became of them.
    pub(crate) async fn manage(&self, machine: &Machine) -> (bool, String) {
        let folder = self.machines.folder();
        let policies = folder.join(format!("{}.policies", machine.name));
        let wanted = serde_json::Value::from(self.world.policies(machine));
        fs::write(&policies, wanted.to_string()).expect("a file");
        let path = |path: PathBuf| path.display().to_string();
        let (agent, deb) = (
            path(folder.join("osconfig.py")),
            path(folder.join("ops-agent.deb")),
        );
        let apis = format!("http://{APIS}");
        let words = ["/usr/bin/python3", &agent, &path(policies), &apis, &deb];
        self.says(&machine.name, &words).await
    }

    /// Questions for objects that are refused before the roles on the bucket have arrived.
    pub(crate) fn roles_arrive_after(&self, questions: u32) {
        let late = self.machines.folder().join("world.json.late");
        fs::write(late, questions.to_string()).expect("a file");
    }

    /// One of the outputs, of the root or of an example's module.
    pub(crate) fn output(&self, name: &str) -> serde_json::Value {
        let mut outputs = self.copy.show(self.folder, None)["values"]["outputs"].take();
        let of_module = outputs["ot_booking"]["value"].take();
        if of_module.is_null() {
            outputs[name]["value"].take()
        } else {
            of_module[name].clone()
        }
    }

    /// Another machine takes the place of one whose power was cut: of the old one it has the disks that outlive it, and nothing else.
    pub(crate) async fn replace(&self, machine: &Machine) -> (bool, String) {
        self.power_off(machine).await;
        self.boot(machine).await
    }

    /// Cuts the power and takes the machine away; its disks stay.
    pub(crate) async fn power_off(&self, machine: &Machine) {
        const GONE: &str = "systemctl poweroff --force --force && cd / && \
             umount --recursive /run /var/log /var/lib /usr/local /etc /dev/disk/by-id";
        let (well, said) = self.says(&machine.name, &["/bin/sh", "-c", GONE]).await;
        assert!(well, "{said}");
        fs::remove_dir_all(self.machine_folder(&machine.name)).expect("it was there");
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
    pub(crate) async fn script<S: AsRef<std::ffi::OsStr>>(
        &self,
        name: &str,
        settings: &[(&str, S)],
    ) -> (bool, String) {
        let folder = match self.folder {
            "terraform" => "",
            other => other,
        };
        self.paste(&format!("scripts/{name} {folder}"), settings)
            .await
    }

    /// A line that a document prints or that Terraform put out, in the repository's folder, as who may log in there: the first of
    /// `ssh_members` where there are some, else the project's owner.
    pub(crate) async fn paste<S: AsRef<std::ffi::OsStr>>(
        &self,
        line: &str,
        settings: &[(&str, S)],
    ) -> (bool, String) {
        self.pasted(line, settings, "").await
    }

    /// The same with an answer to what it asks.
    pub(crate) async fn answer(&self, line: &str, answer: &str) -> (bool, String) {
        self.pasted::<&str>(line, &[], answer).await
    }

    async fn pasted<S: AsRef<std::ffi::OsStr>>(
        &self,
        line: &str,
        settings: &[(&str, S)],
        answer: &str,
    ) -> (bool, String) {
        let who = self
            .world
            .every("google_service_account_iam_member")
            .find_map(|grant| grant["member"].as_str());
        let path = std::env::var("PATH").unwrap_or_default();
        let folder = self.machines.folder();
        let of_machines = self.machines.mock_gce(&[]).expect("mock-gce is built");
        let of_machines = of_machines.as_std().get_envs();
        let answers = folder.join("answers");
        fs::write(&answers, answer).expect("a file");
        let output = Command::new("/bin/bash")
            .args(["-c", line])
            .current_dir(self.copy.path(""))
            .envs(of_machines.filter_map(|(name, value)| Some((name, value?))))
            .envs(self.copy.environment(newest()))
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .envs(who.map(|who| ("BENCH_WHO", who)))
            .env("TF_INPUT", "1")
            .env("PATH", format!("{}:{path}", folder.join("bin").display()))
            .env("BENCH", folder)
            .env("MOCK_GCE", program("mock-gce").expect("it is built"))
            .env("REAL_TERRAFORM", terraform())
            .stdin(fs::File::open(&answers).expect("a file"))
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
            let rules = firewall::ruleset(&self.world, &machine, APIS);
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
