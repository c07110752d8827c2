//! A program that answers each line with a line of JSON: a client that calls when told to, a relay
//! that tells what it has seen.

use std::process::Stdio;

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// One that runs. Dropping it ends it.
pub(crate) struct Talk {
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    child: Child,
}

impl Talk {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command
            .kill_on_drop(true)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        Self {
            input: child.stdin.take().expect("piped"),
            output: BufReader::new(child.stdout.take().expect("piped")).lines(),
            child,
        }
    }

    /// The outcome of a call on the channel as it is.
    pub(crate) async fn call(&mut self) -> Value {
        self.ask("now").await.expect("it answers")
    }

    /// The outcome of a call that waits until the channel is connected, half a minute at most.
    pub(crate) async fn call_patiently(&mut self) -> Value {
        self.ask("patiently").await.expect("it answers")
    }

    /// The outcome of a call on a channel of its own; `None` if the program died of it.
    pub(crate) async fn call_anew(&mut self) -> Option<Value> {
        self.ask("anew").await
    }

    /// The same with two seconds to wait for something that does not come.
    pub(crate) async fn call_briefly(&mut self) -> Option<Value> {
        self.ask("briefly").await
    }

    /// What a relay has seen.
    pub(crate) async fn seen(&mut self) -> Value {
        self.ask("seen").await.expect("it answers")
    }

    /// Ends it, and waits until its port is free again.
    pub(crate) async fn end(mut self) {
        self.child.kill().await.expect("ends");
    }

    async fn ask(&mut self, line: &str) -> Option<Value> {
        let line = format!("{line}\n");
        let told = self.input.write_all(line.as_bytes()).await;
        told.expect("it listens");
        self.hear().await
    }

    /// The next line of JSON.
    pub(crate) async fn hear(&mut self) -> Option<Value> {
        let answer = self.output.next_line().await.expect("a pipe")?;
        Some(serde_json::from_str(&answer).expect("JSON"))
    }
}
