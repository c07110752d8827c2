//! What two willing sides agree on, and how they fail to.

use alts::RpcVersions;

use super::*;

#[test]
fn both_sides_learn_who_the_other_is_and_hold_the_same_keys() {
    let mut pair = Pair::default();
    pair.client.offer.max_frame_size = 1 << 20;
    let (client, server) = drive(&pair, |_, _| {});
    let (client, server) = (client.established(), server.established());
    assert_eq!(client.peer.account, account(SERVER));
    assert_eq!(server.peer.account, account(CLIENT));
    assert_eq!(client.record_key.as_bytes(), server.record_key.as_bytes());
    assert_eq!(
        (client.peer_max_frame_size, server.peer_max_frame_size),
        (0, 1 << 20)
    );
    assert_eq!(client.peer_rpc_versions, Some(RpcVersions::OURS));
    assert_eq!(server.peer_rpc_versions, Some(RpcVersions::OURS));
    assert_eq!(server.target_name.as_deref(), Some("backend:8080"));
    assert_eq!(
        (
            client.record_protocol.as_str(),
            client.application_protocol.as_str()
        ),
        ("ALTSRP_GCM_AES128_REKEY", "grpc")
    );
    assert_eq!(client.peer.machine.as_ref(), "vm");
}

#[test]
fn versions_that_were_not_told_are_not_made_up() {
    let mut pair = Pair::default();
    pair.client.offer.rpc_versions = None;
    let (_, server) = drive(&pair, |_, _| {});
    assert_eq!(server.established().peer_rpc_versions, None);
}

#[test]
fn the_first_of_the_clients_protocols_that_the_server_knows_is_used() {
    let list = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let mut pair = Pair::default();
    pair.client.offer.application_protocols = list(&["http", "grpc", "echo"]);
    pair.server.offer.application_protocols = list(&["echo", "grpc"]);
    pair.client.offer.record_protocols = list(&["ALTSRP_NEW", "ALTSRP_GCM_AES128_REKEY"]);
    // The server's library knows ALTSRP_NEW; its handshaker cannot key it.
    pair.server.offer.record_protocols = list(&["ALTSRP_NEW", "ALTSRP_GCM_AES128_REKEY"]);
    let (client, _) = drive(&pair, |_, _| {});
    let client = client.established();
    assert_eq!(client.application_protocol, "grpc");
    assert_eq!(client.record_protocol, "ALTSRP_GCM_AES128_REKEY");
}

#[test]
fn nothing_in_common_is_told_to_both() {
    type Change = fn(&mut Offer);
    let none_in_common: [(Change, Incompatible); 2] = [
        (
            |offer| offer.application_protocols = vec!["other".to_owned()],
            Incompatible::ApplicationProtocol,
        ),
        (
            |offer| offer.record_protocols = vec!["other".to_owned()],
            Incompatible::RecordProtocol,
        ),
    ];
    for (change, expected) in none_in_common {
        let mut pair = Pair::default();
        change(&mut pair.client.offer);
        let (client, server) = drive(&pair, |_, _| {});
        assert_eq!(server.error(), HandshakeError::Incompatible(expected));
        let told = client.error().to_string();
        assert!(
            told.starts_with("peer aborted the handshake: nothing in common"),
            "{told}"
        );
    }
}

#[test]
fn any_of_several_targets_may_answer_and_nobody_else() {
    let cases: [(&[&str], bool); 5] = [
        (&[], true),
        (&[SERVER], true),
        (&["x@p", SERVER, "y@p"], true),
        (&["x@p"], false),
        (&["SERVER@p.iam"], false),
    ];
    for (targets, accepted) in cases {
        let mut pair = Pair::default();
        pair.client.targets = targets.iter().map(|name| account(name)).collect();
        let (client, server) = drive(&pair, |_, _| {});
        assert_eq!(client.is_established(), accepted, "{targets:?}");
        if !accepted {
            assert!(matches!(
                client,
                End::Failed(HandshakeError::WrongPeer { .. })
            ));
            let told = server.error().to_string();
            assert!(
                told.starts_with("peer aborted the handshake: it expected somebody else"),
                "{told}"
            );
        }
    }
}

#[test]
fn a_long_list_of_targets_is_not_recited_in_full() {
    let mut pair = Pair::default();
    pair.client.targets = (0..1000).map(|i| account(&format!("svc-{i}@p"))).collect();
    let (client, _) = drive(&pair, |_, _| {});
    let told = client.error().to_string();
    assert!(
        told.contains("svc-0@p or svc-1@p or svc-2@p or 997 others"),
        "{told}"
    );
}

#[test]
fn each_handshake_has_keys_of_its_own() {
    let mut pair = Pair::default();
    let first = drive(&pair, |_, _| {}).0.established();
    pair.client_entropy[0] ^= 1;
    let second = drive(&pair, |_, _| {}).0.established();
    assert_ne!(first.record_key.as_bytes(), second.record_key.as_bytes());
}

#[test]
fn the_same_arguments_give_the_same_bytes() {
    assert_eq!(recorded(&Pair::default()), recorded(&Pair::default()));
}
