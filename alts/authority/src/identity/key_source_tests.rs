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
    let source = KeySource::new(location, TlsRoots::default());
    assert!(source.keys(KID).await.unwrap().knows(KID));
    // As if it had been a while.
    let past = Instant::now().checked_sub(UNKNOWN_KEY_INTERVAL).unwrap();
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
    let known = timeout(Duration::from_secs(1), source.keys(KID)).await;
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

/// An issuer that answers from a table of paths, where nothing is no such page; what it has answered, in order.
async fn issuer(
    pages: impl Fn(&str, &str) -> Option<String> + Send + 'static,
) -> (String, Arc<SyncMutex<Vec<String>>>) {
    use tokio::io::{AsyncBufReadExt, BufReader};
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (own, asked) = (base.clone(), Arc::new(SyncMutex::new(Vec::new())));
    let noted = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            let mut line = String::new();
            stream.read_line(&mut line).await.unwrap();
            let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
            let answer = match pages(&own, &path) {
                Some(body) if body.is_empty() => {
                    "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned()
                }
                Some(body) => format!(
                    "HTTP/1.1 200 OK\r\ncache-control: public, max-age=3600\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                ),
                None => "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n".to_owned(),
            };
            noted.lock().push(path);
            stream.get_mut().write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (base, asked)
}

fn source_of(issuer: &str) -> Arc<KeySource> {
    let location = KeysLocation::Issuer(issuer.to_owned());
    KeySource::new(location, TlsRoots::default())
}

/// As if that much time had passed since the last attempt.
fn age(source: &KeySource, by: Duration) {
    let mut known = source.known.lock();
    if let Some(kept) = known.kept.as_mut() {
        kept.fetched = kept.fetched.checked_sub(by).unwrap();
    }
    if let Some((when, _)) = known.failed.as_mut() {
        *when = when.checked_sub(by).unwrap();
    }
}

#[tokio::test]
async fn an_issuers_keys_are_where_it_says_and_an_unknown_one_asks_at_most_once_a_minute() {
    let (base, asked) = issuer(|base, path| match path {
        "/c/.well-known/openid-configuration" => Some(format!(
            "{{\"issuer\": \"{base}/c\", \"jwks_uri\": \"{base}/c/keys\", \"other\": [1]}}"
        )),
        "/c/keys" => Some(jwks()),
        _ => None,
    })
    .await;
    let source = source_of(&format!("{base}/c"));
    assert!(source.keys(KID).await.unwrap().knows(KID));
    let discovery = format!("/c{DISCOVERY}");
    assert_eq!(*asked.lock(), [discovery.as_str(), "/c/keys"]);
    age(&source, Duration::from_secs(59));
    assert!(!source.keys("made-up").await.unwrap().knows("made-up"));
    assert_eq!(asked.lock().len(), 2, "not asked again within a minute");
    age(&source, Duration::from_secs(1));
    assert!(!source.keys("made-up").await.unwrap().knows("made-up"));
    assert_eq!(asked.lock().len(), 4, "asked once more");
}

#[tokio::test]
async fn keys_are_kept_for_a_day_when_the_issuer_does_not_answer() {
    let well = Arc::new(AtomicUsize::new(1));
    let answers = Arc::clone(&well);
    let (base, asked) = issuer(move |base, path| {
        let keys = path == "/keys";
        (answers.load(Ordering::SeqCst) == 1).then(|| match keys {
            true => jwks(),
            false => format!("{{\"issuer\": \"{base}\", \"jwks_uri\": \"{base}/keys\"}}"),
        })
    })
    .await;
    let source = source_of(&base);
    assert!(source.keys(KID).await.unwrap().knows(KID));
    well.store(0, Ordering::SeqCst);
    age(&source, Duration::from_secs(2 * 3600));
    assert!(source.keys(KID).await.unwrap().knows(KID), "kept");
    assert!(source.keys(KID).await.unwrap().knows(KID), "kept");
    age(&source, MIN_REFRESH_INTERVAL - Duration::from_secs(1));
    assert!(source.keys(KID).await.unwrap().knows(KID), "kept");
    assert_eq!(asked.lock().len(), 3, "not asked again within 10 s");
    age(&source, Duration::from_secs(1));
    assert!(source.keys(KID).await.unwrap().knows(KID), "kept");
    assert_eq!(asked.lock().len(), 4, "asked once more after 10 s");
    age(&source, Duration::from_secs(22 * 3600));
    let refused = source.keys(KID).await.unwrap_err().to_string();
    assert!(refused.contains("503"), "{refused}");
    well.store(1, Ordering::SeqCst);
    age(&source, Duration::from_secs(60));
    assert!(source.keys(KID).await.unwrap().knows(KID), "asked again");
}

#[tokio::test(start_paused = true)]
async fn keys_that_are_gone_from_their_file_are_gone_when_it_is_due() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("jwks.json");
    for left in [None, Some("{\"keys\": []}"), Some("nonsense")] {
        std::fs::write(&path, jwks()).unwrap();
        let source = KeySource::new(KeysLocation::File(path.clone()), TlsRoots::default());
        assert!(source.keys(KID).await.unwrap().knows(KID));
        match left {
            Some(text) => std::fs::write(&path, text).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
        tokio::time::advance(MIN_REFRESH_INTERVAL).await;
        assert!(source.keys(KID).await.is_err(), "{left:?}");
    }
}

#[tokio::test]
async fn an_issuer_that_answers_something_else_has_its_keys_believed_until_they_are_due() {
    for (bad_path, bad) in [
        ("/keys", ""),
        ("/keys", "{\"keys\": []}"),
        (DISCOVERY, ""),
        (DISCOVERY, "<html>"),
        (
            DISCOVERY,
            "{\"issuer\": \"https://evil.example\", \"jwks_uri\": \"https://evil.example/\"}",
        ),
    ] {
        // Well, then ill, then silent.
        let state = Arc::new(AtomicUsize::new(0));
        let is = Arc::clone(&state);
        let (base, _) = issuer(move |base, path| match (is.load(Ordering::SeqCst), path) {
            (2, _) => None,
            (1, path) if path == bad_path => Some(bad.to_owned()),
            (_, "/keys") => Some(jwks()),
            _ => Some(format!(
                "{{\"issuer\": \"{base}\", \"jwks_uri\": \"{base}/keys\"}}"
            )),
        })
        .await;
        let source = source_of(&base);
        assert!(source.keys(KID).await.unwrap().knows(KID));
        state.store(1, Ordering::SeqCst);
        age(&source, Duration::from_secs(3000));
        // Asks, is answered badly, and what is not due yet counts.
        assert!(source.keys("made-up").await.unwrap().knows(KID), "{bad}");
        assert!(source.known.lock().failed.is_some(), "{bad}");
        // Who falls silent after that has not taken it back.
        state.store(2, Ordering::SeqCst);
        age(&source, Duration::from_secs(600));
        assert!(source.keys(KID).await.is_err(), "{bad_path} {bad}");
        state.store(0, Ordering::SeqCst);
        age(&source, MIN_REFRESH_INTERVAL);
        assert!(source.keys(KID).await.unwrap().knows(KID), "asked again");
    }
}

#[tokio::test]
async fn what_comes_of_a_question_is_known_to_the_next_though_the_first_gave_up() {
    let (location, asked) = falling_silent().await;
    let source = KeySource::new(location, TlsRoots::default());
    assert!(source.keys(KID).await.unwrap().knows(KID));
    age(&source, Duration::from_secs(3600));
    let gave_up = timeout(Duration::from_millis(100), source.keys(KID)).await;
    assert!(gave_up.is_err(), "nobody answers");
    let next = timeout(FETCH_TIMEOUT + Duration::from_secs(1), source.keys(KID)).await;
    assert!(next.expect("it is told in time").unwrap().knows(KID));
    assert_eq!(asked.load(Ordering::SeqCst), 2, "asked once for both");
}

#[tokio::test]
async fn a_file_is_read_without_growing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("token");
    for (len, read) in [(0, 0), (64, 64), (65, 65), (300, 65)] {
        std::fs::write(&path, vec![7; len]).unwrap();
        let bytes = read_bounded(path.clone(), 64).await.unwrap();
        assert_eq!((bytes.len(), bytes.capacity()), (read, 65));
    }
}

