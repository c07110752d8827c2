//! The cloud process: the machines of one mock, and everything they talk to.

mod machines;
mod serve;
mod signing_key_file;

use std::{
    fs, io,
    net::TcpListener,
    os::fd::AsFd,
    path::{Path, PathBuf},
};

use alts_daemon::run::{LogFormat, StopSignals, start_log};
use anyhow::Context;
use serde::{Deserialize, Serialize};

use machines::Machines;

use crate::{
    config::Config,
    instance::{Instance, LAUNCH, Record, boot_id},
    loopback::MockCloud,
    system::{network, process::ProcessIdentity, runtime_dir},
};

/// One start's order from `up`: a file, because a command line is everybody's to read and too short for a
/// configuration.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Launch {
    /// The configuration's text, which `up` has checked.
    pub config: String,
    /// Its file's name, for errors.
    pub config_name: String,
    /// Where keys and accounts are kept.
    pub state_dir: PathBuf,
    /// Whether everything is in a user namespace.
    pub user_namespace: bool,
    /// Random; names this start's machines.
    pub generation: String,
}

impl Launch {
    /// Writes it where the cloud process of this instance looks for it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, instance: &Instance) -> anyhow::Result<()> {
        let json = serde_json::to_vec_pretty(self)?;
        runtime_dir::replace(&instance.path(LAUNCH), &json)
    }

    fn read(instance: &Instance) -> anyhow::Result<Self> {
        let path = instance.path(LAUNCH);
        let json = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_slice(&json).with_context(|| format!("{} is damaged", path.display()))
    }
}

/// The one line a cloud process prints: how its start went.
#[derive(Debug, Serialize, Deserialize)]
pub enum Started {
    /// All machines are ready.
    Ready,
    /// With cause and remedy; nothing runs.
    Failed(String),
}

/// Runs as the cloud process of the instance in `dir`, until it is told to stop.
///
/// Standard input is the listener for the REST interfaces, made where the user is: a socket stays
/// in the network namespace it was made in, and this process is in another.
///
/// # Errors
/// When it cannot start. The caller was told already, through [`Started`].
pub async fn run(dir: &Path) -> anyhow::Result<()> {
    let instance = Instance::of_dir(dir).context("no instance has this directory")?;
    // The terminal of `up` is not ours: its Ctrl-C must not reach us.
    rustix::process::setsid().context("cannot leave the terminal")?;
    start_log(LogFormat::Text);
    let mut stop = StopSignals::new()?;
    let running = tokio::select! {
        running = start(&instance) => running,
        name = stop.next() => Err(anyhow::anyhow!("stopped by {name}")),
    };
    let (mut machines, services) = match running {
        Ok(running) => running,
        Err(error) => {
            announce(&Started::Failed(format!("{error:#}")))?;
            return Err(error);
        }
    };
    announce(&Started::Ready).context("nobody waits for this cloud any more")?;
    tracing::info!(instance = %instance.name(), "mock ready");

    tokio::select! {
        name = stop.next() => tracing::info!(signal = name, "stopping"),
        () = machines.all_off() => tracing::warn!("all machines are off; stopping"),
    }
    // Programs end while what they talk to still answers.
    machines.power_off().await;
    services.stop().await;
    tracing::info!("stopped");
    Ok(())
}

async fn start(instance: &Instance) -> anyhow::Result<(Machines, MockCloud)> {
    let launch = Launch::read(instance)?;
    let config = Config::parse(&launch.config, &launch.config_name)?;
    let api = inherited_listener()?;
    let mut record = Record {
        boot_id: boot_id(),
        cloud: ProcessIdentity::own()?,
        user_namespace: launch.user_namespace,
        project: config.project.clone(),
        api: api.local_addr()?,
        machines: Vec::new(),
    };
    // Whatever happens from here on, `down` finds us.
    instance.write_record(&record)?;
    network::run(&network::cloud_script(config.network))?;
    fs::write("/proc/sys/net/ipv4/ip_forward", "1").context("cannot switch on forwarding")?;
    let machines = Machines::make(instance, &launch.generation, &config).await?;
    let services = serve::start(instance, &launch, config, api).await?;
    record.machines = machines.records();
    instance.write_record(&record)?;
    Ok((machines, services))
}

fn inherited_listener() -> anyhow::Result<TcpListener> {
    let stdin = io::stdin();
    let listener: TcpListener = stdin.as_fd().try_clone_to_owned()?.into();
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn announce(started: &Started) -> io::Result<()> {
    use io::Write;
    let mut out = io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(started)?)?;
    out.flush()
}
