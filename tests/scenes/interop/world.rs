//! The world of a scene: a namespace, a mock cloud in it, and what of ours runs there.
//!
//! ```text
//!   127.0.0.1:8080   the handshaker of the first stranger's machine
//!   127.0.0.1:8081   the handshaker of ours
//!   127.0.0.2:8080   the handshaker of a second stranger's machine
//! ```

use std::{future::Future, path::Path, time::Duration};

use alts::{AltsChannel, Handshaker};
use tests::{
    CLIENT_ACCOUNT,
    echo::{
        self, MAX_MESSAGE_LEN,
        contract::{Payload, echo_client::EchoClient},
    },
    namespace,
    process::{Process, program},
    suite::{Mock, field},
};
use tokio::{net::TcpListener, process::Command, time::Instant};

/// Where a stranger looks for its handshaker: it cannot be told otherwise.
const FIRST: &str = "127.0.0.1:8080";
/// The same on the second machine.
const SECOND: &str = "127.0.0.2:8080";
/// Where our programs are told to look.
pub(crate) const OURS: &str = "127.0.0.1:8081";

/// "At once", as opposed to the timer of 20 s that each library has. As generous to a busy machine as
/// that allows.
pub(crate) const SOON: Duration = Duration::from_secs(18);

/// Plays a scene in a namespace of its own. `test` is the path of the calling test.
pub(crate) fn scene(test: &str, play: impl Future<Output = ()>) {
    let name = test
        .split_once("::")
        .expect("a path with the crate's name")
        .1;
    if namespace::inside(name) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(play);
    }
}

/// A cloud in which the first stranger runs as one account and we run as another.
pub(crate) async fn cloud(stranger_is: &str, we_are: &str) -> Mock {
    let machines = [
        ("stranger-vm", FIRST, stranger_is),
        ("our-vm", OURS, we_are),
    ];
    Mock::start(&machines).await.expect("the mock starts")
}

/// A cloud of two strangers' machines.
pub(crate) async fn strange_cloud(first_is: &str, second_is: &str) -> Mock {
    let machines = [
        ("stranger-vm", FIRST, first_is),
        ("other-vm", SECOND, second_is),
    ];
    Mock::start(&machines).await.expect("the mock starts")
}

fn our_handshaker() -> Handshaker {
    // No opt-in: in here, the platform check is satisfied.
    Handshaker::builder()
        .address(OURS)
        .build()
        .expect("this looks like GCE")
}

/// An echo server of ours in this process; its address.
pub(crate) async fn we_serve() -> String {
    we_serve_at("127.0.0.1:0").await
}

/// The same at this address.
pub(crate) async fn we_serve_at(address: &str) -> String {
    let listener = TcpListener::bind(address).await.expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    tokio::spawn(echo::serve(listener, our_handshaker()));
    address
}

/// An echo client of ours in this process.
pub(crate) fn our_client(address: &str, targets: &[&str]) -> EchoClient<AltsChannel> {
    let targets = targets.iter().map(|name| name.parse().expect("an account"));
    let channel = AltsChannel::builder(our_handshaker())
        .target_service_accounts(targets)
        .connect_lazy(address)
        .expect("an address");
    EchoClient::new(channel)
        .max_decoding_message_size(MAX_MESSAGE_LEN)
        .max_encoding_message_size(MAX_MESSAGE_LEN)
}

/// A message of this length that no other length begins with.
pub(crate) fn payload(len: usize) -> Payload {
    let data: Vec<u8> = (0..len).map(|n| (n ^ len).to_le_bytes()[0]).collect();
    Payload { data: data.into() }
}

/// The real backend with the article's client allowed, exactly as on a VM: nothing on its command
/// line says "mock".
pub(crate) async fn the_backend(folder: &Path, listen: &str) -> (Process, String) {
    let mut command = Command::new(program("booking-server").expect("built"));
    command.args([CLIENT_ACCOUNT, "--listen", listen]);
    command.args(["--handshaker-address", OURS, "--log-format", "json"]);
    let database = format!("sqlite:{}", folder.join("ot.db").display());
    command.args(["--database-url", &database]);
    let mut process = Process::start("booking-server", command).expect("starts");
    let started = process
        .announced("Booking OT service started successfully!")
        .await;
    let address = field(&started.expect("started"), "address").expect("an address");
    (process, address)
}

/// The outcome of something that must not wait for a timer.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    let start = Instant::now();
    let outcome = what.await;
    let taken = start.elapsed();
    assert!(taken < SOON, "took {taken:?}: somebody waited for a timer");
    outcome
}
