//! Handshakes between two fake handshakers over an in-memory transport.
//!
//! | file | for |
//! |---|---|
//! | `relay.rs` | the conversation's rules, without I/O |
//! | `messages.rs` | the interface's messages, on the wire and in print |
//! | `failures.rs`, `lost.rs` | what each failure is called, and which status a caller gets |
//! | `bounds.rs` | time and number: nobody's silence costs anybody else anything |
//! | `logs.rs` | what is logged, and what never is |
//! | `records.rs` | the seam between the last flight and the first record |

mod bounds;
mod failures;
pub(crate) mod logs;
mod lost;
mod messages;
mod records;
mod relay;

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tonic::{Code, Status};

use super::{
    fake::{DECLARED, FakeHandshaker, Flaw},
    *,
};
use crate::{
    AltsStream, RpcVersions, ServiceAccount, gcp,
    gcp::handshaker_req::ReqOneof,
    record::{MAX_LENGTH, RECORD_PROTOCOL},
};

const CLIENT: &str = "client@project.iam.gserviceaccount.com";
const SERVER: &str = "server@project.iam.gserviceaccount.com";
const ANYBODY: Target<'static> = Target {
    name: "server:8080",
    accounts: &[],
};
/// Far above what a handshake takes here, far below a test's patience.
const SHORT: Duration = Duration::from_secs(1);

type Outcome = Result<AltsStream<DuplexStream>, Error>;

struct Pair {
    client: FakeHandshaker,
    server: FakeHandshaker,
}

impl Pair {
    async fn start() -> Self {
        Self {
            client: FakeHandshaker::start(CLIENT, Flaw::None).await,
            server: FakeHandshaker::start(SERVER, Flaw::None).await,
        }
    }

    /// One handshake over a transport that holds `room` bytes each way.
    async fn shake(&self, room: usize, accounts: &[ServiceAccount]) -> (Outcome, Outcome) {
        let (near, far) = duplex(room);
        let (client, server) = (self.client.handshaker(), self.server.handshaker());
        let target = Target {
            accounts,
            ..ANYBODY
        };
        tokio::join!(client.connect(near, target), server.accept(far))
    }
}

fn account(name: &str) -> ServiceAccount {
    ServiceAccount::new(name).expect("an account")
}

/// Asserts what a person sees of an error: cause and remedy in one line, the right code, and the
/// cause again for programs.
fn assert_seen(error: Error, code: Code, words: &str) {
    let text = error.to_string();
    assert!(text.contains(words), "{text:?} lacks {words:?}");
    assert_eq!(error.code(), code, "{text}");
    let remedy = error.remedy();
    assert!(!remedy.is_empty() && !remedy.contains('\n') && !text.contains('\n'));
    let status = Status::from(error);
    assert_eq!(status.message(), format!("{text}; {remedy}"));
    let found = Error::from_status(&status).expect("the cause is kept");
    assert_eq!(found.to_string(), text);
}

#[tokio::test]
async fn both_ends_learn_who_the_other_is_and_can_talk() {
    let pair = Pair::start().await;
    let (client, server) = pair.shake(64 * 1024, &[account(SERVER)]).await;
    let (mut client, mut server) = (client.expect("connected"), server.expect("accepted"));
    for (stream, peer, own) in [(&client, SERVER, CLIENT), (&server, CLIENT, SERVER)] {
        let context = stream.context();
        assert_eq!(context.peer_service_account().as_str(), peer);
        let local = context.local_service_account().map(ServiceAccount::as_str);
        assert_eq!(local, Some(own));
        assert_eq!(context.record_protocol(), RECORD_PROTOCOL);
        assert_eq!(context.application_protocol(), "grpc");
        assert_eq!(context.peer_rpc_versions(), RpcVersions::OURS);
        assert_eq!(context.peer_attributes()["zone"], "fake-a");
    }
    client.write_all(b"hello").await.expect("written");
    client.flush().await.expect("flushed");
    let mut heard = [0; 5];
    server.read_exact(&mut heard).await.expect("read");
    assert_eq!(&heard, b"hello");
}

