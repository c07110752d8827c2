//! A hospital without a front end: a mock cloud and one backend, or several on one PostgreSQL.

use std::{net::SocketAddr, process::Output, time::Duration};

use alts::AltsChannel;
use anyhow::{Context as _, Result, ensure};
use booking_store::testing::{Durability, ThrowAwayPostgres};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    SERVER_ACCOUNT,
    clock::Clock,
    mock::{Mock, machines},
    process::{Process, program},
    programs::{database_in, hospital_args, start_server},
};

/// Where a hospital is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// In a file of one backend.
    Sqlite,
    /// On a server of its own, thrown away with the hospital.
    Postgres,
}

/// A running hospital. Dropping it stops everything.
#[derive(Debug)]
pub struct Hospital {
    /// The mock cloud.
    pub mock: Mock,
    /// The backends.
    pub backends: Vec<Backend>,
    args: Vec<String>,
    folder: TempDir,
    /// Behind the backends: it must outlive them.
    _postgres: Option<ThrowAwayPostgres>,
}

/// One backend.
#[derive(Debug)]
pub struct Backend {
    /// Its process, for its log.
    pub process: Process,
    /// Where it listens, also after a restart.
    pub address: SocketAddr,
}

impl Hospital {
    /// Opens one with `count` backends, filled with `seed`: `article`, `demo` or `none`.
    ///
    /// # Errors
    /// When a program is missing or does not start; the message holds its log.
    pub async fn open(database: Database, count: usize, seed: &str) -> Result<Self> {
        let (folder, postgres, url) = ground(database, Durability::Full).await?;
        Self::furnish(folder, postgres, &url, count, seed, "info").await
    }

    /// Opens one with a single backend that logs as `log` says: a level, or directives.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_logging(database: Database, seed: &str, log: &str) -> Result<Self> {
        let (folder, postgres, url) = ground(database, Durability::Full).await?;
        Self::furnish(folder, postgres, &url, 1, seed, log).await
    }

    /// Opens one with a single backend on a database that somebody else made and outlives it.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_on(url: &str, seed: &str) -> Result<Self> {
        Self::furnish(TempDir::new()?, None, url, 1, seed, "info").await
    }

    async fn furnish(
        folder: TempDir,
        postgres: Option<ThrowAwayPostgres>,
        url: &str,
        count: usize,
        seed: &str,
        log: &str,
    ) -> Result<Self> {
        let mut args = hospital_args(folder.path(), url, seed)?;
        args.extend(["--log", log].map(str::to_owned));
        let mock = Mock::start(&machines(), Clock::default()).await?;
        let mut backends = Vec::new();
        for _ in 0..count {
            let (process, address) = start_server(&mock, ([127, 0, 0, 1], 0).into(), &args).await?;
            backends.push(Backend { process, address });
        }
        Ok(Self {
            mock,
            backends,
            args,
            folder,
            _postgres: postgres,
        })
    }

    /// A folder for a scene's files.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// `booking-client` on the client machine, told the first backend.
    ///
    /// # Errors
    /// When it is not built.
    pub fn client(&self, args: &[&str]) -> Result<Command> {
        let mut command = Command::new(program("booking-client")?);
        self.mock.place(&mut command, 0);
        command
            .env("OT_SERVER", self.backends[0].address.to_string())
            .env("OT_SERVER_ACCOUNT", SERVER_ACCOUNT)
            .kill_on_drop(true)
            .args(args);
        Ok(command)
    }

    /// Runs it to its end.
    ///
    /// # Errors
    /// When it cannot be run; its own failures are in the output.
    pub async fn run(&self, args: &[&str]) -> Result<Output> {
        Ok(self.client(args)?.output().await?)
    }

    /// Runs it and takes what it prints, which must be in order.
    ///
    /// # Errors
    /// When it fails; the message is its own.
    pub async fn text(&self, args: &[&str]) -> Result<String> {
        let output = self.run(args).await?;
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(
            output.status.success(),
            "booking-client {args:?}: {}: {stderr}",
            output.status
        );
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Runs it with JSON output and takes the messages, one a line.
    ///
    /// # Errors
    /// When it fails; the message is its own.
    pub async fn json(&self, args: &[&str]) -> Result<Vec<Value>> {
        let text = self.text(&[&["--output", "json"], args].concat()).await?;
        text.lines()
            .map(|line| serde_json::from_str(line).context(line.to_owned()))
            .collect()
    }

    /// A channel to one of the backends, for scenes that call faster than programs start.
    ///
    /// # Errors
    /// When the handshaker's address is none.
    pub fn channel(&self, backend: usize) -> Result<AltsChannel> {
        Ok(self.connector(backend)?())
    }

    /// Makes channels to one of the backends, each with a connection of its own.
    ///
    /// # Errors
    /// When the handshaker's address is none.
    pub fn connector(
        &self,
        backend: usize,
    ) -> Result<impl Fn() -> AltsChannel + Send + Sync + 'static> {
        self.mock.connector(self.backends[backend].address)
    }

    /// Kills a backend, as a crash would, and starts it again on the same address and database.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn kill_and_restart(&mut self, backend: usize) -> Result<()> {
        let killed = &mut self.backends[backend];
        killed.process.kill().await?;
        (killed.process, killed.address) =
            start_server(&self.mock, killed.address, &self.args).await?;
        Ok(())
    }

    /// Stops the backends and has the doctor look at the database.
    ///
    /// # Errors
    /// When a backend does not stop, or the doctor finds something; the message is what it found.
    pub async fn examine(&mut self) -> Result<()> {
        for backend in &mut self.backends {
            backend.process.stop().await?;
        }
        let url = self
            .args
            .iter()
            .skip_while(|arg| *arg != "--database-url")
            .nth(1);
        let doctor = Command::new(program("booking-server")?)
            .args(["doctor", "--database-url", url.context("a database")?])
            .output();
        let doctor = tokio::time::timeout(Duration::from_secs(120), doctor).await??;
        let found = String::from_utf8_lossy(&doctor.stdout).into_owned();
        let stderr = String::from_utf8_lossy(&doctor.stderr).into_owned();
        ensure!(doctor.status.success(), "the doctor found: {found}{stderr}");
        Ok(())
    }
}

/// A folder, and a database in it or on a server of its own.
///
/// # Errors
/// When PostgreSQL does not start.
pub async fn ground(
    database: Database,
    durability: Durability,
) -> Result<(TempDir, Option<ThrowAwayPostgres>, String)> {
    let folder = TempDir::new()?;
    let (postgres, url) = match database {
        Database::Sqlite => (None, database_in(folder.path())),
        Database::Postgres => {
            let start = move || ThrowAwayPostgres::start(durability);
            let postgres = tokio::task::spawn_blocking(start)
                .await?
                .map_err(anyhow::Error::msg)?;
            let url = postgres.database().await.map_err(anyhow::Error::msg)?;
            (Some(postgres), url)
        }
    };
    Ok((folder, postgres, url))
}
