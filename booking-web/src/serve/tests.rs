//! Over real loopback sockets: what a visitor sees while the front end stops, and what a silent
//! visitor costs.

use std::net::SocketAddr;

use axum::routing::get;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    sync::{Notify, oneshot},
    task::JoinHandle,
};

use super::*;

/// Longer than any test should take; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

/// A front end whose one page says when it was asked and answers when told to.
struct Slow {
    address: SocketAddr,
    asked: Arc<Notify>,
    answer: Arc<Notify>,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<bool>,
}

impl Slow {
    async fn start(drain: Duration) -> Self {
        let (asked, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let page = {
            let (asked, answer) = (Arc::clone(&asked), Arc::clone(&answer));
            get(move || async move {
                asked.notify_one();
                answer.notified().await;
                "answered"
            })
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async move { drop(stopped.await) };
        let app = Router::new().route("/", page);
        let ended = tokio::spawn(serve(listener, app, shutdown, HEAD_TIME, drain));
        Self {
            address,
            asked,
            answer,
            stop,
            ended,
        }
    }

    async fn visit(&self) -> TcpStream {
        let mut visitor = TcpStream::connect(self.address).await.unwrap();
        visitor
            .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .await
            .unwrap();
        self.asked.notified().await;
        visitor
    }
}

async fn within<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("hangs")
}

#[tokio::test]
async fn a_request_in_progress_is_answered_before_the_end() {
    let slow = Slow::start(PATIENCE).await;
    let mut visitor = within(slow.visit()).await;
    slow.stop.send(()).unwrap();
    slow.answer.notify_one();
    let mut seen = String::new();
    within(visitor.read_to_string(&mut seen)).await.unwrap();
    assert!(
        seen.starts_with("HTTP/1.1 200") && seen.ends_with("answered"),
        "{seen}"
    );
    assert!(within(slow.ended).await.unwrap(), "everybody was answered");
}

#[tokio::test]
async fn a_visitor_who_says_nothing_does_not_delay_the_end() {
    let slow = Slow::start(PATIENCE).await;
    let silent = TcpStream::connect(slow.address).await.unwrap();
    // Its connection was accepted before that of the next visitor, who is heard.
    let visitor = within(slow.visit()).await;
    drop(visitor);
    slow.stop.send(()).unwrap();
    slow.answer.notify_one();
    assert!(within(slow.ended).await.unwrap());
    drop(silent);
}

#[tokio::test]
async fn a_request_that_never_ends_delays_the_end_no_longer_than_the_drain() {
    let slow = Slow::start(Duration::from_millis(50)).await;
    let visitor = within(slow.visit()).await;
    slow.stop.send(()).unwrap();
    assert!(
        !within(slow.ended).await.unwrap(),
        "somebody was not answered"
    );
    drop(visitor);
}

#[tokio::test]
async fn after_the_end_nobody_is_let_in() {
    let slow = Slow::start(PATIENCE).await;
    slow.stop.send(()).unwrap();
    assert!(within(slow.ended).await.unwrap());
    assert!(TcpStream::connect(slow.address).await.is_err());
}

#[tokio::test]
async fn a_head_beyond_the_limit_is_refused() {
    let slow = Slow::start(PATIENCE).await;
    let mut visitor = TcpStream::connect(slow.address).await.unwrap();
    let mut head = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Filler: ".to_vec();
    head.resize(head.len() + 2 * MAX_HEAD_BYTES, b'x');
    // The server may hang up before all of it is written.
    drop(visitor.write_all(&head).await);
    let mut seen = Vec::new();
    drop(within(visitor.read_to_end(&mut seen)).await);
    let seen = String::from_utf8_lossy(&seen);
    assert!(
        seen.is_empty() || seen.starts_with("HTTP/1.1 431"),
        "{seen}"
    );
}
