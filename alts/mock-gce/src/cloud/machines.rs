//! The machines as the cloud process sees them: keepers, and the links to them.

use std::{fs, path::Path, process::Stdio, time::Duration};

use anyhow::{Context, bail};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

use crate::{
    config::{Config, Machine},
    instance::{Instance, MachineRecord},
    machine::{files, keeper::Order},
    system::{isolation::apart, network, process::ProcessIdentity},
};

/// How long a keeper may take for a step; a busy computer is not an error.
const STEP_TIMEOUT: Duration = Duration::from_secs(20);

/// How long a machine may take to power off: its programs' time, and a little more.
const POWER_OFF_TIMEOUT: Duration = Duration::from_secs(6);

/// All machines of the cloud.
pub(super) struct Machines(Vec<Running>);

struct Running {
    machine: Machine,
    identity: ProcessIdentity,
    keeper: Child,
    /// Closing it powers the machine off.
    orders: Option<ChildStdin>,
}

impl Machines {
    /// Makes them one by one: all, or none.
    pub(super) async fn make(
        instance: &Instance,
        generation: &str,
        config: &Config,
    ) -> anyhow::Result<Self> {
        let mut machines = Vec::with_capacity(config.machines.len());
        for (index, machine) in config.machines.iter().enumerate() {
            let files = instance.machine_files(generation, &machine.name);
            let made = make(instance, config, index, &files).await;
            machines.push(made.with_context(|| format!("cannot make {}", machine.name))?);
            tracing::info!(machine = %machine.name, address = %machine.address, "machine ready");
        }
        Ok(Self(machines))
    }

    pub(super) fn records(&self) -> Vec<MachineRecord> {
        let records = self.0.iter().map(|running| MachineRecord {
            name: running.machine.name.to_string(),
            address: running.machine.address,
            service_account: running.machine.account.clone(),
            keeper: running.identity,
        });
        records.collect()
    }

    /// Waits until somebody has ended every keeper.
    pub(super) async fn all_off(&mut self) {
        for running in &mut self.0 {
            // Whatever the end was like, it is one.
            let _ = running.keeper.wait().await;
            tracing::warn!(machine = %running.machine.name, "machine is off");
        }
    }

    /// Ends all programs of all machines, and the machines.
    pub(super) async fn power_off(mut self) {
        for running in &mut self.0 {
            drop(running.orders.take());
        }
        for running in &mut self.0 {
            if timeout(POWER_OFF_TIMEOUT, running.keeper.wait())
                .await
                .is_err()
            {
                tracing::warn!(machine = %running.machine.name, "machine does not power off");
            }
        }
    }
}

async fn make(
    instance: &Instance,
    config: &Config,
    index: usize,
    files: &Path,
) -> anyhow::Result<Running> {
    let machine = &config.machines[index];
    write_files(config, machine, files).context("cannot write its files")?;
    let (gateway, address) = (config.network.gateway(), machine.address);
    let order = Order {
        files: files.to_owned(),
        hide: instance.dir().to_owned(),
        name: machine.name.to_string(),
        address,
        gateway,
    };
    let mut keeper = start_keeper()?;
    let mut orders = keeper.stdin.take().context("no standard input")?;
    let order = serde_json::to_string(&order)? + "\n";
    // One that has ended already says why below.
    let _ = orders.write_all(order.as_bytes()).await;
    let stdout = keeper.stdout.take().context("no standard output")?;
    let mut reports = BufReader::new(stdout).lines();

    expect(&mut reports, &mut keeper, "apart").await?;
    let pid = keeper.id().context("it ended")?;
    let identity = ProcessIdentity::of(pid).context("it ended")?;
    network::run(&network::link_script(config.network, index, address, pid))?;
    orders.write_all(b"linked\n").await?;
    expect(&mut reports, &mut keeper, "ready").await?;
    Ok(Running {
        machine: machine.clone(),
        identity,
        keeper,
        orders: Some(orders),
    })
}

fn start_keeper() -> anyhow::Result<Child> {
    let mut command = Command::from(apart());
    let program = std::env::current_exe().context("cannot find this program")?;
    command
        .arg("--")
        .arg(program)
        .arg("keep")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command.spawn().context("cannot start its keeper")
}

fn write_files(config: &Config, machine: &Machine, folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("hosts"), files::hosts(config))?;
    fs::write(folder.join("hostname"), format!("{}\n", machine.name))?;
    fs::write(folder.join("resolv.conf"), files::resolv_conf(config))
}

/// Waits for a keeper's word. If the keeper ends instead, its complaint is the error.
async fn expect(
    reports: &mut Lines<BufReader<ChildStdout>>,
    keeper: &mut Child,
    word: &str,
) -> anyhow::Result<()> {
    match timeout(STEP_TIMEOUT, reports.next_line()).await {
        Ok(Ok(Some(line))) if line == word => Ok(()),
        Ok(Ok(Some(line))) => bail!("its keeper said {line:?} and not {word:?}"),
        Ok(Ok(None)) => {
            let mut complaint = String::new();
            if let Some(stderr) = keeper.stderr.as_mut() {
                // What it managed to say is all there is.
                let _ = stderr.read_to_string(&mut complaint).await;
            }
            bail!("its keeper ended: {}", complaint.trim())
        }
        Ok(Err(error)) => Err(error).context("its keeper cannot be heard"),
        Err(_) => bail!("its keeper did not get {word:?} in {STEP_TIMEOUT:?}"),
    }
}
