//! Whole handshakes, byte for byte, as a second implementation computes them: the Python script in
//! `tests/known-answers` of the repository's root, of which this is the committed output.

use super::{resumption::resumption, *};

const KNOWN: &str = include_str!("../../../../tests/known-answers/handshake.txt");

fn known(name: &str) -> &'static str {
    let mut lines = KNOWN.lines().filter_map(|line| line.split_once(' '));
    let found = lines.find(|(found, _)| *found == name);
    found.unwrap_or_else(|| panic!("no answer {name}")).1
}

fn assert_known(name: &str, bytes: &[u8]) {
    let found: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(found, known(name), "{name}");
}

fn issued(name: &str, machine: &str, serial: u64, seeds: [u8; 2]) -> Arc<HandshakeCredential> {
    let [master, own] = seeds.map(|seed| Seed::new([seed; 32]));
    let key = MasterKey::new(account(name), &master);
    let request = key.request(MachineName::parse(machine).unwrap());
    let root = RootKey::new(&Seed::new([1; 32]));
    let signed = root.sign(&request, Validity::starting(NOW, HOUR), serial);
    Arc::new(key.certified(signed).issue(&own, NOW, HOUR))
}

fn run(pair: &mut Pair, name: &str, entropy: [u8; 2]) {
    [pair.client_entropy, pair.server_entropy] =
        entropy.map(|first| std::array::from_fn(|i| first + i as u8));
    let mut flights = Vec::new();
    let (client, server) = drive(pair, |_, bytes| flights.push(bytes.clone()));
    let (client, server) = (client.established(), server.established());
    for (flight, bytes) in ["client_init", "server_flight", "client_finished"]
        .into_iter()
        .zip(&flights)
    {
        assert_known(&format!("{name}_{flight}"), bytes);
    }
    for side in [&client, &server] {
        assert_known(&format!("{name}_record_key"), side.record_key.as_bytes());
        assert_eq!(side.resumed, name == "resumed");
    }
}

#[test]
fn a_full_handshake_and_a_resumed_one_are_the_known_ones() {
    let mut pair = Pair::default();
    pair.client.credential = issued(CLIENT, "client-vm", 77, [0x51, 0x11]);
    pair.server.credential = issued(SERVER, "server-vm", 78, [0x52, 0x33]);
    pair.client.resumption = Some(resumption(CLIENT, 0x61));
    pair.server.resumption = Some(resumption(SERVER, 0x62));
    assert_known("client_certificate", pair.client.credential.certificate());
    assert_known("server_certificate", pair.server.credential.certificate());
    run(&mut pair, "full", [0, 120]);
    run(&mut pair, "resumed", [10, 130]);
}

/// Nobody edited the answers by hand: the script still gives them.
#[test]
fn the_second_implementation_still_says_so() {
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/known-answers/handshake.py"
    );
    let run = std::process::Command::new("python3")
        .args(["-B", script])
        .output()
        .expect("python3 runs");
    let complaint = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{complaint}");
    assert_eq!(String::from_utf8_lossy(&run.stdout), KNOWN);
}

#[test]
fn a_revocation_list_is_the_known_one() {
    let ids = |first, last| {
        let [first, last] = [first, last].map(RevocationId::from_u64);
        RevocationRange::new(first, last).unwrap()
    };
    let revoked = RevokedIds::from_iter([ids(20, 20), ids(5, 7), ids(7, 9)]);
    let root = RootKey::new(&Seed::new([1; 32]));
    let list = root.sign_crl(&revoked, Validity::starting(NOW, HOUR));
    assert_known("revocation_list", &list);
}
