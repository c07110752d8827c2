//! What a web page can send to the admin service on loopback, through the browser of whoever sits in
//! front of it: bytes over HTTP/1.1.

use std::net::SocketAddr;

use alts_authority::proto::admin::EnableAccountRequest;
use alts_daemon::admin::address::AdminAddress;
use prost::Message;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{support::*, world::*};

/// One request, and the first line of its answer.
async fn answer(address: SocketAddr, head: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let len = body.len();
    let head = format!("{head}\r\nConnection: close\r\nContent-Length: {len}\r\n\r\n");
    stream
        .write_all(&[head.as_bytes(), body].concat())
        .await
        .unwrap();
    let mut answer = Vec::new();
    within(stream.read_to_end(&mut answer)).await.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_web_page_can_neither_administer_a_mock_nor_read_its_metrics() {
    let world = World::start().await;
    world.set_disabled(CLIENT, true).await;
    let email = CLIENT.to_owned();
    let message = EnableAccountRequest { email }.encode_to_vec();
    let len = u32::try_from(message.len()).unwrap();
    let body = [&[0], &len.to_be_bytes()[..], &message].concat();
    let AdminAddress::Tcp(admin) = world.mock.admin else {
        panic!("a web page reaches no Unix socket")
    };
    let post =
        format!("POST /alts_handshaker.admin.v1.Accounts/EnableAccount HTTP/1.1\r\nHost: {admin}");
    for kind in ["text/plain", "application/grpc", "application/grpc-web"] {
        let head = format!("{post}\r\nTE: trailers\r\nContent-Type: {kind}");
        let said = answer(admin, &head, &body).await;
        assert!(said.starts_with("HTTP/1.1 415"), "{kind}: {said}");
    }
    let refused = start_client_status(&world.client_process().await).await;
    assert!(refused.message().contains("is disabled"), "{refused}");

    // A name of the page's own that was made to point here.
    for (host, status) in [
        (admin.to_string().as_str(), "HTTP/1.1 200"),
        ("localhost", "HTTP/1.1 200"),
        ("evil.example", "HTTP/1.1 421"),
    ] {
        let said = answer(
            admin,
            &format!("GET /metrics HTTP/1.1\r\nHost: {host}"),
            b"",
        )
        .await;
        assert!(said.starts_with(status), "{host}: {said}");
    }
    // Whom it is for.
    world.set_disabled(CLIENT, false).await;
    world.client_process().await.start_client(&[SERVER]).await;
}
