//! The process that is a machine: it holds the machine's namespaces, dresses them up, and powers
//! the machine off when the cloud is gone.
//!
//! ```text
//!   cloud                               keeper, in namespaces of its own
//!     | ---- starts, sends Order ----->  | mounts, sets the host name
//!     | <-------- "apart" -------------  |
//!     | makes the link, moves one end    |
//!     | --------- "linked" ----------->  | gives the link its address and routes
//!     | <-------- "ready" -------------  |
//!     |                                  | waits for the end of its standard input,
//!     X  stops, or is killed             | ends every program in here, ends
//! ```
//!
//! A pipe tells of every death, however sudden: nothing survives the cloud.

use std::{
    fs, io,
    io::{BufRead, Write},
    net::Ipv4Addr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};
use rustix::{
    mount::{MountFlags, mount, mount_bind},
    process::Signal,
};
use serde::{Deserialize, Serialize};

use super::files::FIRMWARE;
use crate::system::{
    network,
    process::{Process, ProcessIdentity, all_where, end_all},
};

/// How long programs may take to end after SIGTERM, when their machine is powered off.
const POWER_OFF_TIMEOUT: Duration = Duration::from_secs(3);

/// How often SIGKILL is repeated for programs that were started meanwhile.
const MAX_SWEEPS: usize = 50;

/// What a keeper is told to keep.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    /// Where the machine's files are.
    pub files: PathBuf,
    /// What programs inside shall not see.
    pub hide: PathBuf,
    /// The machine's name.
    pub name: String,
    /// The machine's address.
    pub address: Ipv4Addr,
    /// Where it sends everything.
    pub gateway: Ipv4Addr,
}

/// Runs as the keeper until the cloud is gone.
///
/// # Errors
/// When the machine cannot be made.
pub fn run() -> anyhow::Result<()> {
    let mut orders = io::stdin().lock().lines();
    let order = orders
        .next()
        .transpose()?
        .context("the cloud said nothing")?;
    let order: Order = serde_json::from_str(&order).context("the cloud's order is none")?;
    dress_up(&order)?;
    report("apart")?;
    match orders.next().transpose()?.as_deref() {
        Some("linked") => {}
        Some(order) => bail!("the cloud said {order:?}, which this keeper does not understand"),
        None => return Ok(()),
    }
    network::run(&network::machine_script(order.gateway, order.address))?;
    report("ready")?;
    // Nothing more is ever said: this waits for the end.
    let _ = orders.next();
    power_off();
    Ok(())
}

fn report(word: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{word}")?;
    out.flush()
}

/// Makes this mount namespace look like a VM's.
fn dress_up(order: &Order) -> anyhow::Result<()> {
    let firmware = Path::new("/sys/class/dmi/id");
    cover(Path::new("/sys/class"))?;
    fs::create_dir_all(firmware)?;
    for (name, text) in FIRMWARE {
        fs::write(firmware.join(name), text)?;
    }
    for name in ["hosts", "hostname", "resolv.conf"] {
        let (source, target) = (order.files.join(name), Path::new("/etc").join(name));
        // A link that leads nowhere, or no such file: then nobody reads it either.
        if !target.exists() {
            continue;
        }
        mount_bind(&source, &target)
            .with_context(|| format!("cannot mount over {}", target.display()))?;
    }
    // The cloud's keys and tokens are no business of a program inside.
    cover(&order.hide)?;
    rustix::system::sethostname(order.name.as_bytes()).context("cannot set the host name")
}

fn cover(path: &Path) -> anyhow::Result<()> {
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    mount("none", path, "tmpfs", flags, c"mode=755")
        .with_context(|| format!("cannot mount over {}", path.display()))
}

/// Ends every other program of this machine, politely at first.
fn power_off() {
    let left = end_all(inhabitants(), Signal::TERM, POWER_OFF_TIMEOUT);
    drop(left);
    for _ in 0..MAX_SWEEPS {
        let left = inhabitants();
        if left.is_empty() {
            return;
        }
        drop(end_all(left, Signal::KILL, POWER_OFF_TIMEOUT));
    }
}

/// The other processes in this network namespace. As long as this one is in it, its name is given
/// to no other namespace.
fn inhabitants() -> Vec<Process> {
    let Ok(own_network) = fs::read_link("/proc/self/ns/net") else {
        return Vec::new();
    };
    let own = ProcessIdentity::own().ok();
    let mut found = all_where(|folder| {
        fs::read_link(folder.join("ns/net")).is_ok_and(|network| network == own_network)
    });
    found.retain(|process| Some(process.identity()) != own);
    found
}