#[tokio::test]
async fn a_discovery_document_of_another_issuer_or_that_leads_elsewhere_is_refused() {
    for (document, problem) in [
        (
            r#"{"issuer": "https://evil.example", "jwks_uri": "BASE/keys"}"#,
            "evil.example",
        ),
        (r#"{"issuer": "BASE/", "jwks_uri": "BASE/keys"}"#, "/keys"),
        (
            r#"{"issuer": "BASE", "jwks_uri": "http://10.0.0.7/keys"}"#,
            "can answer in its place",
        ),
        (
            r#"{"issuer": "BASE", "jwks_uri": "/etc/passwd"}"#,
            "/etc/passwd",
        ),
        (r#"{"issuer": "BASE"}"#, "missing field `jwks_uri`"),
        ("<html>", "expected value"),
    ] {
        let (base, _) = issuer(move |base, path| match path {
            DISCOVERY => Some(document.replace("BASE", base)),
            _ => Some(jwks()),
        })
        .await;
        let refused = source_of(&base).keys(KID).await.unwrap_err().to_string();
        assert!(refused.contains(problem), "{refused}");
        assert!(
            refused.starts_with(&format!("the key set {base} cannot be found: ")),
            "{refused}"
        );
    }
    // Of one that proves who it is over https, nothing on this machine may stand for its keys.
    let issuer = KeysLocation::Issuer("https://issuer.example".to_owned());
    for (keys, good) in [
        ("http://127.0.0.1:1/keys", false),
        ("https://keys.example/", true),
    ] {
        let found = Discovery {
            issuer: issuer.to_string(),
            jwks_uri: keys.parse().unwrap(),
        };
        assert_eq!(found.is_of(&issuer), good, "{keys}");
    }
}
