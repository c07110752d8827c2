//! The table of failures that a caller sees: status, cause and remedy. The README has the same.

use tokio::net::TcpListener;
use tonic::{Code, Status};

use super::{Backend, CLIENT, SERVER, SHORT, Stage, account, call, expecting_server, lazy};
use crate::{
    AltsChannel, ClientAuthorizationLayer, Error, Misbehaviour,
    handshaker::fake::{Flaw, builder_for},
};

/// Asserts what the caller of a failed call sees, and gives the cause for a closer look.
#[track_caller]
fn cause_of(status: &Status, code: Code, words: &str) -> Error {
    assert_eq!(status.code(), code, "{status}");
    assert!(status.message().contains(words), "{status} lacks {words:?}");
    let cause = Error::from_status(status).expect("a cause of ours").clone();
    assert!(status.message().ends_with(cause.remedy()), "{status}");
    cause
}

/// A call of a fresh channel between flawed handshakers, on a stage that is otherwise good.
async fn failed_call(client: Flaw, server: Flaw) -> Status {
    let stage = Stage::start().await;
    stage.client.now(client);
    stage.server.now(server);
    let status = call(&stage.channel(), b"hi")
        .await
        .expect_err("it cannot succeed");
    assert_eq!(stage.backend.handled(), 0);
    status
}

#[tokio::test]
async fn refusals_and_broken_handshakers_have_the_documented_status() {
    use Code::{Internal, PermissionDenied, Unauthenticated, Unavailable, Unknown};
    let good = Flaw::None;
    let rows = [
        (
            Flaw::FailsCall(1, Unavailable),
            good,
            Unavailable,
            "no credential for this workload",
        ),
        (
            Flaw::Refuses(1, Unavailable),
            good,
            Unavailable,
            "no credential for this workload",
        ),
        (
            Flaw::Refuses(1, Internal),
            good,
            Unknown,
            "the handshaker refused the handshake",
        ),
        (
            Flaw::Refuses(2, Unauthenticated),
            good,
            Unknown,
            "with the peer was refused",
        ),
        (
            Flaw::Refuses(2, PermissionDenied),
            good,
            Unavailable,
            "expected service accounts",
        ),
        (good, Flaw::Aborts, Unknown, "the peer aborted"),
        (
            good,
            Flaw::OldVersions,
            Unavailable,
            "RPC protocol versions 1.1",
        ),
        (
            good,
            Flaw::FailsCall(1, Unavailable),
            Unavailable,
            "closed the connection during",
        ),
        (
            good,
            Flaw::FailsCall(2, Unauthenticated),
            Unavailable,
            "right after the handshake",
        ),
        (
            Flaw::EndsEarly(2),
            good,
            Internal,
            "the handshaker broke its protocol",
        ),
        (Flaw::ShortKey, good, Internal, "43 bytes of key data"),
    ];
    for (client, server, code, words) in rows {
        let status = failed_call(client, server).await;
        cause_of(&status, code, words);
    }
}

#[tokio::test]
async fn a_handshaker_out_of_reach_is_unavailable() {
    let stage = Stage::start().await;
    let gone = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = gone.local_addr().expect("bound");
    drop(gone);
    let handshaker = builder_for(address).build().expect("a handshaker");
    let channel = lazy(expecting_server(handshaker), stage.backend.address);
    let status = call(&channel, b"hi").await.expect_err("no handshaker");
    let words = format!("the handshaker at {address} is out of reach");
    let cause = cause_of(&status, Code::Unavailable, &words);
    assert!(
        matches!(cause, Error::HandshakerUnreachable { .. }),
        "{cause:?}"
    );
}

#[tokio::test]
async fn a_server_that_is_somebody_else_is_unavailable() {
    let stage = Stage::start().await;
    let builder = AltsChannel::builder(stage.client.handshaker());
    let wrong = builder.target_service_account(account("other@x"));
    let status = call(&lazy(wrong, stage.backend.address), b"hi").await;
    let cause = cause_of(&status.expect_err("not it"), Code::Unavailable, SERVER);
    assert!(matches!(cause, Error::NotATarget { .. }), "{cause:?}");

    let builder = AltsChannel::builder(stage.client.handshaker());
    let either = builder.target_service_accounts([account("other@x"), account(SERVER)]);
    let answer = call(&lazy(either, stage.backend.address), b"hi").await;
    answer.expect("any of the targets may be there");
}

