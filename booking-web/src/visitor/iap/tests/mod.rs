//! The proxy's header and its keys together: keys change, the server of the keys is gone, or says nothing.

pub(crate) mod for_tests;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use self::for_tests::{AUDIENCE, Signer, set};
use super::*;

const UNKNOWN: &str = "no key of its name is known; check --iap-keys";
const NOT_ONE: &str = "there is none, or more than one";

const ANNA: &str = "anna.berg@hospital.example";

fn at(s: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + s).unwrap()
}

/// What the server of the keys does.
enum Does {
    Answers(String),
    /// After a while.
    AnswersLate(String),
    /// With another status than 200.
    Fails(String),
    SaysNothing,
}

/// A server of keys whose behaviour can be changed, and how often it was asked.
struct Server {
    does: Arc<SyncMutex<Does>>,
    asked: Arc<AtomicUsize>,
    uri: Uri,
}

impl Server {
    async fn start(does: Does) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}/keys", listener.local_addr().unwrap());
        let (does, asked) = (
            Arc::new(SyncMutex::new(does)),
            Arc::new(AtomicUsize::new(0)),
        );
        let (served, counted) = (Arc::clone(&does), Arc::clone(&asked));
        tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let (late, status, body) = match &*served.lock() {
                    Does::Answers(body) => (false, "200 OK", Some(body.clone())),
                    Does::AnswersLate(body) => (true, "200 OK", Some(body.clone())),
                    Does::Fails(body) => (false, "502 Bad Gateway", Some(body.clone())),
                    Does::SaysNothing => (false, "", None),
                };
                if late {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                if let Some(body) = body {
                    let mut head = [0; 1024];
                    assert_ne!(stream.read(&mut head).await.unwrap(), 0);
                    let len = body.len();
                    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {len}\r\n\r\n");
                    stream.write_all((head + &body).as_bytes()).await.unwrap();
                }
                held.push(stream);
            }
        });
        Self {
            does,
            asked,
            uri: uri.parse().unwrap(),
        }
    }

    fn now(&self, does: Does) {
        *self.does.lock() = does;
    }

    fn iap(&self) -> Arc<Iap> {
        Iap::new(AUDIENCE.to_owned(), self.uri.clone())
    }

    #[track_caller]
    fn was_asked(&self, times: usize) {
        assert_eq!(self.asked.load(Ordering::SeqCst), times);
    }
}

fn headers(assertions: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for assertion in assertions {
        headers.append(ASSERTION, assertion.parse().unwrap());
    }
    headers
}

async fn asked(iap: &Arc<Iap>, signer: &Signer, s: i64) -> Result<String, &'static str> {
    let assertion = signer.assertion(ANNA, at(s).as_second());
    iap.person(&headers(&[&assertion]), at(s)).await
}

#[tokio::test]
async fn a_person_is_named_by_one_good_assertion() {
    let signer = Signer::new("k1");
    let server = Server::start(Does::Answers(set(&[&signer]))).await;
    let iap = server.iap();
    assert_eq!(asked(&iap, &signer, 0).await.as_deref(), Ok(ANNA));
    assert_eq!(asked(&iap, &signer, 1).await.as_deref(), Ok(ANNA));
    server.was_asked(1);
    let none = iap.person(&HeaderMap::new(), at(1)).await;
    assert_eq!(none, Err(NOT_ONE));
    let good = signer.assertion(ANNA, at(1).as_second());
    let twice = iap.person(&headers(&[&good, &good]), at(1)).await;
    assert_eq!(twice, Err(NOT_ONE));
    // What it says without a signature is anybody's word.
    let mut unsigned = HeaderMap::new();
    unsigned.insert("x-goog-authenticated-user-email", ANNA.parse().unwrap());
    assert_eq!(iap.person(&unsigned, at(1)).await, Err(NOT_ONE));
}

#[tokio::test]
async fn a_new_key_is_fetched_once_a_minute_at_most() {
    let (old, new, unknown) = (Signer::new("k1"), Signer::new("k2"), Signer::new("k3"));
    let server = Server::start(Does::Answers(set(&[&old]))).await;
    let iap = server.iap();
    assert!(asked(&iap, &old, 0).await.is_ok());
    server.now(Does::Answers(set(&[&old, &new])));
    assert_eq!(asked(&iap, &new, 59).await, Err(UNKNOWN));
    server.was_asked(1);
    assert!(asked(&iap, &new, 60).await.is_ok());
    assert!(asked(&iap, &old, 60).await.is_ok());
    for s in 61..120 {
        assert_eq!(asked(&iap, &unknown, s).await, Err(UNKNOWN));
    }
    server.was_asked(2);
}

#[tokio::test]
async fn a_key_that_was_withdrawn_is_believed_for_an_hour_at_most() {
    let (old, new) = (Signer::new("k1"), Signer::new("k2"));
    let server = Server::start(Does::Answers(set(&[&old]))).await;
    let iap = server.iap();
    assert!(asked(&iap, &old, 0).await.is_ok());
    server.now(Does::Answers(set(&[&new])));
    assert!(asked(&iap, &old, 3599).await.is_ok());
    assert_eq!(asked(&iap, &old, 3600).await, Err(UNKNOWN));
}

