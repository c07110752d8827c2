//! What strangers notice of the rules that a handshaker must keep for all of them, and of networks
//! that cut, join and damage what they carry.

use tests::{CLIENT_ACCOUNT, SERVER_ACCOUNT};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tonic::Code;

use crate::{
    stranger::Stranger,
    wiretap::{Mischief, Wiretap},
    world::{cloud, our_client, payload, soon, we_serve, we_serve_at},
};

each_stranger!(
    a_strangers_handshake_may_arrive_in_drops_and_in_lumps,
    our_handshake_may_reach_a_stranger_in_drops_and_in_lumps,
    a_damaged_record_ends_a_strangers_call,
    a_damaged_record_ends_our_call_to_a_stranger,
    silent_connections_to_a_stranger_do_not_keep_us_out,
    bytes_that_are_not_alts_do_a_stranger_no_harm,
    a_stranger_that_reaches_no_alts_is_told_at_once,
    a_stranger_recovers_when_its_handshaker_comes,
);

/// The methods of a library that meets the bytes of a handshake in any portions.
const PORTIONS: [Mischief; 2] = [Mischief::Drip, Mischief::Coalesce];
/// A record that belongs to a message, whatever the library sends before it.
const A_LATE_RECORD: u64 = 10;

async fn a_strangers_handshake_may_arrive_in_drops_and_in_lumps(stranger: Stranger) {
    let _cloud = cloud(CLIENT_ACCOUNT, SERVER_ACCOUNT).await;
    let address = we_serve().await;
    for mischief in PORTIONS {
        let tap = Wiretap::on(&address, mischief).await;
        let said = soon(stranger.says(&["crowd", &tap.address, "3", SERVER_ACCOUNT])).await;
        assert_eq!(said["answered"], 3, "{mischief:?}: {said}");
    }
}

async fn our_handshake_may_reach_a_stranger_in_drops_and_in_lumps(stranger: Stranger) {
    let _cloud = cloud(SERVER_ACCOUNT, CLIENT_ACCOUNT).await;
    let (_server, address) = stranger.serves(&["0"]).await;
    for mischief in PORTIONS {
        let tap = Wiretap::on(&address, mischief).await;
        let mut client = our_client(&tap.address, &[SERVER_ACCOUNT]);
        let answer = soon(client.unary(payload(100_000))).await;
        let answer = answer.unwrap_or_else(|status| panic!("{mischief:?}: {status}"));
        assert_eq!(answer.into_inner(), payload(100_000));
    }
}

async fn a_damaged_record_ends_a_strangers_call(stranger: Stranger) {
    let _cloud = cloud(CLIENT_ACCOUNT, SERVER_ACCOUNT).await;
    let address = we_serve().await;
    let tap = Wiretap::on(&address, Mischief::FlipServerRecord(A_LATE_RECORD)).await;
    let said = soon(stranger.says(&["echo", &tap.address])).await;
    assert_eq!(said["code"], stranger.says_of_a_damaged_record(), "{said}");
    let tap = Wiretap::on(&address, Mischief::FlipClientRecord(A_LATE_RECORD)).await;
    let said = soon(stranger.says(&["echo", &tap.address])).await;
    assert_eq!(said["code"], "UNAVAILABLE", "we closed: {said}");
}

async fn a_damaged_record_ends_our_call_to_a_stranger(stranger: Stranger) {
    let _cloud = cloud(SERVER_ACCOUNT, CLIENT_ACCOUNT).await;
    let (_server, address) = stranger.serves(&["0"]).await;
    for mischief in [
        Mischief::FlipServerRecord(A_LATE_RECORD),
        Mischief::FlipClientRecord(A_LATE_RECORD),
    ] {
        let tap = Wiretap::on(&address, mischief).await;
        let refused = soon(our_client(&tap.address, &[]).unary(payload(32 << 20))).await;
        let refused = refused.expect_err("damaged");
        assert_eq!(refused.code(), Code::Unavailable, "{mischief:?}: {refused}");
    }
}

async fn silent_connections_to_a_stranger_do_not_keep_us_out(stranger: Stranger) {
    let _cloud = cloud(SERVER_ACCOUNT, CLIENT_ACCOUNT).await;
    let (_server, address) = stranger.serves(&["0"]).await;
    let mut silent = Vec::new();
    for _ in 0..30 {
        silent.push(TcpStream::connect(&address).await.expect("connects"));
    }
    let answer = soon(our_client(&address, &[]).unary(payload(1))).await;
    assert_eq!(answer.expect("answered").into_inner(), payload(1));
}

async fn bytes_that_are_not_alts_do_a_stranger_no_harm(stranger: Stranger) {
    let _cloud = cloud(SERVER_ACCOUNT, CLIENT_ACCOUNT).await;
    let (_server, address) = stranger.serves(&["0"]).await;
    let mut plain = TcpStream::connect(&address).await.expect("connects");
    let sent = plain.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    sent.expect("sent");
    let mut answer = Vec::new();
    // Reset or closed, with nothing said or something: a matter of taste.
    _ = soon(plain.read_to_end(&mut answer)).await;
    let answer = soon(our_client(&address, &[]).unary(payload(1))).await;
    assert_eq!(answer.expect("answered").into_inner(), payload(1));
}

async fn a_stranger_that_reaches_no_alts_is_told_at_once(stranger: Stranger) {
    let _cloud = cloud(CLIENT_ACCOUNT, SERVER_ACCOUNT).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    tokio::spawn(async move {
        // A plaintext HTTP/2 server's first words: empty SETTINGS.
        while let Ok((mut peer, _)) = listener.accept().await {
            peer.write_all(b"\0\0\0\x04\0\0\0\0\0").await.expect("sent");
            tokio::spawn(async move { peer.read_to_end(&mut Vec::new()).await });
        }
    });
    let said = soon(stranger.says(&["booking", &address])).await;
    assert_eq!(said["code"], stranger.says_of_a_refused_peer(), "{said}");
    let details = said["details"].as_str().expect("details");
    assert!(details.contains("plaintext HTTP/2, not ALTS"), "{details}");
}

async fn a_stranger_recovers_when_its_handshaker_comes(stranger: Stranger) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    let mut talk = stranger.talks(&[&address]);
    if stranger != Stranger::Go {
        // grpc-go waits for its handshaker for as long as it waits for a connection.
        let said = soon(talk.call()).await;
        assert_eq!(
            said["code"],
            stranger.says_of_a_silent_handshaker(),
            "{said}"
        );
    }
    drop(listener);
    let (said, _cloud) = soon(async {
        let call = talk.call_patiently();
        let service = async {
            let cloud = cloud(CLIENT_ACCOUNT, SERVER_ACCOUNT).await;
            we_serve_at(&address).await;
            cloud
        };
        tokio::join!(call, service)
    })
    .await;
    assert_eq!(said["code"], "OK", "{said}");
}
