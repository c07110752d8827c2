//! When the publisher is asked, and what happens when he does not answer.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::{io::AsyncWriteExt, net::TcpListener};

use super::*;
use crate::identity::test_signer::{KID, jwks};

#[test]
fn the_publisher_says_how_long_within_bounds() {
    for (control, expected_s) in [
        ("", 300),
        (
            "public, max-age=21600, must-revalidate, no-transform",
            21_600,
        ),
        ("max-age=0", 10),
        ("max-age=99999999", 86_400),
        ("max-age=soon", 300),
        ("no-cache", 10),
    ] {
        assert_eq!(
            max_age(control),
            Duration::from_secs(expected_s),
            "{control}"
        );
    }
}

#[test]
fn a_location_is_a_path_or_an_address() {
    for (text, expected) in [
        ("/etc/jwks.json", Some("/etc/jwks.json")),
        ("file:/etc/jwks.json", Some("/etc/jwks.json")),
        ("http://127.0.0.1:1/certs", Some("http://127.0.0.1:1/certs")),
        (GOOGLE_CERTS, Some(GOOGLE_CERTS)),
        (
            "http://metadata.google.internal/certs",
            Some("http://metadata.google.internal/certs"),
        ),
        (
            "http://169.254.169.254/certs",
            Some("http://169.254.169.254/certs"),
        ),
        ("http://[::1]:1/certs", Some("http://[::1]:1/certs")),
        ("http://10.0.0.7/certs", None),
        ("http://127.0.0.1.evil.example/certs", None),
        ("http://localhost@evil.example/certs", None),
        ("http://evil.example/certs", None),
        ("jwks.json", None),
        ("ftp://x/y", None),
        ("", None),
    ] {
        let parsed = text.parse::<KeysLocation>().ok();
        assert_eq!(parsed.map(|l| l.to_string()).as_deref(), expected, "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn kept_keys_serve_until_they_are_due_and_an_unknown_name_asks_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("jwks.json");
    let source = KeySource::new(KeysLocation::File(path.clone()), TlsRoots::default());
    let missing = source.keys(KID).await.unwrap_err().to_string();
    assert!(missing.contains("cannot be read"), "{missing}");

    std::fs::write(&path, jwks()).unwrap();
    // A failure is remembered as well: not read again at once.
    assert!(source.keys(KID).await.is_err());
    tokio::time::advance(MIN_REFRESH_INTERVAL).await;
    assert!(source.keys(KID).await.unwrap().knows(KID));
    std::fs::write(&path, jwks().replace(KID, "rotated")).unwrap();
    // Somebody makes up names: the file is not read again at once.
    assert!(!source.keys("rotated").await.unwrap().knows("rotated"));
    tokio::time::advance(MIN_REFRESH_INTERVAL).await;
    assert!(source.keys("rotated").await.unwrap().knows("rotated"));
}

/// A publisher who answers once, and from then on accepts connections and says nothing.
async fn falling_silent() -> (KeysLocation, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            if counted.fetch_add(1, Ordering::SeqCst) == 0 {
                let body = jwks();
                let len = body.len();
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncache-control: max-age=3600\r\ncontent-length: {len}\r\n\r\n"
                );
                stream.write_all((head + &body).as_bytes()).await.unwrap();
            }
            held.push(stream);
        }
    });
    (KeysLocation::Url(format!("http://{address}/")), asked)
}

#[tokio::test]
async fn a_publisher_who_falls_silent_holds_up_nobody_whose_key_is_known() {
    let (location, asked) = falling_silent().await;
    let source = Arc::new(KeySource::new(location, TlsRoots::default()));
    assert!(source.keys(KID).await.unwrap().knows(KID));
    // As if it had been a while.
    let past = Instant::now().checked_sub(MIN_REFRESH_INTERVAL).unwrap();
    source.known.lock().kept.as_mut().unwrap().fetched = past;
    let made_up: Vec<_> = (0..8)
        .map(|n| {
            let source = Arc::clone(&source);
            tokio::spawn(async move { source.keys(&format!("made-up-{n}")).await })
        })
        .collect();
    while asked.load(Ordering::SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    let known = tokio::time::timeout(Duration::from_secs(1), source.keys(KID)).await;
    assert!(known.expect("it waits for nobody").unwrap().knows(KID));
    for asker in made_up {
        assert!(asker.await.unwrap().unwrap().knows(KID));
    }
    assert_eq!(
        asked.load(Ordering::SeqCst),
        2,
        "asked once for all of them"
    );
}
