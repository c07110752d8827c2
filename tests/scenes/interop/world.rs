//! The world of a scene: the article's machines and an intruder's, and what runs in them.

use std::{future::Future, process::Output, time::Duration};

use serde_json::Value;
use tests::{
    machines::{CLIENT_VM, INTRUDER_VM, Machines, SERVER_VM},
    process::{Process, program},
    talk::Talk,
};
use tokio::{process::Command, time::Instant};

use crate::library::Library;

/// Where every server listens.
pub(crate) const SERVER: &str = "10.128.0.2:8080";
/// Where the intruder does.
pub(crate) const MIDDLE: &str = "10.128.0.4:8080";
/// The same without the address.
const PORT: &str = "8080";
/// What libraries ask for a channel's frame size, where they let one choose.
const FRAME_SIZE: &str = "STRANGER_MAX_FRAME_SIZE";

/// "At once", as opposed to the timer of 20 s that each library has. As generous to a busy machine as
/// that allows.
const SOON: Duration = Duration::from_secs(18);

/// Machines that are up, for one scene. They are down when it is dropped.
pub(crate) struct World {
    pub(crate) machines: Machines,
}

impl World {
    pub(crate) async fn new() -> Self {
        let machines = Machines::up().await.expect("the machines come up");
        Self { machines }
    }

    /// The same with a server of this library in its machine.
    pub(crate) async fn with_server(library: Library) -> (Self, Process) {
        let world = Self::new().await;
        let server = world.serves(library, &[]).await;
        (world, server)
    }

    /// What `args` say, by this library, in a machine.
    pub(crate) fn run(&self, machine: &str, library: Library, args: &[&str]) -> Command {
        let (program, script) = library.program();
        let mut command = self.machines.exec(machine, program).expect("built");
        command.args(script).args(args);
        command
    }

    /// A server, open to these accounts, or to everybody.
    pub(crate) async fn serves(&self, library: Library, allowed: &[&str]) -> Process {
        self.serves_declaring(library, allowed, None).await
    }

    /// The same, declaring a frame size.
    pub(crate) async fn serves_declaring(
        &self,
        library: Library,
        allowed: &[&str],
        frame_size: Option<u64>,
    ) -> Process {
        let mut command = self.run(SERVER_VM, library, &[&["serve", PORT], allowed].concat());
        declare(&mut command, frame_size);
        let mut server = Process::start("stranger", command).expect("starts");
        server.announced("stranger ready").await.expect("serves");
        server
    }

    /// What a client reports of its verb.
    pub(crate) async fn says(&self, library: Library, args: &[&str]) -> Value {
        self.says_declaring(library, args, None).await
    }

    /// The same, declaring a frame size.
    pub(crate) async fn says_declaring(
        &self,
        library: Library,
        args: &[&str],
        frame_size: Option<u64>,
    ) -> Value {
        let mut command = self.run(CLIENT_VM, library, args);
        declare(&mut command, frame_size);
        outcome(command).await
    }

    /// One channel of a client's own to an address, used for as long as the answer lives.
    pub(crate) fn talks(&self, library: Library, args: &[&str]) -> Talk {
        Talk::start(self.run(CLIENT_VM, library, &[&["talk"], args].concat())).expect("starts")
    }

    /// The intruder's program at work; see `interop/meddler`.
    pub(crate) async fn meddles(&self, args: &[&str]) -> Talk {
        let program = program("interop-meddler").expect("built");
        let mut command = self.machines.exec(INTRUDER_VM, program).expect("built");
        command.args(args);
        let mut meddler = Talk::start(command).expect("starts");
        let ready = meddler.hear().await.expect("JSON");
        let ready = ready.expect("it is at work");
        assert_eq!(ready["ready"], true, "{ready}");
        meddler
    }

    /// A relay at [`MIDDLE`] to the server, with this mischief.
    pub(crate) async fn relays(&self, mischief: &[&str]) -> Talk {
        self.meddles(&[&["relay", PORT, SERVER], mischief].concat())
            .await
    }

    /// Somebody at [`MIDDLE`] who speaks HTTP/2 without ALTS.
    pub(crate) async fn pretends(&self) -> Talk {
        self.meddles(&["pretend", PORT]).await
    }

    /// `alts-handshaker accounts`, told of this mock by `mock-gce env`.
    pub(crate) async fn accounts(&self, verb: &str, account: &str) {
        let done = self.machines.handshaker(&["accounts", verb, account]).await;
        done.unwrap_or_else(|error| panic!("{verb} {account}: {error}"));
    }

    /// `alts-handshaker faults`, in the same way.
    pub(crate) async fn faults(&self, machine: &str, args: &[&str]) {
        let done = self
            .machines
            .handshaker(&[&["faults", machine], args].concat())
            .await;
        done.unwrap_or_else(|error| panic!("{machine} {args:?}: {error}"));
    }

    /// Cuts or mends a machine's way to its handshaker.
    pub(crate) async fn way_to_the_handshaker(&self, machine: &str, open: bool) {
        let mut ip = self.machines.exec(machine, "ip").expect("built");
        let verb = if open { "del" } else { "add" };
        ip.args(["route", verb, "unreachable", "169.254.169.254"]);
        let output: Output = ip.output().await.expect("runs");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{complaint}");
    }
}

fn declare(command: &mut Command, frame_size: Option<u64>) {
    if let Some(size) = frame_size {
        command.env(FRAME_SIZE, size.to_string());
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

/// The outcome of something that must not wait for a timer.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    let start = Instant::now();
    let outcome = what.await;
    let taken = start.elapsed();
    assert!(taken < SOON, "took {taken:?}: somebody waited for a timer");
    outcome
}
