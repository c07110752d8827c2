//! One mock among several: its name, its directory, and what is written down of what runs.
//!
//! ```text
//!   BASE/NAME.lock               held by whoever brings NAME up or down
//!   BASE/NAME/launch.json        what the cloud process was told
//!   BASE/NAME/record.json        what runs
//!   BASE/NAME/cloud.log          its log
//!   BASE/NAME/operator.token     an access token that may do everything
//!   BASE/NAME/admin.sock         the accounts over gRPC
//!   BASE/NAME/state/             keys and accounts, unless they are kept elsewhere
//!   BASE/NAME/machines-GENERATION/MACHINE/...   files that are mounted inside
//! ```
//!
//! The generation is random. A process whose mounts come from `machines-GENERATION` is in a machine
//! of this mock and of no other: this is how programs are found that a crash left behind.

mod record;

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use alts_handshake::MachineName;
use anyhow::{anyhow, bail, ensure};
pub use record::{MachineRecord, Record, boot_id};
use rustix::process::Signal;

use crate::system::{
    process::{all_where, end_all, wait_all},
    runtime_dir::{self, Exclusive, failed},
};

/// Longest name: with it, a socket's path is still short enough for Linux.
const MAX_NAME_LEN: usize = 32;

/// What the cloud process was told.
pub const LAUNCH: &str = "launch.json";
/// What runs.
const RECORD: &str = "record.json";
/// Where the cloud process writes its log.
pub const LOG: &str = "cloud.log";
/// Where the operator's access token is.
pub const OPERATOR_TOKEN: &str = "operator.token";
/// Where the accounts are administered over gRPC.
pub const ADMIN_SOCKET: &str = "admin.sock";
/// Where keys and accounts are kept when nobody says otherwise.
pub const STATE: &str = "state";
/// What folders of mounted files begin with.
const MACHINES_PREFIX: &str = "machines-";

/// How long a cloud may take to stop before it is killed: a little longer than its machines may.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a killed process may take to be gone.
const KILL_TIMEOUT: Duration = Duration::from_secs(5);

/// How often programs are looked for again that were started while others were ended.
const MAX_SWEEPS: usize = 50;

/// What a mock is called by its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceName(String);

impl FromStr for InstanceName {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let first = name.starts_with(|c: char| c.is_ascii_alphanumeric());
        if name.len() > MAX_NAME_LEN || !first || !name.chars().all(good) {
            return Err("a name is 1 to 32 lowercase letters, digits and hyphens");
        }
        Ok(Self(name.to_owned()))
    }
}

impl fmt::Display for InstanceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One mock.
#[derive(Clone, Debug)]
pub struct Instance {
    name: InstanceName,
    base: PathBuf,
    dir: PathBuf,
}

impl Instance {
    /// Finds the place of the mock with this name, whether it runs or not.
    ///
    /// # Errors
    /// When there is no private place for it.
    pub fn locate(name: InstanceName, xdg_runtime_dir: Option<PathBuf>) -> anyhow::Result<Self> {
        Ok(Self::at(name, runtime_dir::base(xdg_runtime_dir)?))
    }

    fn at(name: InstanceName, base: PathBuf) -> Self {
        let dir = base.join(&name.0);
        Self { name, base, dir }
    }

    /// Finds it by its directory: the cloud process is told no more.
    pub fn of_dir(dir: &Path) -> Option<Self> {
        let name = dir.file_name()?.to_str()?.parse().ok()?;
        Some(Self::at(name, dir.parent()?.to_owned()))
    }

    /// Its name.
    pub fn name(&self) -> &InstanceName {
        &self.name
    }

    /// Its directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where something of it is: one of the names above.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// The files of one machine.
    pub fn machine_files(&self, generation: &str, machine: &MachineName) -> PathBuf {
        self.dir
            .join(format!("{MACHINES_PREFIX}{generation}"))
            .join(machine.as_ref())
    }

    /// The right to bring it up or down.
    ///
    /// # Errors
    /// When somebody else is at it.
    pub fn exclusive(&self) -> anyhow::Result<Exclusive> {
        let path = self.base.join(format!("{}.lock", self.name));
        Exclusive::take(&path, &self.name.0)
    }

