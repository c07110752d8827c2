//! The mock cloud as a process: authority, accounts, and a handshaker for each machine.

use std::{net::SocketAddr, path::Path};

use alts::{AltsChannel, Handshaker};
use anyhow::{Result, bail};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    CLIENT_ACCOUNT, INTRUDER_ACCOUNT, SERVER_ACCOUNT,
    clock::Clock,
    process::{Process, field, program},
};

/// The machines that the stage's mock plays: the article's two, and one that nobody allowed.
const MACHINES: [(&str, &str); 3] = [
    ("prod-booking-client-vm", CLIENT_ACCOUNT),
    ("prod-booking-service-vm", SERVER_ACCOUNT),
    ("intruder-vm", INTRUDER_ACCOUNT),
];

/// A running mock cloud: authority, account directory and a handshaker for each machine.
#[derive(Debug)]
pub struct Mock {
    pub(crate) process: Process,
    admin: String,
    /// Handshaker addresses, in the order of the machines.
    handshakers: Vec<String>,
    folder: TempDir,
    clock: Clock,
}

impl Mock {
    /// Starts it with a fresh state and a handshaker for each `(machine, address, account)`; its
    /// machines go by `clock`.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(machines: &[(&str, &str, &str)], clock: Clock) -> Result<Self> {
        let folder = TempDir::new()?;
        std::fs::write(folder.path().join("mock.toml"), config(machines))?;
        let mut mock = Self {
            process: Self::launch(folder.path(), &clock)?,
            admin: String::new(),
            handshakers: Vec::new(),
            folder,
            clock,
        };
        mock.read_addresses().await?;
        // From now on the ports that the system chose are the ports it asks for.
        let addresses = mock.handshakers.iter();
        let machines: Vec<_> = machines
            .iter()
            .zip(addresses)
            .map(|((name, _, account), address)| (*name, address.as_str(), *account))
            .collect();
        std::fs::write(mock.folder.path().join("mock.toml"), config(&machines))?;
        Ok(mock)
    }

    /// Kills it, as a crash would, and starts it again on its state and its addresses.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn restart(&mut self) -> Result<()> {
        self.process.kill().await?;
        self.process = Self::launch(self.folder.path(), &self.clock)?;
        self.process.announced("mock ready").await?;
        Ok(())
    }

    fn launch(folder: &Path, clock: &Clock) -> Result<Process> {
        let mut command = Command::new(program("mock-gce")?);
        clock.wind(&mut command);
        command
            .arg("loopback")
            .arg("--config")
            .arg(folder.join("mock.toml"));
        command
            .arg("--state-dir")
            .arg(folder.join("state"))
            .args(["--log-format", "json"]);
        Process::start("mock-gce", command)
    }

    async fn read_addresses(&mut self) -> Result<()> {
        let ready = self.process.announced("mock ready").await?;
        self.admin = field(&ready, "admin")?;
        let ready = self.process.logged("handshaker ready");
        self.handshakers = ready
            .iter()
            .map(|r| field(r, "address"))
            .collect::<Result<_>>()?;
        Ok(())
    }

    /// Where the handshaker of the `index`th machine listens.
    #[must_use]
    pub fn handshaker(&self, index: usize) -> &str {
        &self.handshakers[index]
    }

    /// The clock of its machines.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Puts a program on the `index`th machine: its handshaker and its clock.
    pub(crate) fn place(&self, command: &mut Command, index: usize) {
        self.clock.wind(command);
        command.args([
            "--handshaker-address",
            self.handshaker(index),
            "--allow-untrusted-handshaker",
        ]);
    }

    /// Makes channels from the client's machine to a backend, each with a connection of its own.
    ///
    /// # Errors
    /// When the handshaker's address is none.
    pub fn connector(
        &self,
        backend: SocketAddr,
    ) -> Result<impl Fn() -> AltsChannel + Send + Sync + 'static> {
        let handshaker = Handshaker::builder()
            .address(self.handshaker(0))
            .allow_untrusted(true)
            .build()?;
        let builder =
            AltsChannel::builder(handshaker).target_service_account(SERVER_ACCOUNT.parse()?);
        let address = backend.to_string();
        Ok(move || {
            builder
                .clone()
                .connect_lazy(&address)
                .expect("an address is HOST:PORT")
        })
    }

    /// Runs `alts-handshaker accounts` with these arguments.
    ///
    /// # Errors
    /// When it fails; the message is its own.
    pub async fn accounts(&self, args: &[&str]) -> Result<String> {
        let mut command = Command::new(program("alts-handshaker")?);
        let output = command
            .arg("accounts")
            .args(args)
            .args(["--admin", &self.admin])
            .output()
            .await?;
        if !output.status.success() {
            bail!(
                "accounts {args:?}: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Where accounts are administered.
    #[must_use]
    pub fn admin(&self) -> &str {
        &self.admin
    }

    /// Its process, for its log.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }
}

/// The mock's configuration for these machines.
fn config(machines: &[(&str, &str, &str)]) -> String {
    let mut text = String::new();
    for (name, address, account) in machines {
        text += &format!(
            "\n[[machine]]\nname = \"{name}\"\naddress = \"{address}\"\nservice_account = \"{account}\"\n"
        );
    }
    text
}

/// The stage's machines, each on a port of the system's choice.
pub(crate) fn machines() -> [(&'static str, &'static str, &'static str); 3] {
    MACHINES.map(|(name, account)| (name, "127.0.0.1:0", account))
}
