//! The limits of a call in time.

use std::{sync::Arc, time::Duration};

use alts_authority::issuer::{Issuer, NoCredential};
use alts_daemon::clock::Clock;
use alts_handshake::{
    MachineName, MasterCertificate, MasterRequest, PeerVerifier, RootKey, Seed, Validity,
};
use alts_handshaker::{limits::Limits, service::MachineHandshaker};
use tokio::net::TcpListener;
use tonic::Code;

use crate::support::*;

/// Certifies everybody.
struct Generous(RootKey);

#[tonic::async_trait]
impl Issuer for Generous {
    async fn issue(&self, request: MasterRequest) -> Result<MasterCertificate, NoCredential> {
        let validity = Validity::starting(Clock::system().now(), Duration::from_secs(3600));
        Ok(self.0.sign(&request, validity, 1))
    }
}

/// A handshaker with short limits, and a library connected to it.
async fn hasty(limits: Limits) -> Library {
    let root = RootKey::new(&Seed::new([1; 32]));
    let trust = Arc::new(PeerVerifier::of_roots([root.public()]));
    let machine = MachineName::parse("vm").unwrap();
    let issuer = Arc::new(Generous(root));
    let handshaker =
        MachineHandshaker::new(machine, account(CLIENT), issuer, trust, Clock::system());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(
        handshaker
            .with_limits(limits)
            .serve(listener, std::future::pending()),
    );
    Library::connect(address, "grpc-c/53").await
}

#[tokio::test]
async fn a_handshake_whose_peer_falls_silent_is_ended() {
    let library = hasty(Limits {
        handshake: Duration::from_millis(50),
        ..Limits::default()
    })
    .await;
    let (mut call, _) = library.start_client(&[]).await;
    let status = call.answer().await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(
        status.message(),
        "the handshake took longer than 50ms; check whether the peer answers"
    );
}

#[tokio::test]
async fn a_call_without_any_message_is_ended_much_later_than_a_handshake() {
    let library = hasty(Limits {
        first_message: Duration::from_millis(50),
        ..Limits::default()
    })
    .await;
    let mut call = library.call().await;
    assert_eq!(
        call.answer().await.unwrap_err().code(),
        Code::DeadlineExceeded
    );
    let defaults = Limits::default();
    assert!(
        defaults.first_message > Duration::from_secs(120)
            && defaults.handshake == Duration::from_secs(30)
    );
}
