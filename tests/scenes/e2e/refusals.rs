//! Watching it refuse: wrong callers, wrong servers, wrong protocols, wrong machines.

use std::time::Duration;

use tests::{INTRUDER_ACCOUNT, SERVER_ACCOUNT, process::program, suite::Suite};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::Command,
    time::timeout,
};

use super::{stderr, stdout, suite};

const INTRUDER: usize = 2;

async fn refused(suite: &Suite, machine: usize, args: &[&str]) -> (i32, String) {
    let output = suite
        .client_on(machine, args)
        .await
        .expect("the client runs");
    assert!(
        !output.status.success(),
        "{args:?} was answered: {}",
        stdout(&output)
    );
    let said = stderr(&output);
    let lines: Vec<&str> = said
        .lines()
        .filter(|line| !line.contains(" WARN "))
        .collect();
    let [line] = lines[..] else {
        panic!("not one line: {said}")
    };
    let line = line.to_owned();
    (output.status.code().expect("an exit code"), line)
}

#[tokio::test]
async fn a_caller_that_nobody_allowed_is_turned_away_by_name() {
    let suite = suite().await;
    let address = suite.server_addr.to_string();
    let (code, line) = refused(&suite, INTRUDER, &[&address, SERVER_ACCOUNT]).await;
    assert_eq!(code, 1, "{line}");
    assert!(line.contains("PERMISSION_DENIED"), "{line}");
    assert!(
        line.contains(&format!("Client {INTRUDER_ACCOUNT} is not authorized")),
        "{line}"
    );
    assert!(
        !suite.server.log_text().contains("Received request"),
        "the handler ran"
    );
}

#[tokio::test]
async fn a_server_that_is_somebody_else_is_not_talked_to() {
    let suite = suite().await;
    let address = suite.server_addr.to_string();
    let (code, line) = refused(&suite, 0, &[&address, "other@x.iam.gserviceaccount.com"]).await;
    assert_eq!(code, 3, "{line}");
    assert!(line.contains("UNAVAILABLE"), "{line}");
    assert!(
        line.contains(SERVER_ACCOUNT),
        "who was there instead: {line}"
    );
    // The front end watches the schedule meanwhile: only the article's question is the client's.
    assert!(
        !suite.server.log_text().contains("Received request"),
        "a request got through"
    );
}

#[tokio::test]
async fn questions_without_an_answer_are_refused_in_words() {
    let suite = suite().await;
    let address = suite.server_addr.to_string();
    for (args, status) in [
        (&["--patient", "PT-0000"][..], "NOT_FOUND"),
        (&["--doctor", "DC-0000"], "NOT_FOUND"),
        (&["--description", "no such thing"], "NOT_FOUND"),
        (&["--patient", ""], "INVALID_ARGUMENT"),
        (&["--doctor", " "], "INVALID_ARGUMENT"),
    ] {
        let all: Vec<&str> = [&[&*address, SERVER_ACCOUNT], args].concat();
        let (code, line) = refused(&suite, 0, &all).await;
        assert_eq!(code, 1, "{line}");
        assert!(line.contains(status), "{args:?}: {line}");
    }
}

#[tokio::test]
async fn strangers_without_alts_are_hung_up_on_and_the_server_goes_on() {
    let suite = suite().await;
    for greeting in [
        &b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"[..],
        b"GET / HTTP/1.1\r\nhost: x\r\n\r\n",
        b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00",
        &[0xff; 4096],
        &[0; 64],
    ] {
        let mut socket = TcpStream::connect(suite.server_addr)
            .await
            .expect("connects");
        socket.write_all(greeting).await.expect("written");
        let mut answer = Vec::new();
        let end = timeout(Duration::from_secs(10), socket.read_to_end(&mut answer)).await;
        assert!(end.is_ok(), "still connected after {greeting:02x?}");
    }
    // A few that say nothing at all must not cost anybody else a place.
    let mut silent = Vec::new();
    for _ in 0..300 {
        silent.push(
            TcpStream::connect(suite.server_addr)
                .await
                .expect("connects"),
        );
    }
    assert!(suite.client(&[]).await.expect("runs").status.success());
}

#[tokio::test]
async fn off_google_cloud_everything_refuses_unless_told_otherwise() {
    for (name, args) in [
        ("booking-client", &["127.0.0.1:1", SERVER_ACCOUNT][..]),
        (
            "booking-server",
            &[
                "--listen",
                "127.0.0.1:0",
                "--database-url",
                "sqlite::memory:",
                "a@b",
            ],
        ),
        (
            "booking-web",
            &[
                "--backend",
                "127.0.0.1:1",
                "--backend-account",
                SERVER_ACCOUNT,
                "--listen",
                "127.0.0.1:0",
            ],
        ),
    ] {
        let output = Command::new(program(name).expect("built"))
            .args(args)
            .output()
            .await;
        let output = output.expect("runs");
        assert!(!output.status.success(), "{name} went on");
        let said = stderr(&output);
        for wanted in [
            "only allowed to run on Google Cloud Platform",
            "--allow-untrusted-handshaker",
        ] {
            assert!(said.contains(wanted), "{name}: {said}");
        }
    }
}

#[tokio::test]
async fn a_handshaker_out_of_reach_is_named_with_a_remedy() {
    let suite = suite().await;
    let address = suite.server_addr.to_string();
    let output = Command::new(program("booking-client").expect("built"))
        .args([&address, SERVER_ACCOUNT, "--allow-untrusted-handshaker"])
        .args(["--handshaker-address", "127.0.0.1:1"])
        .output()
        .await
        .expect("runs");
    let line = stderr(&output);
    assert_eq!(output.status.code(), Some(3), "{line}");
    for wanted in ["UNAVAILABLE", "127.0.0.1:1", "start the handshaker"] {
        assert!(line.contains(wanted), "{wanted}: {line}");
    }
}

#[tokio::test]
async fn either_aead_speaks_with_the_server_and_an_unknown_one_with_nobody() {
    let suite = suite().await;
    let address = suite.server_addr.to_string();
    for (aead, code) in [("ring", 0), ("aes-gcm", 0), ("rot13", 2)] {
        let output = Command::new(program("booking-client").expect("built"))
            .args([&address, SERVER_ACCOUNT, "--allow-untrusted-handshaker"])
            .args(["--handshaker-address", suite.mock.handshaker(0)])
            .env("ALTS_AEAD", aead)
            .output()
            .await
            .expect("runs");
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{aead}: {said}");
        let wrong = "ALTS_AEAD is \"rot13\"; here it can be ring or aes-gcm";
        assert_eq!(said.contains(wrong), code == 2, "{aead}: {said}");
    }
}
