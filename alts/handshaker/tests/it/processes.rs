//! An authority and handshakers as processes: started, killed, and started again where they were.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    binary::{BINARY, log_of, run, stdout},
    support::{CLIENT, Library, SERVER},
};

/// What machines share with the authority.
pub(crate) const SECRET: &str = "s3cr-enrolment-s3cr-enrolment-s3cr-enrolment";

/// A process that is killed when the test ends, if not before.
pub(crate) struct Running {
    child: Child,
    log: mpsc::Receiver<String>,
    said: Vec<String>,
}

impl Running {
    /// Starts the binary and waits until it says that it is ready; the fields of that line.
    fn start(args: &[&str], log_level: &str, ready: &str) -> (Self, Value) {
        Self::start_by(Command::new(BINARY), args, log_level, ready)
    }

    /// The same by a command to which its arguments are added.
    fn start_by(mut by: Command, args: &[&str], log_level: &str, ready: &str) -> (Self, Value) {
        let mut child = by
            .args(args)
            .args(["--log-format", "json"])
            .env("RUST_LOG", log_level)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut running = Self {
            log: log_of(&mut child),
            child,
            said: Vec::new(),
        };
        while let Ok(line) = running.log.recv() {
            let mut event: Value = serde_json::from_str(&line).unwrap();
            running.said.push(line);
            let fields = event["fields"].take();
            if fields["message"] == ready {
                return (running, fields);
            }
        }
        panic!("it ended before it was ready: {:?}", running.said);
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        // Already gone is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Kills it; every line that it ever said.
    pub(crate) fn last_words(mut self) -> Vec<String> {
        self.kill();
        let rest: Vec<String> = self.log.iter().collect();
        self.said.extend(rest);
        std::mem::take(&mut self.said)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A machine's handshaker as a process.
pub(crate) struct Machine {
    config: String,
    log_level: &'static str,
    pub(crate) address: String,
    pub(crate) running: Running,
}

impl Machine {
    fn start(config: String, log_level: &'static str) -> Self {
        let args = ["serve", "--config", &config];
        let (running, ready) = Running::start(&args, log_level, "handshaker ready");
        let address = ready["address"].as_str().unwrap().to_owned();
        Self {
            config,
            log_level,
            address,
            running,
        }
    }

    /// Kills it and starts it on the port that it had.
    pub(crate) fn restart(&mut self) {
        self.running.kill();
        let text = std::fs::read_to_string(&self.config).unwrap();
        std::fs::write(&self.config, text.replace("127.0.0.1:0", &self.address)).unwrap();
        *self = Self::start(self.config.clone(), self.log_level);
    }

    /// A new process of a workload on it.
    pub(crate) async fn process(&self) -> Library {
        Library::connect(self.address.parse().unwrap(), "grpc-java-netty/1.63.0").await
    }
}

/// An authority, and where machines are made that believe it.
pub(crate) struct Processes {
    pub(crate) dir: TempDir,
    pub(crate) authority: Running,
    /// The authority's.
    pub(crate) address: String,
    pub(crate) admin: String,
    log_level: &'static str,
}

impl Processes {
    pub(crate) fn start(log_level: &'static str) -> Self {
        Self::start_by(Command::new(BINARY), log_level)
    }

    /// The same, whose authority may open so many files.
    pub(crate) fn start_with_files(files: u32, log_level: &'static str) -> Self {
        let mut limited = Command::new("sh");
        let script = format!("ulimit -n {files}; exec \"$0\" \"$@\"");
        limited.args(["-c", &script, BINARY]);
        Self::start_by(limited, log_level)
    }

    fn start_by(by: Command, log_level: &'static str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "machine.secret", SECRET);
        let any = "127.0.0.1:0";
        let (authority, address, admin) = authority(by, dir.path(), any, any, log_level);
        Self {
            dir,
            authority,
            address,
            admin,
            log_level,
        }
    }

    /// Kills the authority.
    pub(crate) fn kill_authority(&mut self) {
        self.authority.kill();
    }

    /// Starts it again, on its state and its ports.
    pub(crate) fn start_authority(&mut self) {
        let dir = self.dir.path();
        let by = Command::new(BINARY);
        let (running, ..) = authority(by, dir, &self.address, &self.admin, self.log_level);
        self.authority = running;
    }

    /// The article's two, by other names.
    pub(crate) fn machines(&self) -> (Machine, Machine) {
        (
            self.machine("client-vm", CLIENT),
            self.machine("server-vm", SERVER),
        )
    }

    fn machine(&self, name: &str, account: &str) -> Machine {
        let roots = stdout(&run(&["authority", "roots", "--admin", &self.admin]));
        let text = format!(
            "machine = \"{name}\"\nservice_account = \"{account}\"\nlisten = [\"127.0.0.1:0\"]\n\
             state_dir = \"{}\"\n[authority]\naddress = \"{}\"\n{roots}refresh_s = 1\n\
             [identity]\nsource = \"static\"\nsecret_file = \"machine.secret\"\n\
             [admin]\naddress = \"unix:{}\"\n",
            self.dir.path().join(name).display(),
            self.address,
            self.dir.path().join(format!("{name}.sock")).display(),
        );
        let config = write(self.dir.path(), &format!("{name}.toml"), &text);
        Machine::start(config, self.log_level)
    }
}

fn authority(
    by: Command,
    dir: &Path,
    listen: &str,
    admin: &str,
    log_level: &str,
) -> (Running, String, String) {
    let enrolment = |machine: &str, account: &str| {
        format!(
            "[[enrolment]]\nmachine = \"{machine}\"\nservice_accounts = [\"{account}\"]\n\
             secret_file = \"machine.secret\"\n"
        )
    };
    let text = format!(
        "listen = \"{listen}\"\nstate_dir = \"{}\"\n[admin]\naddress = \"{admin}\"\n{}{}",
        dir.join("authority").display(),
        enrolment("client-vm", CLIENT),
        enrolment("server-vm", SERVER),
    );
    let config = write(dir, "authority.toml", &text);
    let args = ["authority", "--config", &config];
    let (running, ready) = Running::start_by(by, &args, log_level, "authority ready");
    let field = |name: &str| ready[name].as_str().unwrap().to_owned();
    (running, field("address"), field("admin"))
}

fn write(dir: &Path, name: &str, text: &str) -> String {
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}
