//! The strangers: how each is started, asked and understood, and where they differ.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::Value;
use tests::process::Process;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// A gRPC library that brings its own ALTS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// C-core of this year, through Python.
    Grpcio,
    /// grpc-go as Debian ships it.
    Go,
    /// grpc-java as Debian ships its source.
    Java,
    /// An older C-core, as Debian ships it, through C++.
    Cpp,
}

/// Which machine a stranger runs on: an address of its handshaker, port 8080.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Machine {
    /// The first stranger's, `127.0.0.1`.
    First,
    /// A second one for meetings among strangers, `127.0.0.2`.
    Second,
}

impl Stranger {
    /// The status with which this library reports that its handshaker refused the peer.
    ///
    /// grpc-java has no status for the exception that such an answer becomes.
    pub(crate) const fn says_of_a_refused_peer(self) -> &'static str {
        match self {
            Self::Java => "UNKNOWN",
            Self::Grpcio | Self::Go | Self::Cpp => "UNAVAILABLE",
        }
    }

    /// The status of a call whose connection breaks because a record does not decrypt here.
    pub(crate) const fn says_of_a_damaged_record(self) -> &'static str {
        match self {
            Self::Go => "UNAVAILABLE",
            Self::Grpcio | Self::Java | Self::Cpp => "UNKNOWN",
        }
    }

    /// The status when the handshaker cannot be reached, or fails the RPC without a message.
    ///
    /// grpc-java has learnt since 1.41 to look for a status among the causes.
    pub(crate) const fn says_of_a_silent_handshaker(self) -> &'static str {
        self.says_of_a_refused_peer()
    }

    /// Whether a running process goes on with the credential that it has when its account is
    /// disabled.
    ///
    /// A credential is kept for as long as the process's connection to its handshaker. C-core has
    /// one only while handshakes are under way, and so asks for a new one each time.
    pub(crate) const fn keeps_its_credential(self) -> bool {
        match self {
            Self::Go | Self::Java => true,
            Self::Grpcio | Self::Cpp => false,
        }
    }

    /// A program that does what `args` say, on a machine, with a frame size to declare if given.
    pub(crate) fn on(self, machine: Machine, args: &[&str]) -> Command {
        let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let words = self.program(&root);
        let mut command = match machine {
            Machine::First => Command::new(&words[0]),
            Machine::Second => {
                let mut command = Command::new("unshare");
                command.args(["--mount", "--", "bash"]);
                command.arg(root.join("tests/interop/looks-like-gce.sh"));
                command.env("METADATA_ADDRESS", "127.0.0.2").arg(&words[0]);
                command
            }
        };
        command.args(&words[1..]).args(args).kill_on_drop(true);
        command
    }

    fn program(self, root: &Path) -> Vec<PathBuf> {
        let here = |program: &str, by: &str| {
            let path = root.join("target").join(program);
            assert!(path.is_file(), "{self:?} is not built; run: {by}");
            path
        };
        match self {
            Self::Grpcio => vec![
                here("interop-venv/bin/python", "scripts/test --install interop"),
                root.join("tests/interop/stranger.py"),
            ],
            Self::Go => vec![here("interop-go/stranger", "tests/interop/build go")],
            Self::Java => vec![here("interop-java/stranger", "tests/interop/build java")],
            Self::Cpp => vec![here("interop-cpp/stranger", "tests/interop/build cpp")],
        }
    }

    /// What it reports of a verb on the first machine.
    pub(crate) async fn says(self, args: &[&str]) -> Value {
        outcome(self.on(Machine::First, args)).await
    }

    /// Its server on the first machine; the address. `args` are those of `serve`.
    pub(crate) async fn serves(self, args: &[&str]) -> (Process, String) {
        serving(self.on(Machine::First, &[&["serve"], args].concat())).await
    }

    /// One channel of its own to an address, used for as long as the answer lives.
    pub(crate) fn talks(self, args: &[&str]) -> Talk {
        let mut command = self.on(Machine::First, &[&["talk"], args].concat());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped")).lines();
        Talk {
            input,
            output,
            _child: child,
        }
    }
}

/// What a program reports of its verb.
pub(crate) async fn outcome(mut command: Command) -> Value {
    let output = command.output().await.expect("runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {complaint}");
    serde_json::from_str(text.trim()).unwrap_or_else(|_| panic!("{text}{complaint}"))
}

/// A program that serves; its address.
pub(crate) async fn serving(command: Command) -> (Process, String) {
    let mut process = Process::start("stranger", command).expect("starts");
    let ready = process.announced("stranger ready").await.expect("serves");
    let address = ready["address"].as_str().expect("an address").to_owned();
    (process, address)
}

/// A running stranger that makes a call when told to. Dropping it ends it.
pub(crate) struct Talk {
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Talk {
    /// The outcome of a call on the channel as it is.
    pub(crate) async fn call(&mut self) -> Value {
        self.tell("now").await
    }

    /// The outcome of a call that waits until the channel is connected, half a minute at most.
    pub(crate) async fn call_patiently(&mut self) -> Value {
        self.tell("patiently").await
    }

    /// The outcome of a call on a channel of its own; `None` if the program died of it.
    pub(crate) async fn call_anew(&mut self) -> Option<Value> {
        self.ask("anew").await
    }

    /// The same with two seconds to wait for something that does not come.
    pub(crate) async fn call_briefly(&mut self) -> Option<Value> {
        self.ask("briefly").await
    }

    async fn tell(&mut self, line: &str) -> Value {
        self.ask(line).await.expect("it answers")
    }

    async fn ask(&mut self, line: &str) -> Option<Value> {
        let line = format!("{line}\n");
        let told = self.input.write_all(line.as_bytes()).await;
        told.expect("it listens");
        let answer = self.output.next_line().await.expect("a pipe")?;
        Some(serde_json::from_str(&answer).expect("JSON"))
    }
}

/// Makes each case a test for every stranger, named `case::language`, in a namespace of its own.
macro_rules! each_stranger {
    ($($case:ident),+ $(,)?) => {
        $(scenes!($case: Grpcio grpcio, Go go, Java java, Cpp cpp);)+
    };
}

/// Makes a case a test for these strangers.
macro_rules! scenes {
    ($case:ident: $($stranger:ident $name:ident),+) => {
        mod $case {
            $(#[test]
            fn $name() {
                let case = super::$case($crate::stranger::Stranger::$stranger);
                $crate::world::scene(concat!(module_path!(), "::", stringify!($name)), case);
            })+
        }
    };
}
