//! Faults on purpose, as each stranger reports them when it calls us: what a handshaker can be told
//! to do wrong, and what its users will see of it.

use serde_json::Value;
use tests::{CLIENT_ACCOUNT, SERVER_ACCOUNT, process::program, suite::Mock};
use tokio::process::Command;

use crate::{
    stranger::{Stranger, Talk},
    world::{cloud, soon, we_serve},
};

each_stranger!(every_fault_is_reported_as_this_table_says);

/// The stranger's handshaker; it is the client.
const ITS: &str = "stranger-vm";
/// Ours; we are the server.
const OURS: &str = "our-vm";

/// What a library says when it waits for ever, or until its timer of 20 s.
const SILENCE: &str = "DEADLINE_EXCEEDED";
/// The process ends.
const DIES: &str = "nothing";

/// Whose handshaker, its fault, and what C-core, grpc-go and grpc-java make of it.
///
/// grpc-go reads no status after the first answer; C-core insists on fields and on the call's end;
/// grpc-java has no code of its own for a handshake that was refused.
const TABLE: [(&str, &str, [&str; 3]); 29] = [
    (ITS, "delay=200ms", ["OK", "OK", "OK"]),
    (ITS, "max-frame-size=16384", ["OK", "OK", "OK"]),
    (ITS, "limit-streams=1", ["OK", "OK", "OK"]),
    (ITS, "split=1", [SILENCE, SILENCE, SILENCE]),
    (
        ITS,
        "bad-mac",
        ["UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"],
    ),
    (
        ITS,
        "bad-signature",
        ["UNAVAILABLE", "UNAVAILABLE", "UNKNOWN"],
    ),
    (ITS, "expired", ["UNAVAILABLE", "UNAVAILABLE", "UNKNOWN"]),
    (
        ITS,
        "not-yet-valid",
        ["UNAVAILABLE", "UNAVAILABLE", "UNKNOWN"],
    ),
    (ITS, "revoked", ["UNAVAILABLE", "UNAVAILABLE", "UNKNOWN"]),
    (
        ITS,
        "wrong-issuer",
        ["UNAVAILABLE", "UNAVAILABLE", "UNKNOWN"],
    ),
    (ITS, "short-key", ["UNAVAILABLE", DIES, "UNKNOWN"]),
    (ITS, "missing-status", [SILENCE, "OK", "OK"]),
    (ITS, "missing-local-identity", ["UNAVAILABLE", "OK", "OK"]),
    (
        ITS,
        "missing-versions",
        ["UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"],
    ),
    (ITS, "late-error", ["UNAVAILABLE", SILENCE, "UNKNOWN"]),
    (ITS, "refuse-target", ["UNAVAILABLE", SILENCE, "UNKNOWN"]),
    (ITS, "leave-open", [SILENCE, "OK", "OK"]),
    (ITS, "wrong-consumed", [SILENCE, SILENCE, "UNKNOWN"]),
    (
        ITS,
        "drop-mid-way",
        ["UNAVAILABLE", "UNAVAILABLE", "UNKNOWN"],
    ),
    (OURS, "delay=200ms", ["OK", "OK", "OK"]),
    (
        OURS,
        "split=1",
        ["UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"],
    ),
    (OURS, "bad-mac", ["UNAVAILABLE", "UNAVAILABLE", "UNKNOWN"]),
    (
        OURS,
        "bad-signature",
        ["UNAVAILABLE", "UNAVAILABLE", "UNKNOWN"],
    ),
    (OURS, "expired", ["UNAVAILABLE", "UNAVAILABLE", "UNKNOWN"]),
    (
        OURS,
        "not-yet-valid",
        ["UNAVAILABLE", "UNAVAILABLE", "UNKNOWN"],
    ),
    (OURS, "revoked", ["UNAVAILABLE", "UNAVAILABLE", "UNKNOWN"]),
    (
        OURS,
        "wrong-issuer",
        ["UNAVAILABLE", "UNAVAILABLE", "UNKNOWN"],
    ),
    (
        OURS,
        "drop-mid-way",
        ["UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"],
    ),
    (
        OURS,
        "late-error",
        ["UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"],
    ),
];

async fn every_fault_is_reported_as_this_table_says(stranger: Stranger) {
    let cloud = cloud(CLIENT_ACCOUNT, SERVER_ACCOUNT).await;
    let address = we_serve().await;
    let talk = || stranger.talks(&[&address, SERVER_ACCOUNT]);
    let mut talking = talk();
    assert_eq!(talking.call().await["code"], "OK", "before any fault");
    let column = match stranger {
        Stranger::Grpcio | Stranger::Cpp => 0,
        Stranger::Go => 1,
        Stranger::Java => 2,
    };
    let mut surprises = Vec::new();
    for (machine, fault, expected) in TABLE {
        let expected = expected[column];
        faults(&cloud, machine, &["set", fault]).await;
        if (machine, fault) == (OURS, "revoked") {
            // The first handshake puts the credential on the list, and its peer had read the list.
            _ = soon(talking.call_anew()).await;
        }
        let said = said(&mut talking, expected).await;
        faults(&cloud, machine, &["clear"]).await;
        if said["code"] != expected {
            surprises.push(format!("{machine} {fault}: {said}, not {expected}"));
        }
        if said["code"] == DIES {
            talking = talk();
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    let said = soon(talking.call_anew()).await.expect("it lives");
    assert_eq!(said["code"], "OK", "after all faults: {said}");
}

/// The outcome of a call on a new connection. Whoever is expected to wait need not wait for long.
async fn said(talking: &mut Talk, expected: &str) -> Value {
    let said = if expected == SILENCE {
        talking.call_briefly().await
    } else {
        soon(talking.call_anew()).await
    };
    said.unwrap_or_else(|| serde_json::json!({ "code": DIES }))
}

async fn faults(cloud: &Mock, machine: &str, command: &[&str]) {
    let mut program = Command::new(program("alts-handshaker").expect("built"));
    program.args(["faults", machine]).args(command);
    let output = program.args(["--admin", cloud.admin()]).output().await;
    let output = output.expect("runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{machine} {command:?}: {complaint}"
    );
}
