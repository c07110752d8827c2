//! The suite inside machines that look like Google Compute Engine: `mock-gce` brings them up, and
//! what runs in them is what runs there. No flag and no variable says "mock".

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Output,
};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    CLIENT_ACCOUNT, SERVER_ACCOUNT,
    drill::Scene,
    process::{Process, program},
};

/// The article's client machine.
pub const CLIENT_VM: &str = "prod-booking-client-vm";
/// The article's server machine.
pub const SERVER_VM: &str = "prod-booking-service-vm";
/// A machine with an account that nobody allowed.
pub const INTRUDER_VM: &str = "intruder-vm";
/// Where the article's backend listens.
pub const BACKEND: &str = "10.128.0.2:8080";

/// The mock's own configuration, for tests that change a little of it.
pub const ARTICLE: &str = include_str!("../../alts/mock-gce/article.toml");

/// Machines that are up. Dropping them brings them down.
#[derive(Debug)]
pub struct Machines {
    folder: TempDir,
    name: String,
}

impl Machines {
    /// Brings up the article's machines and an intruder's.
    ///
    /// # Errors
    /// When they do not come up; the message is the mock's own.
    pub async fn up() -> Result<Self> {
        Self::up_with(ARTICLE).await
    }

    /// Brings up machines of this configuration.
    ///
    /// # Errors
    /// When they do not come up; the message is the mock's own.
    pub async fn up_with(config: &str) -> Result<Self> {
        let machines = Self::not_up()?;
        machines.bring_up(config).await?;
        Ok(machines)
    }

    /// A place for machines, without any.
    ///
    /// # Errors
    /// When there is no room for it.
    pub fn not_up() -> Result<Self> {
        let folder = TempDir::new()?;
        Ok(Self {
            folder,
            name: "tests".to_owned(),
        })
    }

    /// Runs `mock-gce up`.
    ///
    /// # Errors
    /// When they do not come up; the message is the mock's own.
    pub async fn bring_up(&self, config: &str) -> Result<()> {
        let path = self.folder.path().join("machines.toml");
        std::fs::write(&path, config)?;
        let output = self.mock_gce(&["up"])?.arg(path).output().await?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(())
    }

    /// `mock-gce` with these arguments, about these machines.
    ///
    /// # Errors
    /// When it was not built.
    pub fn mock_gce(&self, args: &[&str]) -> Result<Command> {
        let mut command = Command::new(program("mock-gce")?);
        command
            .args(args)
            .env("XDG_RUNTIME_DIR", self.folder.path())
            .env("MOCK_GCE_NAME", &self.name)
            .kill_on_drop(true);
        Ok(command)
    }

    /// What `mock-gce` with these arguments prints.
    ///
    /// # Errors
    /// When it fails; the message is its own.
    pub async fn says(&self, args: &[&str]) -> Result<String> {
        let output = self.mock_gce(args)?.output().await?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// A command in a machine.
    ///
    /// # Errors
    /// When `mock-gce` was not built.
    pub fn exec(&self, machine: &str, command: impl AsRef<Path>) -> Result<Command> {
        let mut exec = self.mock_gce(&["exec", machine, "--"])?;
        exec.arg(command.as_ref());
        Ok(exec)
    }

    /// One of the suite's programs in a machine.
    ///
    /// # Errors
    /// When it was not built.
    pub fn program(&self, machine: &str, name: &str) -> Result<Command> {
        self.exec(machine, program(name)?)
    }

    /// The article's call from this machine.
    ///
    /// # Errors
    /// When it cannot be run; its own failures are in the output.
    pub async fn call_from(&self, machine: &str) -> Result<Output> {
        let mut client = self.program(machine, "booking-client")?;
        Ok(client.args([BACKEND, SERVER_ACCOUNT]).output().await?)
    }

    /// The backend in its machine, started as the article does.
    ///
    /// # Errors
    /// When it does not start; the message holds its log.
    pub async fn start_server(&self) -> Result<Process> {
        self.start_server_with(&[]).await
    }

    /// The same with further flags.
    ///
    /// # Errors
    /// When it does not start; the message holds its log.
    pub async fn start_server_with(&self, flags: &[&str]) -> Result<Process> {
        let mut server = self.program(SERVER_VM, "booking-server")?;
        server.arg(CLIENT_ACCOUNT).args(["--log-format", "json"]);
        server.args(flags);
        server.current_dir(self.folder.path());
        let mut server = Process::start("booking-server", server)?;
        server
            .announced("Booking OT service started successfully!")
            .await?;
        Ok(server)
    }

    /// The variables that `mock-gce env` prints, in its order.
    ///
    /// # Errors
    /// When the machines are not up.
    pub async fn variables(&self) -> Result<Vec<(String, String)>> {
        let text = self.says(&["env"]).await?;
        let variables = text.lines().map(|line| {
            let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
            Some((name.to_owned(), value.trim_matches('\'').to_owned()))
        });
        variables
            .collect::<Option<_>>()
            .with_context(|| format!("no variables: {text}"))
    }

    /// One of them.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn variable(&self, name: &str) -> Result<String> {
        let mut variables = self.variables().await?.into_iter();
        let found = variables.find(|(found, _)| found == name);
        Ok(found.with_context(|| format!("no {name}"))?.1)
    }