#[tokio::test]
async fn without_keys_nobody_is_believed_until_they_can_be_had() {
    let signer = Signer::new("k1");
    let vacant = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = format!("http://{}/", vacant.local_addr().unwrap());
    drop(vacant);
    let iap = Iap::new(AUDIENCE.to_owned(), gone.parse().unwrap());
    assert_eq!(asked(&iap, &signer, 0).await, Err(UNKNOWN));

    let server = Server::start(Does::Answers("<html>".to_owned())).await;
    let iap = server.iap();
    assert_eq!(asked(&iap, &signer, 0).await, Err(UNKNOWN));
    server.now(Does::Answers(set(&[&signer])));
    assert_eq!(asked(&iap, &signer, 1).await, Err(UNKNOWN));
    server.was_asked(1);
    // What comes with an error is no set, whatever it looks like.
    server.now(Does::Fails(set(&[&signer])));
    assert_eq!(asked(&iap, &signer, 5).await, Err(UNKNOWN));
    server.now(Does::Answers(set(&[&signer])));
    assert!(asked(&iap, &signer, 10).await.is_ok());
    server.was_asked(3);
}

#[tokio::test]
async fn keys_that_were_fetched_at_the_start_are_waited_for_by_nobody() {
    let signer = Signer::new("k1");
    let server = Server::start(Does::Answers(set(&[&signer]))).await;
    let iap = server.iap();
    // As at the start, when nobody has shown a name yet.
    assert_eq!(Arc::clone(&iap).key(String::new(), at(0)).await, None);
    server.was_asked(1);
    assert!(asked(&iap, &signer, 1).await.is_ok());
    server.was_asked(1);
}

#[tokio::test]
async fn who_goes_away_during_the_first_fetch_costs_nobody_else_a_minute() {
    let signer = Signer::new("k1");
    let server = Server::start(Does::AnswersLate(set(&[&signer]))).await;
    let iap = server.iap();
    let assertion = signer.assertion(ANNA, at(0).as_second());
    let visitor = Arc::clone(&iap);
    let visitor = tokio::spawn(async move { visitor.person(&headers(&[&assertion]), at(0)).await });
    while server.asked.load(Ordering::SeqCst) < 1 {
        tokio::task::yield_now().await;
    }
    visitor.abort();
    assert!(visitor.await.unwrap_err().is_cancelled());
    assert_eq!(asked(&iap, &signer, 1).await.as_deref(), Ok(ANNA));
    server.was_asked(1);
}

#[tokio::test]
async fn known_keys_go_on_when_no_new_ones_come() {
    let signer = Signer::new("k1");
    let server = Server::start(Does::Answers(set(&[&signer]))).await;
    let iap = server.iap();
    assert!(asked(&iap, &signer, 0).await.is_ok());
    server.now(Does::Answers("<html>".to_owned()));
    assert!(asked(&iap, &signer, 4000).await.is_ok());
    server.was_asked(2);
    assert!(asked(&iap, &signer, 86_399).await.is_ok());
    // A day later nobody knows any more what they are worth.
    assert_eq!(asked(&iap, &signer, 86_400).await, Err(UNKNOWN));
    server.now(Does::Answers(set(&[&signer])));
    assert!(asked(&iap, &signer, 86_405).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_holds_up_nobody_whose_key_is_known() {
    let (signer, new) = (Signer::new("k1"), Signer::new("k2"));
    let server = Server::start(Does::Answers(set(&[&signer]))).await;
    let iap = server.iap();
    assert!(asked(&iap, &signer, 0).await.is_ok());
    server.now(Does::SaysNothing);
    let waiting: Vec<_> = (0..8)
        .map(|_| {
            let (iap, assertion) = (Arc::clone(&iap), new.assertion(ANNA, at(60).as_second()));
            tokio::spawn(async move { iap.person(&headers(&[&assertion]), at(60)).await })
        })
        .collect();
    while server.asked.load(Ordering::SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    let began = tokio::time::Instant::now();
    assert!(asked(&iap, &signer, 60).await.is_ok());
    // Also when its set is due: somebody is fetching already.
    assert!(asked(&iap, &signer, 3600).await.is_ok());
    assert_eq!(began.elapsed().as_millis(), 0, "it waited");
    for one in waiting {
        assert_eq!(one.await.unwrap(), Err(UNKNOWN));
    }
    assert!(began.elapsed().as_secs() <= 3, "{:?}", began.elapsed());
    server.was_asked(2);
}

#[tokio::test]
async fn who_is_not_this_machine_is_asked_by_tls_alone() {
    let signer = Signer::new("k1");
    let server = Server::start(Does::Answers(set(&[&signer]))).await;
    let elsewhere = server.uri.to_string().replace("127.0.0.1", "localhost");
    let iap = Iap::new(AUDIENCE.to_owned(), elsewhere.parse().unwrap());
    assert_eq!(asked(&iap, &signer, 0).await, Err(UNKNOWN));
    server.was_asked(0);

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = tokio::spawn(async move {
        let mut first = [0; 6];
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_exact(&mut first).await.unwrap();
        first
    });
    let iap = Iap::new(
        AUDIENCE.to_owned(),
        format!("https://{address}/").parse().unwrap(),
    );
    assert_eq!(asked(&iap, &signer, 0).await, Err(UNKNOWN));
    // A record of a handshake, and in it a client's hello (RFC 8446, sections 4 and 5.1).
    let heard = heard.await.unwrap();
    assert_eq!((heard[0], heard[5]), (22, 1), "{heard:?}");
}
