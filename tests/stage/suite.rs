//! The article's two machines on one: mock handshaker, backend and front end, wired together.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Output,
    time::Duration,
};

use alts::{AltsChannel, Handshaker};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    CLIENT_ACCOUNT, INTRUDER_ACCOUNT, SERVER_ACCOUNT,
    clock::Clock,
    process::{Process, program},
};

/// The machines that the stage's mock plays: the article's two, and one that nobody allowed.
const MACHINES: [(&str, &str); 3] = [
    ("prod-booking-client-vm", CLIENT_ACCOUNT),
    ("prod-booking-service-vm", SERVER_ACCOUNT),
    ("intruder-vm", INTRUDER_ACCOUNT),
];

/// Which ports to use; zero lets the system choose.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ports {
    /// The backend's.
    pub server: u16,
    /// The front end's.
    pub web: u16,
}

/// A running mock cloud: authority, account directory and a handshaker for each machine.
#[derive(Debug)]
pub struct Mock {
    process: Process,
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
        std::fs::write(
            folder.path().join("mock.toml"),
            config("127.0.0.1:0", machines),
        )?;
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
        std::fs::write(
            mock.folder.path().join("mock.toml"),
            config(&mock.admin, &machines),
        )?;
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
        let mut command = Command::new(program("alts-handshaker")?);
        clock.wind(&mut command);
        command
            .arg("mock")
            .arg("--config")
            .arg(folder.join("mock.toml"));
        command
            .arg("--state-dir")
            .arg(folder.join("state"))
            .args(["--log-format", "json"]);
        Process::start("alts-handshaker", command)
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
fn config(admin: &str, machines: &[(&str, &str, &str)]) -> String {
    let mut text = format!("[admin]\naddress = \"{admin}\"\n");
    for (name, address, account) in machines {
        text += &format!(
            "\n[[machine]]\nname = \"{name}\"\naddress = \"{address}\"\nservice_account = \"{account}\"\n"
        );
    }
    text
}

/// The whole suite. Dropping it stops everything.
#[derive(Debug)]
pub struct Suite {
    /// The mock cloud.
    pub mock: Mock,
    /// The backend.
    pub server: Process,
    /// Where it listens.
    pub server_addr: SocketAddr,
    /// The front end.
    pub web: Process,
    /// Where it listens.
    pub web_addr: SocketAddr,
    folder: TempDir,
    /// How the backend is run, but for its address.
    server_args: Vec<String>,
    /// How the front end is run, beyond what every one is told.
    web_args: Vec<String>,
}

/// Between two looks for a wish to restart the backend.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

impl Suite {
    /// Starts everything, with the article's client account allowed and the article's hospital.
    ///
    /// # Errors
    /// When a program does not start; the message holds its log.
    pub async fn start(ports: Ports) -> Result<Self> {
        let folder = TempDir::new()?;
        let args = vec![
            CLIENT_ACCOUNT.to_owned(),
            "--database-url".to_owned(),
            database_in(folder.path()),
        ];
        Self::run(ports, folder, args, Vec::new(), Clock::default()).await
    }

    /// Starts everything, with the demo hospital, the client account allowed to run it, and Anna,
    /// whom a link signs in.
    ///
    /// # Errors
    /// When a program does not start; the message holds its log.
    pub async fn start_demo(ports: Ports) -> Result<Self> {
        Self::start_demo_by(Clock::default(), ports).await
    }

    /// The same by another clock than the machine's.
    ///
    /// # Errors
    /// As [`Self::start_demo`].
    pub async fn start_demo_by(clock: Clock, ports: Ports) -> Result<Self> {
        let folder = TempDir::new()?;
        let mut args = hospital_args(folder.path(), &database_in(folder.path()), "demo")?;
        args.push(CLIENT_ACCOUNT.to_owned());
        let web_args = people_args(folder.path())?;
        Self::run(ports, folder, args, web_args, clock).await
    }

