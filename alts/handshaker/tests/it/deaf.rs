//! Libraries that take no answers any more: at their own cost, and for a bounded time.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use alts_daemon::clock::Clock;
use alts_handshaker::{limits::Limits, metrics::Metrics};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
};
use tonic::transport::Endpoint;

use crate::{
    limits::{counted_handshaker, handshaker},
    support::*,
};

impl Library {
    /// One that lets nobody send it anything: its calls' windows are empty.
    pub(crate) async fn deaf(address: SocketAddr) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
        Self::connect_as(endpoint.initial_stream_window_size(0), "grpc-c/53").await
    }
}

#[tokio::test]
async fn a_library_that_reads_nothing_costs_its_own_call_and_for_a_bounded_time() {
    let limits = Limits {
        handshake: Duration::from_millis(200),
        ..Limits::default()
    };
    let address = handshaker(limits).await;
    let library = Library::connect(address, "grpc-c/53").await;
    let deaf = library.call().await;
    // Answers pile up to their bound, and then the call has to wait; nobody reads.
    for _ in 0..4 {
        let _ = deaf.requests.send(next(b"")).await;
    }
    let mut stuck = library.call().await;
    stuck.requests.send(client_start(&[SERVER])).await.unwrap();
    for _ in 0..8 {
        if stuck.requests.send(next(b"")).await.is_err() {
            break;
        }
    }
    // Others on the same connection are served meanwhile.
    library.start_client(&[SERVER]).await;
    // And the stuck one has ended by itself: its last answer is the reason.
    let status = loop {
        match stuck.answer().await {
            Ok(Some(_)) => {}
            Ok(None) => break None,
            Err(status) => break Some(status),
        }
    };
    assert_eq!(status.unwrap().code(), tonic::Code::DeadlineExceeded);
}

/// Whether so many handshakes are under way on `vm`, at the latest soon.
async fn soon_in_progress(metrics: &Metrics, count: usize) {
    let line = format!("alts_handshakes_in_progress{{machine=\"vm\"}} {count}\n");
    within(async {
        while !metrics.render().contains(&line) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

/// Calls that a library has open and does nothing with yet.
async fn open_calls(library: &Library) -> Vec<Call> {
    const CALLS: usize = 50;
    let mut open = Vec::new();
    for _ in 0..CALLS {
        open.push(library.call().await);
    }
    open
}

/// Handshakes are begun that nobody reads the answers of: another library is served meanwhile, and
/// they end by themselves.
async fn cost_places_for_a_bounded_time(deaf: &[Call], address: SocketAddr, metrics: &Metrics) {
    for call in deaf {
        call.requests.send(client_start(&[SERVER])).await.unwrap();
    }
    soon_in_progress(metrics, deaf.len()).await;
    let library = Library::connect(address, "grpc-c/53").await;
    library.start_client(&[SERVER]).await;
    soon_in_progress(metrics, 0).await;
    let rendered = metrics.render();
    assert!(
        rendered.contains("outcome=\"timed out\",code=\"DeadlineExceeded\""),
        "{rendered}"
    );
}

fn impatient() -> Limits {
    Limits {
        handshake: Duration::from_millis(300),
        ..Limits::default()
    }
}

#[tokio::test]
async fn a_library_that_takes_no_answer_costs_its_calls_places_for_a_bounded_time() {
    let metrics = Arc::new(Metrics::new(Clock::system()));
    let address = counted_handshaker(impatient(), Arc::clone(&metrics)).await;
    let deaf = open_calls(&Library::deaf(address).await).await;
    cost_places_for_a_bounded_time(&deaf, address, &metrics).await;
}

#[tokio::test]
async fn a_library_that_reads_no_byte_any_more_costs_its_calls_places_for_a_bounded_time() {
    let metrics = Arc::new(Metrics::new(Clock::system()));
    let address = counted_handshaker(impatient(), Arc::clone(&metrics)).await;
    let line = OneWayLine::to(address).await;
    let calls = open_calls(&Library::connect(line.address, "grpc-c/53").await).await;
    line.stop_reading();
    cost_places_for_a_bounded_time(&calls, address, &metrics).await;
}

/// Between a library and a handshaker: once told, it takes no byte from the handshaker any more and
/// still passes on the library's.
struct OneWayLine {
    address: SocketAddr,
    deafen: oneshot::Sender<()>,
}

impl OneWayLine {
    async fn to(handshaker: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let far = TcpStream::connect(handshaker).await.unwrap();
        let (deafen, deaf) = oneshot::channel();
        tokio::spawn(async move {
            let (near, _) = listener.accept().await.unwrap();
            let (mut near_read, mut near_write) = near.into_split();
            let (mut far_read, mut far_write) = far.into_split();
            let answers = async {
                tokio::select! {
                    _ = tokio::io::copy(&mut far_read, &mut near_write) => {}
                    _ = deaf => std::future::pending().await,
                }
            };
            let requests = tokio::io::copy(&mut near_read, &mut far_write);
            let _ = tokio::join!(answers, requests);
        });
        Self { address, deafen }
    }

    fn stop_reading(self) {
        self.deafen.send(()).unwrap();
    }
}