#[tokio::test]
async fn the_handshaker_is_asked_for_what_every_library_asks_for() {
    let pair = Pair::start().await;
    let (client, _server) = pair
        .shake(1024, &[account("other@x"), account(SERVER)])
        .await;
    client.expect("connected");

    let [ReqOneof::ClientStart(start)] = &pair.client.starts()[..] else {
        panic!("one client start")
    };
    let targets: Vec<_> = start.target_identities.iter().collect();
    assert_eq!(targets.len(), 2, "in the given order");
    assert_eq!(targets[0].account_name(), Some("other@x"));
    assert_eq!(targets[1].account_name(), Some(SERVER));
    assert_eq!(start.target_name, ANYBODY.name);
    assert_eq!(start.application_protocols, ["grpc"]);
    assert_eq!(start.record_protocols, [RECORD_PROTOCOL]);
    assert_eq!(
        start.handshake_security_protocol(),
        gcp::HandshakeProtocol::Alts
    );
    assert_eq!(start.rpc_versions, Some(RpcVersions::OURS.into()));
    assert_eq!(start.max_frame_size, DECLARED);
    assert_eq!(
        usize::try_from(DECLARED),
        Ok(MAX_LENGTH),
        "what the opener accepts"
    );

    let [ReqOneof::ServerStart(start)] = &pair.server.starts()[..] else {
        panic!("one server start")
    };
    let parameters = &start.handshake_parameters[&gcp::HandshakeProtocol::Alts.into()];
    assert_eq!(parameters.record_protocols, [RECORD_PROTOCOL]);
    assert_eq!(start.application_protocols, ["grpc"]);
    assert!(start.in_bytes.starts_with(b"CI client@"), "the first bytes");
    assert_eq!(start.rpc_versions, Some(RpcVersions::OURS.into()));
    assert_eq!(start.max_frame_size, DECLARED);
}

#[tokio::test]
async fn harmless_habits_of_handshakers_are_tolerated_however_flights_are_cut() {
    let pair = Pair::start().await;
    let habits = [
        Flaw::None,
        Flaw::OmitsStatus,
        Flaw::StaysOpen,
        Flaw::ConsumesWholeFlightsOnly,
    ];
    for flaw in habits {
        pair.client.now(flaw);
        pair.server.now(flaw);
        for room in [1, 2, 7, 64 * 1024] {
            let (client, server) = pair.shake(room, &[account(SERVER)]).await;
            client.unwrap_or_else(|error| panic!("{flaw:?}, {room}: {error}"));
            server.unwrap_or_else(|error| panic!("{flaw:?}, {room}: {error}"));
        }
    }
}

#[test]
fn only_an_explicit_choice_makes_a_handshaker_off_google_compute_engine() {
    // The suite runs on machines of any make; where this one is Google's, the check must pass.
    let built = Handshaker::builder().build();
    if address::on_gce() {
        assert_eq!(built.expect("on GCE").address(), DEFAULT_HANDSHAKER_ADDRESS);
    } else {
        let error = built.expect_err("not on GCE");
        assert!(matches!(error, Error::NotOnGce));
        assert!(error.remedy().contains("--allow-untrusted-handshaker"));
        let words = "ALTS is only allowed to run on Google Cloud Platform";
        assert_seen(error, Code::Internal, words);
    }
    let handshaker = Handshaker::builder().allow_untrusted(true).build();
    assert_eq!(
        handshaker.expect("chosen").address(),
        DEFAULT_HANDSHAKER_ADDRESS
    );
}

#[test]
fn settings_that_cannot_be_are_refused_or_brought_into_bounds() {
    let error = Handshaker::builder()
        .allow_untrusted(true)
        .address("nowhere")
        .build();
    let error = error.expect_err("no port");
    assert_seen(error, Code::InvalidArgument, "\"nowhere\" lacks a port");
    for max in [0, usize::MAX] {
        let builder = Handshaker::builder().allow_untrusted(true);
        assert!(
            builder.max_concurrent_handshakes(max).build().is_ok(),
            "{max}"
        );
    }
}