    /// What `alts-handshaker` with these arguments prints, told where this mock is by nothing but
    /// `mock-gce env`.
    ///
    /// # Errors
    /// When it fails; the message is its own.
    pub async fn handshaker(&self, args: &[&str]) -> Result<String> {
        let mut command = Command::new(program("alts-handshaker")?);
        let output = command
            .args(args)
            .envs(self.variables().await?)
            .output()
            .await?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// `gcloud` outside the machines, told only where this mock's IAM is. Its own configuration is
    /// a fresh one, and it asks nothing and reports nothing.
    ///
    /// # Errors
    /// When the machines are not up.
    pub async fn gcloud(&self, args: &[&str]) -> Result<Command> {
        let mut gcloud = Command::new("gcloud");
        gcloud
            .args(args)
            .envs(self.variables().await?)
            .env("CLOUDSDK_CONFIG", self.folder.path().join("gcloud"))
            .env("CLOUDSDK_CORE_DISABLE_PROMPTS", "1")
            .env("CLOUDSDK_CORE_DISABLE_USAGE_REPORTING", "true")
            .env("CLOUDSDK_CORE_CHECK_GCE_METADATA", "false")
            .env("CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK", "true")
            .kill_on_drop(true);
        Ok(gcloud)
    }

    /// Where things of these machines are.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The mock's own folder, which is gone when it is down.
    #[must_use]
    pub fn runtime_dir(&self) -> PathBuf {
        self.folder.path().join("mock-gce").join(&self.name)
    }

    /// What the mock wrote down of what runs.
    ///
    /// # Errors
    /// When nothing does.
    pub fn record(&self) -> Result<Value> {
        let json = std::fs::read(self.runtime_dir().join("record.json"))?;
        Ok(serde_json::from_slice(&json)?)
    }
}

impl Drop for Machines {
    fn drop(&mut self) {
        let Ok(mut down) = self.mock_gce(&["down"]) else {
            return;
        };
        // Nothing to do about a failure here; a test that cares calls it itself.
        let _ = down.as_std_mut().output();
    }
}

/// Whether `gcloud` is on this computer.
#[must_use]
pub fn gcloud_is_here() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join("gcloud").is_file())
}

/// The article's suite inside machines.
#[derive(Debug)]
pub struct MachineSuite {
    /// The machines.
    pub machines: Machines,
    server: Process,
    gcloud: bool,
}

impl MachineSuite {
    /// Brings up the machines and starts the backend in its own.
    ///
    /// # Errors
    /// When something does not start.
    pub async fn start() -> Result<Self> {
        let machines = Machines::up().await?;
        Ok(Self {
            server: machines.start_server().await?,
            machines,
            gcloud: gcloud_is_here(),
        })
    }

    /// How accounts are switched off and on here, for people.
    #[must_use]
    pub fn switched_by(&self) -> &'static str {
        if self.gcloud {
            "gcloud iam service-accounts disable|enable"
        } else {
            "IAM's REST interface (there is no gcloud here)"
        }
    }

    /// Stops the backend and brings the machines down.
    ///
    /// # Errors
    /// When one of them does not stop by itself.
    pub async fn stop(mut self) -> Result<()> {
        let status = self.server.stop().await?;
        if !status.success() {
            bail!(
                "the backend ended with {status}:\n{}",
                self.server.log_text()
            );
        }
        self.machines.says(&["down"]).await?;
        Ok(())
    }

    async fn by_gcloud(&self, account: &str, verb: &str) -> Result<()> {
        let mut gcloud = self
            .machines
            .gcloud(&["iam", "service-accounts", verb, account])
            .await?;
        let output = gcloud.output().await.context("gcloud runs")?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(())
    }

    async fn by_rest(&self, account: &str, verb: &str) -> Result<()> {
        let api = self
            .machines
            .variable("CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM")
            .await?;
        let address: SocketAddr = api
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .parse()?;
        let token_file = self
            .machines
            .variable("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE")
            .await?;
        let token = std::fs::read_to_string(token_file)?;
        let path = format!("/v1/projects/-/serviceAccounts/{account}:{verb}");
        let answer = crate::http::post_with_token(address, &path, &token).await?;
        if answer.status != 200 {
            bail!("{path}: {}", answer.body);
        }
        Ok(())
    }
}

impl Scene for MachineSuite {
    async fn switch(&mut self, account: &str, enabled: bool) -> Result<()> {
        let verb = if enabled { "enable" } else { "disable" };
        if self.gcloud {
            self.by_gcloud(account, verb).await
        } else {
            self.by_rest(account, verb).await
        }
    }

    async fn restart_server(&mut self) -> Result<()> {
        self.server.stop().await?;
        self.server = self.machines.start_server().await?;
        Ok(())
    }

    async fn call(&self) -> Result<Output> {
        self.machines.call_from(CLIENT_VM).await
    }
}