#[tokio::test]
async fn a_server_out_of_reach_is_unavailable() {
    let stage = Stage::start().await;
    let gone = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = gone.local_addr().expect("bound");
    drop(gone);
    let status = call(&stage.channel_to(address), b"hi")
        .await
        .expect_err("nobody there");
    let words = format!("cannot connect to {address}: Connection refused");
    let cause = cause_of(&status, Code::Unavailable, &words);
    assert!(matches!(cause, Error::PeerUnreachable { .. }), "{cause:?}");
}

#[tokio::test]
async fn a_silent_server_costs_a_caller_no_more_than_the_handshakes_limit() {
    let stage = Stage::start().await;
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let handshaker = stage.client.builder().handshake_timeout(SHORT).build();
    let channel = lazy(
        expecting_server(handshaker.expect("a handshaker")),
        silent.local_addr().expect("bound"),
    );
    let status = call(&channel, b"hi").await.expect_err("nothing comes");
    let cause = cause_of(&status, Code::Unavailable, "it was waiting for the peer");
    assert!(
        matches!(cause, Error::TimedOut { limit: SHORT, .. }),
        "{cause:?}"
    );
}

#[tokio::test]
async fn a_server_without_alts_is_not_talked_to() {
    let stage = Stage::start().await;
    let layer = ClientAuthorizationLayer::new([account(CLIENT)]);
    let plain = Backend::start_in_plaintext(layer).await;
    let handshaker = stage.client.builder().handshake_timeout(SHORT).build();
    let channel = lazy(expecting_server(handshaker.expect("one")), plain.address);
    let status = call(&channel, b"hi")
        .await
        .expect_err("it speaks HTTP/2 in the clear");
    assert!(Error::from_status(&status).is_some(), "{status}");
    assert_ne!(status.code(), Code::Ok);
    assert_eq!(plain.handled(), 0);
}

#[tokio::test]
async fn not_on_google_compute_engine_is_internal() {
    let status = Status::from(Error::NotOnGce);
    let words = "ALTS is only allowed to run on Google Cloud Platform";
    cause_of(&status, Code::Internal, words);
}

/// A new kind of error must choose its status here before anything compiles.
#[test]
fn every_kind_of_error_has_one_status() {
    use Code::{Internal, InvalidArgument, Unavailable, Unknown};
    let detail = || "words".to_owned();
    let io = || std::sync::Arc::new(std::io::Error::other("words"));
    let backing_off = |last: Error| Error::BackingOff {
        last: last.into(),
        retry_in: SHORT,
    };
    let rows = [
        (Error::NotOnGce, Internal),
        (Error::Misconfigured(detail()), InvalidArgument),
        (
            Error::PeerUnreachable {
                address: detail(),
                source: io(),
            },
            Unavailable,
        ),
        (
            Error::HandshakerUnreachable {
                address: detail(),
                detail: detail(),
            },
            Unavailable,
        ),
        (Error::NoCredential { detail: detail() }, Unavailable),
        (
            Error::HandshakerOverloaded { detail: detail() },
            Unavailable,
        ),
        (Error::StandingUnknown { detail: detail() }, Unavailable),
        (
            Error::HandshakerRefused {
                code: 3,
                detail: detail(),
            },
            Unknown,
        ),
        (
            Error::Refused {
                code: 16,
                detail: detail(),
            },
            Unknown,
        ),
        (Error::NotATarget { detail: detail() }, Unavailable),
        (
            Error::Incompatible {
                ours: Default::default(),
                peer: Default::default(),
            },
            Unavailable,
        ),
        (Error::PeerClosed { during: "words" }, Unavailable),
        (
            Error::PeerIo {
                during: "words",
                source: io(),
            },
            Unavailable,
        ),
        (
            Error::TimedOut {
                limit: SHORT,
                waiting_for: "words",
            },
            Unavailable,
        ),
        (Error::HandshakerMisbehaved(Misbehaviour::NoPeer), Internal),
        (Error::Record(crate::record::RecordError::Tag), Unavailable),
        (backing_off(Error::NotOnGce), Internal),
        (
            backing_off(Error::Refused {
                code: 16,
                detail: detail(),
            }),
            Unknown,
        ),
    ];
    for (error, code) in rows {
        assert_eq!(error.code(), code, "{error}");
        let status = Status::from(error.clone());
        assert_eq!(status.message(), format!("{error}; {}", error.remedy()));
        // What a `main` prints that returns it.
        assert_eq!(format!("{error:?}"), status.message());
    }
}