    /// Writes down what runs.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_record(&self, record: &Record) -> anyhow::Result<()> {
        runtime_dir::replace(&self.path(RECORD), &serde_json::to_vec_pretty(record)?)
    }

    fn read_record(&self) -> anyhow::Result<Option<Record>> {
        let path = self.path(RECORD);
        let json = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(failed("read", &path))?,
        };
        let (path, record) = (path.display(), serde_json::from_slice(&json));
        record.map(Some).map_err(|error| {
            anyhow!("{path} is damaged: {error}; bring the mock down and up again")
        })
    }

    /// What runs.
    ///
    /// # Errors
    /// When nothing does.
    pub fn running(&self) -> anyhow::Result<Record> {
        let name = &self.name;
        match self.read_record()? {
            Some(record) if record.is_running() && !record.machines.is_empty() => Ok(record),
            Some(record) if record.is_running() => {
                bail!("{name} is coming up; wait for it, then try again")
            }
            Some(_) => {
                bail!("{name} has crashed; clear away what is left: mock-gce down --name {name}")
            }
            None => bail!("{name} is not up; bring it up: mock-gce up --name {name}"),
        }
    }

    /// Makes room for a new start: ends what a crash left behind, and keeps the state.
    ///
    /// # Errors
    /// When it runs, or what is left cannot be ended.
    pub fn prepare(&self, _right: &Exclusive) -> anyhow::Result<()> {
        runtime_dir::create_private(&self.dir)?;
        let runs = matches!(self.read_record(), Ok(Some(record)) if record.is_running());
        ensure!(
            !runs,
            "{} is up already: see mock-gce machines; bring it down first, or use another --name",
            self.name
        );
        self.sweep()?;
        for entry in self.entries() {
            if entry != self.path(STATE) {
                remove(&entry)?;
            }
        }
        Ok(())
    }

    /// Stops it, ends every program in its machines, removes everything it wrote here. `false` when
    /// there was nothing.
    ///
    /// # Errors
    /// When something cannot be ended or removed.
    pub fn bring_down(&self, right: Exclusive) -> anyhow::Result<bool> {
        let there = self.dir.exists();
        // A damaged record names nobody: then the machines are found by their mounts, and a cloud
        // whose machines are gone ends by itself.
        if let Ok(Some(record)) = self.read_record()
            && record.boot_id == boot_id()
            && let Some(cloud) = record.cloud.open()
        {
            let left = end_all(vec![cloud], Signal::TERM, STOP_TIMEOUT);
            end_all(left, Signal::KILL, KILL_TIMEOUT);
        }
        self.sweep()?;
        if there {
            remove(&self.dir)?;
        }
        right.give_back_and_remove();
        // The last one to leave. Others there are a reason to stay, not an error.
        let _ = fs::remove_dir(&self.base);
        Ok(there)
    }

    /// Ends whatever is in machines of this mock. Keepers come first: they end programs politely.
    fn sweep(&self) -> anyhow::Result<()> {
        let marks: Vec<String> = self
            .entries()
            .iter()
            .filter_map(|path| path.file_name()?.to_str().map(str::to_owned))
            .filter(|name| name.starts_with(MACHINES_PREFIX))
            .map(|name| format!("/{name}/"))
            .collect();
        if marks.is_empty() {
            return Ok(());
        }
        let inside = || {
            all_where(|folder| {
                let mounts = fs::read_to_string(folder.join("mountinfo")).unwrap_or_default();
                marks.iter().any(|mark| mounts.contains(mark))
            })
        };
        // Keepers are at it already when their cloud is gone.
        let mut left = wait_all(inside(), KILL_TIMEOUT);
        for _ in 0..MAX_SWEEPS {
            if left.is_empty() {
                return Ok(());
            }
            end_all(left, Signal::KILL, KILL_TIMEOUT);
            left = inside();
        }
        bail!(
            "{} processes of {} cannot be ended (one is {}); end them as root",
            left.len(),
            self.name,
            left.first().map_or(0, |process| process.identity().pid())
        )
    }

    fn entries(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.dir).into_iter().flatten();
        entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect()
    }
}

fn remove(path: &Path) -> anyhow::Result<()> {
    let is_dir = fs::symlink_metadata(path).is_ok_and(|found| found.is_dir());
    let removed = if is_dir {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(failed("remove", path)),
    }
}
