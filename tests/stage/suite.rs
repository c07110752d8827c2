//! The article's two machines on one: mock handshaker, backend and front end, wired together.

use std::{net::SocketAddr, path::Path, process::Output, time::Duration};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    CLIENT_ACCOUNT, SERVER_ACCOUNT,
    clock::Clock,
    mock::{Mock, machines},
    process::{Process, field, program},
    programs::{LINK, database_in, hospital_args, people_args, start_server, start_web, wish},
};

/// Which ports to use; zero lets the system choose.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ports {
    /// The backend's.
    pub server: u16,
    /// The front end's.
    pub web: u16,
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

    /// Starts everything, with the article's hospital and a front end that believes Identity-Aware Proxy about
    /// visitors to the backend service `audience`, when it signs with a key that is at `keys`.
    ///
    /// # Errors
    /// When a program does not start; the message holds its log.
    pub async fn start_behind_iap(audience: &str, keys: &str) -> Result<Self> {
        let folder = TempDir::new()?;
        let args = hospital_args(folder.path(), &database_in(folder.path()), "article")?;
        let web_args = ["--iap-audience", audience, "--iap-keys", keys].map(str::to_owned);
        let ports = Ports::default();
        Self::run(ports, folder, args, web_args.to_vec(), Clock::default()).await
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
