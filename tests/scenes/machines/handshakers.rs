//! The machines' handshakers, steered from outside as everywhere else: accounts, faults, modes.

use tests::{
    CLIENT_ACCOUNT,
    machines::{CLIENT_VM, Machines, SERVER_VM},
};

use super::{machines, stderr};

/// Something that must be done.
pub(crate) async fn steer(machines: &Machines, args: &[&str]) -> String {
    let done = machines.handshaker(args).await;
    done.unwrap_or_else(|error| panic!("{args:?}: {error}"))
}

#[tokio::test]
async fn accounts_are_the_same_for_every_face_of_the_cloud() {
    let machines = machines().await;
    let listed = steer(&machines, &["accounts", "list"]).await;
    assert!(
        listed.contains(CLIENT_ACCOUNT) && listed.contains("intruder@"),
        "{listed}"
    );
    steer(&machines, &["accounts", "disable", CLIENT_ACCOUNT]).await;
    let _server = machines.start_server().await.expect("starts");
    let output = machines.call_from(CLIENT_VM).await.expect("runs");
    assert!(
        stderr(&output).contains("UNAVAILABLE"),
        "{}",
        stderr(&output)
    );
    let path = "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token";
    let ask = format!(
        "import urllib.request as u; u.urlopen(u.Request('{path}', headers={{'Metadata-Flavor': 'Google'}}))"
    );
    let mut python = machines.exec(CLIENT_VM, "python3").expect("built");
    let output = python.args(["-c", &ask]).output().await.expect("runs");
    assert!(
        stderr(&output).contains("HTTP Error 403"),
        "{}",
        stderr(&output)
    );
}

#[tokio::test]
async fn a_machines_handshaker_can_be_made_to_lie_and_to_stop_lying() {
    let machines = machines().await;
    let _server = machines.start_server().await.expect("starts");
    steer(&machines, &["faults", SERVER_VM, "set", "bad-mac"]).await;
    let output = machines.call_from(CLIENT_VM).await.expect("runs");
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    steer(&machines, &["faults", SERVER_VM, "clear"]).await;
    let output = machines.call_from(CLIENT_VM).await.expect("runs");
    assert!(output.status.success(), "{}", stderr(&output));
}
