//! The article's revocation scenario: what happens to calls when a service account is disabled.
//!
//! Disabling an account stops credentials from being issued; it does not recall those already
//! issued. Everything in the table follows from that one rule.

use std::{fmt, process::Output};

use anyhow::{Context, Result};

use crate::{CLIENT_ACCOUNT, SERVER_ACCOUNT, suite::Suite};

/// Where the drill is performed.
pub trait Scene {
    /// Switches an account off or on.
    ///
    /// # Errors
    /// When it cannot be done.
    fn switch(&mut self, account: &str, enabled: bool) -> impl Future<Output = Result<()>> + Send;

    /// Replaces the backend's process.
    ///
    /// # Errors
    /// When it does not stop or start.
    fn restart_server(&mut self) -> impl Future<Output = Result<()>> + Send;

    /// Makes the article's call by a new client process.
    ///
    /// # Errors
    /// When the client cannot be run.
    fn call(&self) -> impl Future<Output = Result<Output>> + Send;
}

impl Scene for Suite {
    async fn switch(&mut self, account: &str, enabled: bool) -> Result<()> {
        let verb = if enabled { "enable" } else { "disable" };
        self.mock.accounts(&[verb, account]).await.map(drop)
    }

    async fn restart_server(&mut self) -> Result<()> {
        Self::restart_server(self).await
    }

    async fn call(&self) -> Result<Output> {
        self.client(&[]).await
    }
}

/// What is done before a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    Nothing,
    /// The account gets no new credentials from now on.
    Disable(&'static str),
    /// The account gets credentials again.
    Enable(&'static str),
    /// The backend's process is replaced.
    RestartServer,
}

/// One step of the drill.
#[derive(Debug)]
pub struct Step {
    /// What a presenter says.
    pub words: &'static str,
    /// What is done.
    pub actions: &'static [Action],
    /// The status that the article saw.
    pub expected: &'static str,
}

/// The article's steps, in order.
pub const STEPS: [Step; 6] = [
    Step {
        words: "both accounts enabled",
        actions: &[Action::Nothing],
        expected: "OK",
    },
    Step {
        words: "client account disabled",
        actions: &[Action::Disable(CLIENT_ACCOUNT)],
        expected: "UNAVAILABLE",
    },
    Step {
        words: "client enabled again",
        actions: &[Action::Enable(CLIENT_ACCOUNT)],
        expected: "OK",
    },
    Step {
        words: "server account disabled",
        actions: &[Action::Disable(SERVER_ACCOUNT)],
        expected: "OK",
    },
    Step {
        words: "server restarted",
        actions: &[Action::RestartServer],
        expected: "UNKNOWN",
    },
    Step {
        words: "server account enabled",
        actions: &[Action::Enable(SERVER_ACCOUNT)],
        expected: "OK",
    },
];

/// How a step went.
#[derive(Debug)]
pub struct Seen {
    /// `OK`, or the status code's name.
    pub status: String,
    /// What the client printed, on one line.
    pub line: String,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)
    }
}

/// Does one step and makes the article's call.
///
/// # Errors
/// When an action cannot be done; a refused call is not an error.
pub async fn perform(scene: &mut impl Scene, step: &Step) -> Result<Seen> {
    for action in step.actions {
        match action {
            Action::Nothing => {}
            Action::Disable(account) => scene.switch(account, false).await?,
            Action::Enable(account) => scene.switch(account, true).await?,
            Action::RestartServer => scene.restart_server().await?,
        }
    }
    call(scene).await
}

/// The article's call by a new client process.
///
/// # Errors
/// When the client cannot be run.
pub async fn call(scene: &impl Scene) -> Result<Seen> {
    let output = scene.call().await?;
    if output.status.success() {
        let line = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        return Ok(Seen {
            status: "OK".to_owned(),
            line,
        });
    }
    // `booking-client: STATUS: cause; remedy`, behind the warning about an untrusted handshaker.
    let stderr = String::from_utf8_lossy(&output.stderr);
    let line = stderr
        .lines()
        .rfind(|line| line.starts_with("booking-client: "));
    let line = line
        .with_context(|| format!("no refusal in: {stderr}"))?
        .to_owned();
    let status = line.split(": ").nth(1).unwrap_or("no status").to_owned();
    Ok(Seen { status, line })
}
