//! How long a disabled account goes on: the lag of each revocation mode, and of `--max-connection-age`,
//! as the documents state them.
//!
//! ```text
//!                          mode issue                            mode handshake
//!   new process            refused at once                       refused at once
//!   new connection         until the credential ends             refused at once
//!   open connection        until its age ends it, and then as a new one
//! ```

use std::time::Duration;

use tests::{
    CLIENT_ACCOUNT, SERVER_ACCOUNT,
    machines::{ARTICLE, BACKEND, CLIENT_VM, Machines},
    process::Process,
    talk::Talk,
};
use tokio::time::{Instant, sleep};

use super::{handshakers::steer, stderr};

/// What a busy computer may add to any lag.
const SLACK: Duration = Duration::from_secs(10);
/// A credential's life in these machines. It is renewed at two thirds: whoever is disabled holds one
/// for a third of this at least.
const LIFETIME: Duration = Duration::from_secs(15);
/// How old a connection to the backend may grow.
const AGE: Duration = Duration::from_secs(4);
/// Pause between calls.
const PAUSE: Duration = Duration::from_millis(200);

/// The article's machines with short credentials, or checks at each handshake, and the backend.
async fn world(mode: &str, flags: &[&str]) -> (Machines, Process) {
    let config = ARTICLE
        .replace("mode = \"issue\"", &format!("mode = \"{mode}\""))
        .replace(
            "credential_lifetime_s = 3600",
            &format!("credential_lifetime_s = {}", LIFETIME.as_secs()),
        );
    let machines = Machines::up_with(&config).await.expect("comes up");
    let server = machines.start_server_with(flags).await.expect("starts");
    (machines, server)
}

/// Whether a new process's call, on a new connection, is answered; what it says if not.
async fn call_anew(machines: &Machines) -> Result<(), String> {
    let output = machines.call_from(CLIENT_VM).await.expect("runs");
    if output.status.success() {
        return Ok(());
    }
    Err(stderr(&output))
}

/// A client that keeps its connection.
fn lasting_client(machines: &Machines) -> Talk {
    let mut talk = machines.program(CLIENT_VM, "interop-ours").expect("built");
    talk.args(["talk", BACKEND, SERVER_ACCOUNT]);
    Talk::start(talk).expect("starts")
}

/// Whether a call on its channel reaches the backend, which has no such method and says so.
async fn reaches(client: &mut Talk) -> bool {
    let said = client.call().await.expect("it lives");
    said["code"] == "UNIMPLEMENTED"
}

/// How long it takes until that is so, or is not.
async fn until_reaches(client: &mut Talk, wanted: bool, limit: Duration) {
    let start = Instant::now();
    while reaches(client).await != wanted {
        assert!(start.elapsed() < limit, "still not after {limit:?}");
        sleep(PAUSE).await;
    }
}

#[tokio::test]
async fn in_the_mode_issue_a_server_goes_on_until_its_credential_ends() {
    let (machines, _server) = world("issue", &[]).await;
    assert_eq!(call_anew(&machines).await, Ok(()));
    steer(&machines, &["accounts", "disable", SERVER_ACCOUNT]).await;
    let disabled = Instant::now();
    assert_eq!(call_anew(&machines).await, Ok(()), "it holds a credential");
    let refusal = loop {
        match call_anew(&machines).await {
            Err(refusal) => break refusal,
            Ok(()) => assert!(disabled.elapsed() < LIFETIME + SLACK, "it goes on"),
        }
        sleep(PAUSE).await;
    };
    assert!(refusal.contains("UNKNOWN"), "{refusal}");
    steer(&machines, &["accounts", "enable", SERVER_ACCOUNT]).await;
    assert_eq!(call_anew(&machines).await, Ok(()), "without a restart");
}

#[tokio::test]
async fn in_the_mode_issue_a_new_process_is_refused_at_once() {
    let (machines, _server) = world("issue", &[]).await;
    steer(&machines, &["accounts", "disable", CLIENT_ACCOUNT]).await;
    let refusal = call_anew(&machines).await.expect_err("refused");
    assert!(refusal.contains("UNAVAILABLE"), "{refusal}");
}

#[tokio::test]
async fn in_the_mode_handshake_a_server_stops_at_the_next_handshake() {
    let (machines, _server) = world("handshake", &[]).await;
    assert_eq!(call_anew(&machines).await, Ok(()));
    steer(&machines, &["accounts", "disable", SERVER_ACCOUNT]).await;
    let refusal = call_anew(&machines).await.expect_err("refused");
    assert!(
        refusal.contains(SERVER_ACCOUNT) && refusal.contains("disabled"),
        "{refusal}"
    );
    steer(&machines, &["accounts", "enable", SERVER_ACCOUNT]).await;
    assert_eq!(call_anew(&machines).await, Ok(()));
}

#[tokio::test]
async fn an_open_connection_goes_on_in_either_mode() {
    let (machines, _server) = world("handshake", &[]).await;
    let mut client = lasting_client(&machines);
    assert!(reaches(&mut client).await);
    steer(&machines, &["accounts", "disable", CLIENT_ACCOUNT]).await;
    let disabled = Instant::now();
    while disabled.elapsed() < 2 * AGE {
        assert!(reaches(&mut client).await, "{:?}", disabled.elapsed());
        sleep(PAUSE).await;
    }
}

#[tokio::test]
async fn a_maximal_age_ends_the_connections_of_a_disabled_account() {
    let age = format!("{}s", AGE.as_secs());
    let (machines, _server) = world("handshake", &["--max-connection-age", &age]).await;
    let mut client = lasting_client(&machines);
    assert!(reaches(&mut client).await);
    // Whoever may come back does so unnoticed.
    let start = Instant::now();
    while start.elapsed() < AGE + AGE / 2 {
        assert!(reaches(&mut client).await, "{:?}", start.elapsed());
        sleep(PAUSE).await;
    }
    steer(&machines, &["accounts", "disable", CLIENT_ACCOUNT]).await;
    until_reaches(&mut client, false, AGE + SLACK).await;
    steer(&machines, &["accounts", "enable", CLIENT_ACCOUNT]).await;
    until_reaches(&mut client, true, SLACK).await;
}
