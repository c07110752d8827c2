//! `mock-gce up`: from a configuration to a cloud process in namespaces of its own.

use std::{
    fs::{self, OpenOptions},
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    os::{fd::OwnedFd, unix::fs::OpenOptionsExt},
    process::Stdio,
};

use alts_daemon::{admin::client::print, hex::hex, rng, run::read_config};
use anyhow::{Context, bail};
use mock_gce::{
    cloud::{Launch, Started},
    config::{ARTICLE, Config},
    instance::{Instance, LOG, Record, STATE},
    system::isolation::Isolation,
};

use super::{UpArgs, list};

pub(super) fn run(args: UpArgs) -> anyhow::Result<()> {
    let (config, config_name) = match &args.config {
        Some(path) => read_config(path, "give a TOML file, or none for the built-in one")?,
        None => (ARTICLE.to_owned(), "the built-in configuration".to_owned()),
    };
    Config::parse(&config, &config_name)?;
    let isolation = Isolation::find()?;
    let instance = args.which.instance()?;
    let right = instance.exclusive()?;
    instance.prepare(&right)?;
    let state_dir = match args.state_dir {
        Some(path) => std::path::absolute(path).context("no such --state-dir")?,
        None => instance.path(STATE),
    };
    let launch = Launch {
        config,
        config_name,
        state_dir,
        user_namespace: isolation == Isolation::UserNamespace,
        generation: hex(&rng::nonce()?),
    };
    launch.write(&instance)?;
    let api = TcpListener::bind(args.api)
        .with_context(|| format!("cannot listen on {}; choose another --api", args.api))?;
    start(&instance, isolation, api)?;
    let record = instance.running()?;
    print(&welcome(&instance, &record))
}

/// Starts the cloud process and waits for its word.
fn start(instance: &Instance, isolation: Isolation, api: TcpListener) -> anyhow::Result<()> {
    let log_path = instance.path(LOG);
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(&log_path)
        .with_context(|| format!("cannot open {}", log_path.display()))?;
    let program = std::env::current_exe().context("cannot find this program")?;
    let mut cloud = isolation
        .command(program)
        .arg("cloud")
        .arg("--dir")
        .arg(instance.dir())
        .current_dir("/")
        .stdin(Stdio::from(OwnedFd::from(api)))
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .context("cannot start the cloud process")?;
    let mut said = String::new();
    let stdout = cloud.stdout.take().context("no standard output")?;
    BufReader::new(stdout).read_line(&mut said)?;
    match serde_json::from_str(&said) {
        Ok(Started::Ready) => Ok(()),
        Ok(Started::Failed(cause)) => bail!("{cause}"),
        Err(_) => {
            let log = fs::read_to_string(&log_path).unwrap_or_default();
            let last = log.lines().last().unwrap_or("nothing");
            bail!("the cloud process ended; the last it said: {last}")
        }
    }
}

fn welcome(instance: &Instance, record: &Record) -> String {
    let (name, table) = (instance.name(), list::table(record));
    let name_flag = if name.to_string() == "default" {
        String::new()
    } else {
        format!(" --name {name}")
    };
    format!(
        "{table}\n\
         Run a program in a machine:  mock-gce exec{name_flag} MACHINE -- COMMAND...\n\
         Let gcloud talk to its IAM:  eval \"$(mock-gce env{name_flag})\"\n\
         End it all:                  mock-gce down{name_flag}\n"
    )
}

/// Everything that is served without a password stays on this computer.
pub(super) fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text
        .parse()
        .map_err(|_| "write IP:PORT, such as 127.0.0.1:0".to_owned())?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("a mock's IAM is for this computer only; use 127.0.0.1 or [::1]".to_owned())
    }
}
