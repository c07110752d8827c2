//! Every way two handshakers can fail to agree: its name, its status, and what the person is told.

use tonic::Code;

use super::{Pair, SERVER, account, assert_seen};
use crate::{
    Error, Misbehaviour,
    handshaker::fake::{Flaw, REASON},
};

#[tokio::test]
async fn every_failure_at_the_clients_handshaker_has_its_name() {
    use Code::{
        Internal, InvalidArgument, PermissionDenied, ResourceExhausted, Unauthenticated,
        Unavailable, Unknown,
    };
    let rows = [
        (
            Flaw::Refuses(1, Unavailable),
            Unavailable,
            "no credential for this workload: the fake",
        ),
        (
            Flaw::Refuses(1, InvalidArgument),
            Unknown,
            "refused the handshake (status 3): the fake",
        ),
        (
            Flaw::FailsCall(1, Unavailable),
            Unavailable,
            "no credential for this workload: the fake",
        ),
        (
            Flaw::FailsCall(1, ResourceExhausted),
            Unavailable,
            "no room for another handshake: the fake",
        ),
        (
            Flaw::FailsCall(1, Internal),
            Unknown,
            "refused the handshake (status 13): the fake",
        ),
        (
            Flaw::Refuses(2, Unauthenticated),
            Unknown,
            "with the peer was refused (status 16): the",
        ),
        (
            Flaw::FailsCall(2, Unauthenticated),
            Unknown,
            "with the peer was refused (status 16): the",
        ),
        (
            Flaw::Refuses(2, PermissionDenied),
            Unavailable,
            "not one of the expected service accounts",
        ),
        (
            Flaw::EndsEarly(1),
            Internal,
            "ended the call before the handshake was done",
        ),
        (
            Flaw::EndsEarly(2),
            Internal,
            "ended the call before the handshake was done",
        ),
        (
            Flaw::AnswersTwice,
            Internal,
            "an answer that nobody asked for",
        ),
        (Flaw::ConsumesTooMuch, Internal, "it consumed"),
        (
            Flaw::ShortKey,
            Internal,
            "43 bytes of key data; 44 are needed",
        ),
        (Flaw::NoPeer, Internal, "without saying who the peer is"),
        (
            Flaw::NoVersions,
            Internal,
            "without saying which RPC versions",
        ),
        (
            Flaw::OtherRecordProtocol,
            Internal,
            "record protocol that was not offered",
        ),
    ];
    let pair = Pair::start().await;
    for (flaw, code, words) in rows {
        pair.client.now(flaw);
        let (client, server) = pair.shake(1024, &[]).await;
        assert_seen(
            client.err().unwrap_or_else(|| panic!("{flaw:?} went well")),
            code,
            words,
        );
        // The server is left with a client that hung up, unless it was done already.
        if let Err(error) = server {
            assert_seen(error, Unavailable, " during the handshake");
        }
    }
}

#[tokio::test]
async fn every_failure_at_the_servers_handshaker_has_its_name() {
    use Code::{Internal, Unauthenticated, Unavailable, Unknown};
    let rows = [
        (
            Flaw::Refuses(1, Unavailable),
            Unavailable,
            "no credential for this workload: the fake",
        ),
        (
            Flaw::Refuses(1, Unauthenticated),
            Unknown,
            "with the peer was refused (status 16): the",
        ),
        (
            Flaw::FailsCall(2, Unauthenticated),
            Unknown,
            "with the peer was refused (status 16): the",
        ),
        (
            Flaw::EndsEarly(2),
            Internal,
            "ended the call before the handshake was done",
        ),
        (Flaw::ConsumesTooMuch, Internal, "it consumed"),
        (Flaw::ShortKey, Internal, "43 bytes of key data"),
    ];
    let pair = Pair::start().await;
    for (flaw, code, words) in rows {
        pair.server.now(flaw);
        let (client, server) = pair.shake(1024, &[]).await;
        assert_seen(
            server.err().unwrap_or_else(|| panic!("{flaw:?} went well")),
            code,
            words,
        );
        if let Err(error) = client {
            assert_seen(error, Unavailable, " during the handshake");
        }
    }
}

/// How a client learns that its server has no credential: what the server's handshaker wants to be
/// sent goes out, in an OK answer before the call fails as in an answer that is an error.
#[tokio::test]
async fn a_server_that_aborts_tells_its_client_why() {
    let pair = Pair::start().await;
    for flaw in [Flaw::Aborts, Flaw::RefusesAloud(Code::Unavailable)] {
        pair.server.now(flaw);
        let (client, server) = pair.shake(1024, &[]).await;
        let words = format!("no credential for this workload: {REASON}");
        assert_seen(server.expect_err("aborted"), Code::Unavailable, &words);
        let words = format!("was refused (status 16): the peer aborted: {REASON}");
        assert_seen(client.expect_err("aborted"), Code::Unknown, &words);
    }
}

#[tokio::test]
async fn the_peer_must_be_a_target_whatever_the_handshaker_thinks() {
    let pair = Pair::start().await;
    let (client, _) = pair.shake(1024, &[account("other@x")]).await;
    assert_seen(
        client.expect_err("refused by the handshaker"),
        Code::Unavailable,
        &format!("{SERVER} is no target"),
    );
    pair.client.now(Flaw::ForgetsTargets);
    let (client, _) = pair
        .shake(1024, &[account("other@x"), account("third@x")])
        .await;
    assert_seen(
        client.expect_err("refused here"),
        Code::Unavailable,
        &format!("it is {SERVER}, expected other@x or third@x"),
    );
}

#[tokio::test]
async fn a_peer_of_other_versions_is_turned_away() {
    let pair = Pair::start().await;
    pair.server.now(Flaw::OldVersions);
    let (client, _) = pair.shake(1024, &[]).await;
    assert_seen(
        client.expect_err("incompatible"),
        Code::Unavailable,
        "RPC protocol versions 1.1 to 1.1, this side 2.1 to 2.1",
    );
}

#[test]
fn errors_of_the_interface_name_the_blame() {
    let error = Error::from(Misbehaviour::EndedEarly);
    assert!(
        error
            .to_string()
            .starts_with("the handshaker broke its protocol: it ")
    );
    assert!(error.remedy().contains("replace the handshaker"));
}
