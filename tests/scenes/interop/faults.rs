//! Faults on purpose, as callers report them: what a handshaker can be told to do wrong, and what its
//! users will see of it.

use std::collections::BTreeSet;

use tests::{
    SERVER_ACCOUNT,
    machines::{CLIENT_VM, SERVER_VM},
    talk::Talk,
};

use crate::{
    library::Library,
    world::{SERVER, World, soon},
};

each_library!(every_fault_is_reported_to_callers_as_the_table_says);
each_stranger!(every_fault_of_a_server_is_reported_to_us_as_the_table_says);

/// Whose machine has which fault, and what each library reports when it calls our server.
///
/// grpc-go reads no status after the first answer; C-core insists on fields and on the call's end;
/// grpc-java has no code of its own for a handshake that was refused. `silence` is a library that waits
/// for ever or until its timer of 20 s, `dies` a process that ends.
const CALLERS: &str = "
    machine fault                   C-core       Go           Java         ours

    client  delay=200ms             OK           OK           OK           OK
    client  max-frame-size=16384    OK           OK           OK           OK
    client  limit-streams=1         OK           OK           OK           OK
    client  split=1                 silence      silence      silence      INTERNAL
    client  bad-mac                 UNAVAILABLE  UNAVAILABLE  UNAVAILABLE  UNAVAILABLE
    client  bad-signature           UNAVAILABLE  UNAVAILABLE  UNKNOWN      UNKNOWN
    client  expired                 UNAVAILABLE  UNAVAILABLE  UNKNOWN      UNKNOWN
    client  not-yet-valid           UNAVAILABLE  UNAVAILABLE  UNKNOWN      UNKNOWN
    client  revoked                 UNAVAILABLE  UNAVAILABLE  UNKNOWN      UNKNOWN
    client  wrong-issuer            UNAVAILABLE  UNAVAILABLE  UNKNOWN      UNKNOWN
    client  short-key               UNAVAILABLE  dies         UNKNOWN      INTERNAL
    client  missing-status          silence      OK           OK           OK
    client  missing-local-identity  UNAVAILABLE  OK           OK           OK
    client  missing-versions        UNAVAILABLE  UNAVAILABLE  UNAVAILABLE  INTERNAL
    client  late-error              UNAVAILABLE  silence      UNKNOWN      UNKNOWN
    client  refuse-target           UNAVAILABLE  silence      UNKNOWN      UNAVAILABLE
    client  leave-open              silence      OK           OK           OK
    client  wrong-consumed          silence      silence      UNKNOWN      UNAVAILABLE
    client  drop-mid-way            UNAVAILABLE  UNAVAILABLE  UNKNOWN      INTERNAL

    server  delay=200ms             OK           OK           OK           OK
    server  split=1                 UNAVAILABLE  UNAVAILABLE  UNAVAILABLE  UNAVAILABLE
    server  bad-mac                 UNAVAILABLE  UNAVAILABLE  UNKNOWN      UNKNOWN
    server  bad-signature           UNAVAILABLE  UNAVAILABLE  UNKNOWN      UNKNOWN
    server  expired                 UNAVAILABLE  UNAVAILABLE  UNKNOWN      UNKNOWN
    server  not-yet-valid           UNAVAILABLE  UNAVAILABLE  UNKNOWN      UNKNOWN
    server  revoked                 UNAVAILABLE  UNAVAILABLE  UNKNOWN      UNKNOWN
    server  wrong-issuer            UNAVAILABLE  UNAVAILABLE  UNKNOWN      UNKNOWN
    server  drop-mid-way            UNAVAILABLE  UNAVAILABLE  UNAVAILABLE  UNAVAILABLE
    server  late-error              UNAVAILABLE  UNAVAILABLE  UNAVAILABLE  UNAVAILABLE
";

/// What we report when we call a server of each library whose machine has the fault. Here it is the
/// server that is silent, or dies. Go's after a late error is silent until our first record, which may
/// have come with the handshake's last frame.
const SERVERS: &str = "
    machine fault                   C-core       Go           Java

    server  delay=200ms             OK           OK           OK
    server  max-frame-size=16384    OK           OK           OK
    server  split=1                 silence      silence      silence
    server  bad-mac                 UNKNOWN      UNKNOWN      UNKNOWN
    server  bad-signature           UNKNOWN      UNKNOWN      UNKNOWN
    server  expired                 UNKNOWN      UNKNOWN      UNKNOWN
    server  not-yet-valid           UNKNOWN      UNKNOWN      UNKNOWN
    server  revoked                 UNKNOWN      UNKNOWN      UNKNOWN
    server  wrong-issuer            UNKNOWN      UNKNOWN      UNKNOWN
    server  short-key               UNAVAILABLE  dies         UNAVAILABLE
    server  missing-status          silence      OK           OK
    server  missing-local-identity  UNAVAILABLE  OK           OK
    server  missing-versions        UNAVAILABLE  UNAVAILABLE  UNAVAILABLE
    server  late-error              UNAVAILABLE  silence|UNAVAILABLE  UNAVAILABLE
    server  leave-open              silence      OK           OK
    server  wrong-consumed          silence      silence      UNAVAILABLE
    server  drop-mid-way            UNAVAILABLE  UNAVAILABLE  UNAVAILABLE
