//! The binaries under test: a mock started, waited for, talked to, ended.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
};

use serde_json::Value;

pub(crate) use super::output::*;

pub(crate) const MOCK_GCE: &str = env!("CARGO_BIN_EXE_mock-gce");

/// `alts-handshaker`, which is installed beside it.
pub(crate) fn alts_handshaker() -> PathBuf {
    let program = Path::new(MOCK_GCE).with_file_name("alts-handshaker");
    assert!(
        program.is_file(),
        "alts-handshaker is not built; run: cargo build --workspace --bins"
    );
    program
}

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

impl Mock {
    pub(crate) fn start(dir: &Path) -> Self {
        Self::start_with(dir, CONFIG, Command::new(MOCK_GCE))
    }

    /// With another configuration, by a command to which its arguments are added.
    pub(crate) fn start_with(dir: &Path, config: &str, mut command: Command) -> Self {
        let path = dir.join("cloud.toml");
        fs::write(&path, config).unwrap();
        let mut child = command
            .args(["loopback", "--log-format", "json", "--config"])
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

/// Runs a command of alts-handshaker that ends by itself; one that does not is killed, and its code is
/// then 124.
pub(crate) fn run(args: &[&str]) -> Output {
    Command::new("timeout")
        .arg("30")
        .arg(alts_handshaker())
        .args(args)
        .output()
        .unwrap()
}
