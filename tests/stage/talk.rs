//! A program that answers each line with a line of JSON: a client that calls when told to, a relay
//! that tells what it has seen.

use std::process::Stdio;

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// One that runs. Dropping it ends it.
#[derive(Debug)]
pub struct Talk {
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    child: Child,
}

impl Talk {
    /// Starts it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(mut command: Command) -> Result<Self> {
        let mut child = command
            .kill_on_drop(true)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting it")?;
        let input = child.stdin.take().context("stdin")?;
        let output = child.stdout.take().context("stdout")?;
        Ok(Self {
            input,
            output: BufReader::new(output).lines(),
            child,
        })
    }

    /// The outcome of a call on the channel as it is.
    ///
    /// # Errors
    /// When the program has ended.
    pub async fn call(&mut self) -> Result<Value> {
        self.must("now").await
    }

    /// The outcome of a call that waits until the channel is connected, half a minute at most.
    ///
    /// # Errors
    /// When the program has ended.
    pub async fn call_patiently(&mut self) -> Result<Value> {
        self.must("patiently").await
    }

    /// The outcome of a call on a channel of its own; `None` if the program died of it.
    pub async fn call_anew(&mut self) -> Option<Value> {
        self.ask("anew").await.ok().flatten()
    }

    /// The same with two seconds to wait for something that does not come.
    pub async fn call_briefly(&mut self) -> Option<Value> {
        self.ask("briefly").await.ok().flatten()
    }

    /// What a relay has seen.
    ///
    /// # Errors
    /// When the program has ended.
    pub async fn seen(&mut self) -> Result<Value> {
        self.must("seen").await
    }

    /// Ends it, and waits until its port is free again.
    ///
    /// # Errors
    /// When the system refuses.
    pub async fn end(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    async fn must(&mut self, line: &str) -> Result<Value> {
        self.ask(line).await?.context("the program has ended")
    }

    async fn ask(&mut self, line: &str) -> Result<Option<Value>> {
        self.input.write_all(format!("{line}\n").as_bytes()).await?;
        self.hear().await
    }

    /// The next line of JSON; `None` at the program's end.
    ///
    /// # Errors
    /// When it is not JSON.
    pub async fn hear(&mut self) -> Result<Option<Value>> {
        let line = self.output.next_line().await?;
        Ok(line.map(|line| serde_json::from_str(&line)).transpose()?)
    }
}
