//! The binary under test: started, waited for, talked to, ended.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    thread,
};

use serde_json::Value;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_alts-handshaker");

pub(crate) const CONFIG: &str = r#"
[[machine]]
name = "vm"
address = "127.0.0.1:0"
service_account = "svc@p.iam"
"#;

/// A running mock, killed when the test ends.
pub(crate) struct Mock {
    pub(crate) child: Child,
    log: mpsc::Receiver<String>,
    pub(crate) admin: String,
    /// What was read of its log.
    pub(crate) lines: Vec<Value>,
}

/// A process's log, line by line. Read as it comes, so that a talkative process never waits for us.
pub(crate) fn log_of(child: &mut Child) -> mpsc::Receiver<String> {
    let log = BufReader::new(child.stderr.take().unwrap());
    let (tell, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in log.lines().map_while(Result::ok) {
            // Whoever reads no more misses nothing.
            let _ = tell.send(line);
        }
    });
    lines
}

impl Mock {
    pub(crate) fn start(dir: &Path) -> Self {
        Self::start_with(dir, CONFIG, Command::new(BINARY))
    }

    /// With another configuration, by a command to which its arguments are added.
    pub(crate) fn start_with(dir: &Path, config: &str, mut command: Command) -> Self {
        let path = dir.join("cloud.toml");
        fs::write(&path, config).unwrap();
        let mut child = command
            .args(["mock", "--log-format", "json", "--config"])
            .arg(&path)
            .arg("--state-dir")
            .arg(dir.join("state"))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut mock = Self {
            log: log_of(&mut child),
            child,
            admin: String::new(),
            lines: Vec::new(),
        };
        mock.read_until("mock ready");
        let ready = mock.lines.last().unwrap();
        mock.admin = ready["fields"]["admin"].as_str().unwrap().to_owned();
        mock
    }

    pub(crate) fn read_until(&mut self, message: &str) {
        while let Ok(line) = self.log.recv() {
            let line: Value = serde_json::from_str(&line).unwrap();
            let found = line["fields"]["message"] == message;
            self.lines.push(line);
            if found {
                return;
            }
        }
        panic!("ended before {message:?}: {:?}", self.lines);
    }

    /// Where its machines' handshakers listen, in the configuration's order.
    pub(crate) fn handshakers(&self) -> Vec<SocketAddr> {
        let ready = self.lines.iter().map(|line| &line["fields"]);
        let ready = ready.filter(|fields| fields["message"] == "handshaker ready");
        let addresses = ready.map(|fields| fields["address"].as_str().unwrap().parse().unwrap());
        addresses.collect()
    }

    pub(crate) fn accounts(&self, args: &[&str]) -> Output {
        run(&[&["accounts", "--admin", &self.admin], args].concat())
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", name, &pid])
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        // Already gone is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command that ends by itself; one that does not is killed, and its code is then 124.
pub(crate) fn run(args: &[&str]) -> Output {
    Command::new("timeout")
        .args(["30", BINARY])
        .args(args)
        .output()
        .unwrap()
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