    async fn run(
        ports: Ports,
        folder: TempDir,
        server_args: Vec<String>,
        web_args: Vec<String>,
        clock: Clock,
    ) -> Result<Self> {
        let mock = Mock::start(&machines(), clock).await?;
        let listen = SocketAddr::from(([127, 0, 0, 1], ports.server));
        let (server, server_addr) = start_server(&mock, listen, &server_args).await?;
        let listen = SocketAddr::from(([127, 0, 0, 1], ports.web));
        let at = folder.path();
        let (web, web_addr) = start_web(&mock, at, server_addr, listen, &web_args).await?;
        Ok(Self {
            mock,
            server,
            server_addr,
            web,
            web_addr,
            folder,
            server_args,
            web_args,
        })
    }

    /// The link that signs Anna in, in the demo hospital.
    ///
    /// # Errors
    /// When the front end has none.
    pub fn sign_in_link(&self) -> Result<String> {
        let lines = self.web.logged(LINK);
        field(
            lines.last().context("no link in the front end's log")?,
            "link",
        )
    }

    /// Waits until the front end's accounts page wishes the backend restarted, and restarts it.
    ///
    /// # Errors
    /// When it does not stop or start.
    pub async fn restart_when_wished(&mut self) -> Result<()> {
        let wish = wish(self.folder());
        while !wish.exists() {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        let restarted = self.restart_server().await;
        // Without the file the command that waits for it ends.
        std::fs::remove_file(wish)?;
        restarted
    }

    /// Stops the front end as a service manager would and starts it again on the same port.
    ///
    /// # Errors
    /// When it does not stop or start.
    pub async fn restart_web(&mut self) -> Result<()> {
        self.web.stop().await?;
        let (at, listen) = (self.folder.path(), self.web_addr);
        let started = start_web(&self.mock, at, self.server_addr, listen, &self.web_args).await?;
        (self.web, self.web_addr) = started;
        Ok(())
    }

    /// Stops the backend as a service manager would and starts it again on the same port.
    ///
    /// # Errors
    /// When it does not stop or start.
    pub async fn restart_server(&mut self) -> Result<()> {
        self.server.stop().await?;
        let started = start_server(&self.mock, self.server_addr, &self.server_args).await?;
        (self.server, self.server_addr) = started;
        Ok(())
    }

    /// `booking-client` on the article's client machine: address and server account are given,
    /// further arguments follow.
    ///
    /// # Errors
    /// When it cannot be run; its own failures are in the output.
    pub async fn client(&self, args: &[&str]) -> Result<Output> {
        let address = self.server_addr.to_string();
        let all: Vec<&str> = [&[&address, SERVER_ACCOUNT], args].concat();
        self.client_on(0, &all).await
    }

    /// A command of `booking-client` on the article's client machine, told the backend.
    ///
    /// # Errors
    /// When it cannot be run; its own failures are in the output.
    pub async fn command(&self, args: &[&str]) -> Result<Output> {
        let address = self.server_addr.to_string();
        let server = ["--server", &address, "--server-account", SERVER_ACCOUNT];
        self.client_on(0, &[&server, args].concat()).await
    }

    /// `booking-client` on the machine with this index, with exactly these arguments.
    ///
    /// # Errors
    /// When it cannot be run; its own failures are in the output.
    pub async fn client_on(&self, machine: usize, args: &[&str]) -> Result<Output> {
        let mut command = Command::new(program("booking-client")?);
        self.mock.place(&mut command, machine);
        Ok(command.args(args).output().await?)
    }

    /// The backend's folder, where its database is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stops everything in order, front end first.
    ///
    /// # Errors
    /// When a program does not stop by itself.
    pub async fn stop(mut self) -> Result<()> {
        for process in [&mut self.web, &mut self.server, &mut self.mock.process] {
            let status = process.stop().await?;
            if !status.success() {
                bail!("a program ended with {status}:\n{}", process.log_text());
            }
        }
        Ok(())
    }
}

/// The stage's machines, each on a port of the system's choice.
pub(crate) fn machines() -> [(&'static str, &'static str, &'static str); 3] {
    MACHINES.map(|(name, account)| (name, "127.0.0.1:0", account))
}

/// The URL of an SQLite database in a folder.
pub(crate) fn database_in(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("ot-booking.db").display())
}

/// Roles for the client account: all that act, so that a scene may do anything; and a person it may
/// act for.
const ACCESS: &str = r#"
roles = ["legacy", "coordinator", "integration", "auditor", "admin"]
act_as = true

[people."vera"]
roles = ["viewer"]

[people."anna"]
roles = ["coordinator", "auditor", "legacy"]
"#;

/// Arguments of a backend whose access file gives the client account everything.
pub(crate) fn hospital_args(folder: &Path, url: &str, seed: &str) -> Result<Vec<String>> {
    let access = folder.join("access.toml");
    std::fs::write(&access, format!("[accounts.\"{CLIENT_ACCOUNT}\"]{ACCESS}"))?;
    let access = access.display().to_string();
    let args = ["--database-url", url, "--seed", seed, "--access", &access];
    Ok(args.map(str::to_owned).to_vec())
}

/// A backend on the article's server machine, with these arguments.
pub(crate) async fn start_server(
    mock: &Mock,
    listen: SocketAddr,
    args: &[String],
) -> Result<(Process, SocketAddr)> {
    let mut command = Command::new(program("booking-server")?);
    mock.place(&mut command, 1);
    command
        .args(args)
        .args(["--log-format", "json", "--listen", &listen.to_string()]);
    let mut process = Process::start("booking-server", command)?;
    let started = process
        .announced("Booking OT service started successfully!")
        .await?;
    let address = field(&started, "address")?.parse()?;
    Ok((process, address))
}

/// What the front end logs beside the link that signs somebody in.
const LINK: &str = "whoever opens this link is signed in: for demonstrations only";

/// Arguments of a front end at which Anna is signed in by a link, and stays so when it is restarted.
fn people_args(folder: &Path) -> Result<Vec<String>> {
    let (people, key) = (folder.join("people.toml"), folder.join("session.key"));
    std::fs::write(&people, "[people.anna]\ndisplay_name = \"Anna Berg\"\n")?;
    let (people, key) = (people.display().to_string(), key.display().to_string());
    let args = [
        "--users",
        &people,
        "--session-key",
        &key,
        "--demo-person",
        "anna",
    ];
    Ok(args.map(str::to_owned).to_vec())
}

/// The file that is there while somebody wishes the backend restarted.
fn wish(folder: &Path) -> PathBuf {
    folder.join("restart-wished")
}

async fn start_web(
    mock: &Mock,
    folder: &Path,
    backend: SocketAddr,
    listen: SocketAddr,
    web_args: &[String],
) -> Result<(Process, SocketAddr)> {
    let mut command = Command::new(program("booking-web")?);
    mock.place(&mut command, 0);
    command.args([
        "--backend",
        &backend.to_string(),
        "--backend-account",
        SERVER_ACCOUNT,
    ]);
    command.args(["--log-format", "json", "--listen", &listen.to_string()]);
    command.args(["--accounts-admin", mock.admin()]);
    command.args(["--own-account", CLIENT_ACCOUNT]);
    let wish = wish(folder);
    let wish = wish.display();
    command.arg("--drill-restart").arg(format!(
        "touch '{wish}'; while [ -e '{wish}' ]; do sleep 0.1; done"
    ));
    command.args(web_args);
    let mut process = Process::start("booking-web", command)?;
    let started = process.announced("Booking web front end started").await?;
    if web_args.iter().any(|arg| arg == "--demo-person") {
        process.announced(LINK).await?;
    }
    let address = field(&started, "address")?.parse()?;
    Ok((process, address))
}

/// A text field of a log line.
///
/// # Errors
/// When it is not there.
pub fn field(fields: &Value, name: &str) -> Result<String> {
    let value = fields.get(name).and_then(Value::as_str);
    Ok(value
        .with_context(|| format!("no field {name} in {fields}"))?
        .to_owned())
}
