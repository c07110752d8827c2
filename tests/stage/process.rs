//! One program of the suite as a child process: started, announced by its log, stopped.

use std::{
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    sync::Notify,
    task::JoinHandle,
    time::timeout,
};

use crate::clock;

/// How long a program may take to announce itself. Generous: a busy machine is not an error.
const START_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a program may take to drain after SIGTERM before it is killed.
const STOP_TIMEOUT: Duration = Duration::from_secs(15);
/// How long to wait for what a program said before it ended.
const LAST_WORDS_TIMEOUT: Duration = Duration::from_secs(2);

/// Where the suite's programs are: beside this one.
///
/// # Errors
/// When the program was not built; the message says how to.
pub fn program(name: &str) -> Result<PathBuf> {
    let here = std::env::current_exe().context("this program's own path")?;
    let mut folder = here.parent().context("a folder around this program")?;
    if folder.ends_with("deps") {
        folder = folder.parent().context("a folder around deps")?;
    }
    let path = folder.join(name);
    if !path.is_file() {
        bail!("{name} is not built; run: cargo build --workspace --bins");
    }
    Ok(path)
}

/// A running program whose log is collected line by line. Dropping it kills it.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: Arc<Log>,
    /// They end with its outputs.
    collectors: [JoinHandle<()>; 2],
}

#[derive(Debug, Default)]
struct Log {
    lines: Mutex<Vec<String>>,
    grown: Notify,
}

impl Process {
    /// Starts `command`, whose log must be JSON lines on standard error.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(name: &str, mut command: Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting {name}"))?;
        let log = Arc::<Log>::default();
        let stdout = collect(child.stdout.take().context("stdout")?, Arc::clone(&log));
        let stderr = collect(child.stderr.take().context("stderr")?, Arc::clone(&log));
        Ok(Self {
            name: name.to_owned(),
            child,
            log,
            collectors: [stdout, stderr],
        })
    }

    /// Waits for the log line with this message and returns its fields.
    ///
    /// # Errors
    /// When the program ends first, or takes too long; the message holds its log.
    pub async fn announced(&mut self, message: &str) -> Result<Value> {
        let found = timeout(START_TIMEOUT, async {
            loop {
                let grown = self.log.grown.notified();
                if let Some(fields) = self.logged(message).pop() {
                    return Ok(fields);
                }
                tokio::select! {
                    () = grown => {}
                    status = self.child.wait() => return Err(status),
                }
            }
        });
        match found.await {
            Ok(Ok(fields)) => Ok(fields),
            Ok(Err(status)) => {
                self.hear_out().await;
                let status = status.map_or_else(|error| error.to_string(), |s| s.to_string());
                bail!(
                    "{} ended ({status}) before {message:?}:\n{}",
                    self.name,
                    self.log_text()
                )
            }
            Err(_) => bail!(
                "{} did not say {message:?}:\n{}",
                self.name,
                self.log_text()
            ),
        }
    }

    /// Waits for the last words of a program that has ended; not for those that it left behind.
    async fn hear_out(&mut self) {
        for collector in &mut self.collectors {
            if !collector.is_finished() {
                let _ = timeout(LAST_WORDS_TIMEOUT, collector).await;
            }
        }
    }

    /// The fields of every log line with this message, oldest first.
    #[must_use]
    pub fn logged(&self, message: &str) -> Vec<Value> {
        let lines = self
            .log
            .lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let fields = lines.iter().filter_map(|line| {
            let mut event: Value = serde_json::from_str(line).ok()?;
            let fields = event.get_mut("fields")?.take();
            (fields.get("message")?.as_str()? == message).then_some(fields)
        });
        fields.collect()
    }

    /// Everything it printed, for failure messages and for searches.
    #[must_use]
    pub fn log_text(&self) -> String {
        self.log
            .lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .join("\n")
    }

    /// Asks it to stop and waits until it has.
    ///
    /// # Errors
    /// When it cannot be asked, or has to be killed.
    pub async fn stop(&mut self) -> Result<ExitStatus> {
        self.signal(rustix::process::Signal::TERM)?;
        match timeout(STOP_TIMEOUT, self.child.wait()).await {
            Ok(status) => Ok(status?),
            Err(_) => {
                self.child.kill().await?;
                bail!(
                    "{} did not stop in {STOP_TIMEOUT:?}:\n{}",
                    self.name,
                    self.log_text()
                )
            }
        }
    }

    /// Kills it without a chance to clean up.
    ///
    /// # Errors
    /// When the system refuses.
    pub async fn kill(&mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// How much of it is in memory now, in KiB.
    ///
    /// # Errors
    /// When it has ended.
    pub fn resident_kib(&self) -> Result<u64> {
        let id = self.child.id().context("the program has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = resident.and_then(|text| text.split_whitespace().next());
        Ok(number.context("VmRSS")?.parse()?)
    }

    /// Sends a signal; nothing happens when it has already ended.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn signal(&self, signal: rustix::process::Signal) -> Result<()> {
        let Some(id) = self.child.id() else {
            return Ok(());
        };
        let id = i32::try_from(id)
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        rustix::process::kill_process(id.context("a process id")?, signal)?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It is killed next, by its own drop.
        if let Some(id) = self.child.id() {
            clock::sweep(id);
        }
    }
}

fn collect(output: impl AsyncRead + Unpin + Send + 'static, log: Arc<Log>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut lines = BufReader::new(output).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            log.lines
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(line);
            log.grown.notify_one();
        }
    })
}

/// A text field of a log line.
///
/// # Errors
/// When it is not there.
pub(crate) fn field(fields: &Value, name: &str) -> Result<String> {
    let value = fields.get(name).and_then(Value::as_str);
    Ok(value
        .with_context(|| format!("no field {name} in {fields}"))?
        .to_owned())
}
