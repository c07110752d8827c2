//! The binary under test: started, waited for, talked to, ended.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, ChildStderr, Command, Output, Stdio},
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
    pub(crate) log: BufReader<ChildStderr>,
    pub(crate) admin: String,
    pub(crate) lines: Vec<Value>,
}

impl Mock {
    pub(crate) fn start(dir: &Path) -> Self {
        let config = dir.join("cloud.toml");
        fs::write(&config, CONFIG).unwrap();
        let mut child = Command::new(BINARY)
            .args(["mock", "--log-format", "json", "--config"])
            .arg(&config)
            .arg("--state-dir")
            .arg(dir.join("state"))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut mock = Self {
            child,
            log,
            admin: String::new(),
            lines: Vec::new(),
        };
        mock.read_until("mock ready");
        let ready = mock.lines.last().unwrap();
        mock.admin = ready["fields"]["admin"].as_str().unwrap().to_owned();
        mock
    }

    pub(crate) fn read_until(&mut self, message: &str) {
        loop {
            let mut line = String::new();
            assert_ne!(
                self.log.read_line(&mut line).unwrap(),
                0,
                "ended before {message:?}: {:?}",
                self.lines
            );
            let line: Value = serde_json::from_str(&line).unwrap();
            let found = line["fields"]["message"] == message;
            self.lines.push(line);
            if found {
                return;
            }
        }
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