";

/// A line of a table, for one column of it.
struct Row {
    machine: &'static str,
    fault: &'static str,
    expected: &'static str,
}

impl Row {
    /// Where two outcomes are as good, the cell names both.
    fn expects(&self, outcome: &str) -> bool {
        self.expected.split('|').any(|one| one == outcome)
    }
}

fn rows(table: &'static str, library: Library) -> Vec<Row> {
    let column = match library {
        Library::Grpcio | Library::Cpp => 2,
        Library::Go => 3,
        Library::Java => 4,
        Library::Ours => 5,
    };
    let lines = table.lines().map(|line| line.split_whitespace().collect());
    let rows = lines.filter_map(|cells: Vec<&str>| {
        let machine = match *cells.first()? {
            "client" => CLIENT_VM,
            "server" => SERVER_VM,
            _ => return None,
        };
        Some(Row {
            machine,
            fault: cells[1],
            expected: cells[column],
        })
    });
    rows.collect()
}

async fn every_fault_is_reported_to_callers_as_the_table_says(client: Library) {
    let (world, _server) = World::with_server(Library::Ours).await;
    let talk = || world.talks(client, &[SERVER, SERVER_ACCOUNT]);
    let mut talking = talk();
    assert_eq!(
        talking.call().await.expect("it lives")["code"],
        "OK",
        "before any fault"
    );
    let mut surprises = Vec::new();
    for row in rows(CALLERS, client) {
        world.faults(row.machine, &["set", row.fault]).await;
        let seen = seen(&mut talking, &row).await;
        world.faults(row.machine, &["clear"]).await;
        if !row.expects(&seen) {
            surprises.push(format!("{} {}: {seen}", row.machine, row.fault));
        }
        if seen == "dies" {
            talking = talk();
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    let said = soon(talking.call_anew()).await.expect("it lives");
    assert_eq!(said["code"], "OK", "after all faults: {said}");
}

async fn every_fault_of_a_server_is_reported_to_us_as_the_table_says(server: Library) {
    let (world, mut running) = World::with_server(server).await;
    let mut talking = world.talks(Library::Ours, &[SERVER, SERVER_ACCOUNT]);
    let mut surprises = Vec::new();
    for row in rows(SERVERS, server) {
        world.faults(row.machine, &["set", row.fault]).await;
        let mut seen = seen(&mut talking, &row).await;
        world.faults(row.machine, &["clear"]).await;
        if soon(talking.call_anew()).await.expect("we live")["code"] != "OK" {
            "dies".clone_into(&mut seen);
            running.kill().await.expect("stops");
            running = world.serves(server, &[]).await;
        }
        if !row.expects(&seen) {
            surprises.push(format!("{}: {seen}", row.fault));
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

#[tokio::test]
async fn no_fault_is_missing_from_the_table() {
    let world = World::new().await;
    let set = ["faults", CLIENT_VM, "set", "nonsense"];
    let refused = world.machines.handshaker(&set).await.expect_err("refused");
    let refused = refused.to_string();
    let (_, known) = refused.split_once("there are: ").expect("a list");
    let known: BTreeSet<&str> = known.lines().next().expect("a line").split(", ").collect();
    let rows = rows(CALLERS, Library::Ours);
    let tested = rows.iter().filter_map(|row| row.fault.split('=').next());
    assert_eq!(tested.collect::<BTreeSet<_>>(), known);
}

/// The outcome of a call on a new connection. Whoever is expected to wait need not wait for long.
async fn seen(talking: &mut Talk, row: &Row) -> String {
    let said = if row.expects("silence") {
        talking.call_briefly().await
    } else {
        soon(talking.call_anew()).await
    };
    let Some(said) = said else {
        return "dies".to_owned();
    };
    match said["code"].as_str().expect("a code") {
        "DEADLINE_EXCEEDED" => "silence".to_owned(),
        code => code.to_owned(),
    }
}
