//! A program as gRPC's documentation would have it, in the machines, told nothing. What else libraries
//! and machines make of each other is the interop scenes' matter.

use std::path::PathBuf;

use tests::{
    CLIENT_ACCOUNT, INTRUDER_ACCOUNT, SERVER_ACCOUNT,
    machines::{CLIENT_VM, INTRUDER_VM, Machines, SERVER_VM},
    process::Process,
};
use tokio::process::Command;

use super::{machines, stderr, stdout};

/// A script of `tests/interop` with stock grpcio, in a machine.
fn stock(machines: &Machines, machine: &str, script: &str) -> Command {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let python = root.join("target/interop-venv/bin/python");
    assert!(
        python.is_file(),
        "grpcio is not installed; run: python3 -m venv target/interop-venv && \
         target/interop-venv/bin/pip install -r tests/interop/requirements.txt"
    );
    let mut command = machines.exec(machine, python).expect("built");
    command.arg(root.join("tests/interop").join(script));
    command
}

#[tokio::test]
async fn stock_grpcio_on_both_ends_knows_whom_it_talks_to() {
    let machines = machines().await;
    let mut server = stock(&machines, SERVER_VM, "plain.py");
    server.args(["serve", "0.0.0.0:8080"]);
    let mut server = Process::start("plain.py", server).expect("starts");
    server
        .announced("plain server ready")
        .await
        .expect("serves");
    for (machine, account) in [(CLIENT_VM, CLIENT_ACCOUNT), (INTRUDER_VM, INTRUDER_ACCOUNT)] {
        let mut client = stock(&machines, machine, "plain.py");
        client.args(["call", "prod-booking-service-vm:8080", SERVER_ACCOUNT]);
        let output = client.output().await.expect("runs");
        let expected = format!("{account} TSI_PRIVACY_AND_INTEGRITY\n");
        assert_eq!(stdout(&output), expected, "{}", stderr(&output));
    }
    // Whom the client wants is checked, too.
    let mut client = stock(&machines, CLIENT_VM, "plain.py");
    client.args(["call", "prod-booking-service-vm:8080", INTRUDER_ACCOUNT]);
    let output = client.output().await.expect("runs");
    assert!(!output.status.success());
    assert!(
        stderr(&output).contains("UNAVAILABLE"),
        "{}",
        stderr(&output)
    );
}
