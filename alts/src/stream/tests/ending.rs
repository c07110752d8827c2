//! A server's connection that has to go, whatever its peer does.

use std::sync::{Arc, atomic::AtomicUsize};

use super::*;
use crate::{ServerConnections, ServerLimits};

/// A server's stream, and those that may end it.
fn served(io: Wire) -> (AltsStream<Wire>, Arc<ServerConnections>) {
    let connections = ServerConnections::new(ServerLimits::default());
    let guest = connections.admit(([192, 0, 2, 1], 1).into());
    (server(io).with_guest(guest), connections)
}

/// The reason, and nothing else.
fn cut<T: std::fmt::Debug>(outcome: Poll<io::Result<T>>) {
    let Poll::Ready(Err(error)) = outcome else {
        panic!("it goes on: {outcome:?}")
    };
    assert_eq!(error.kind(), io::ErrorKind::ConnectionAborted);
    assert_eq!(error.to_string(), "drained");
}

#[tokio::test]
async fn a_flood_is_cut_in_either_direction_and_what_came_late_is_not_read() {
    let wire = Wire {
        write_step: usize::MAX,
        ..Wire::carrying(&frames(&[b"one", b"two", b"three"]))
    };
    let (mut stream, connections) = served(wire);
    let mut one = [0; 3];
    stream.read_exact(&mut one).await.expect("not yet");
    stream.write_all(b"answer").await.expect("not yet");
    stream.flush().await.expect("not yet");
    connections.stop();
    let mut next = [0; 3];
    let mut next = ReadBuf::new(&mut next);
    cut(Pin::new(&mut stream).poll_read(&mut context(), &mut next));
    assert!(next.filled().is_empty());
    cut(Pin::new(&mut stream).poll_write(&mut context(), b"answer"));
    cut(Pin::new(&mut stream).poll_flush(&mut context()));
    cut(Pin::new(&mut stream).poll_shutdown(&mut context()));
    assert_eq!(connections.closed(), [("drained", 1)].into());
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl std::task::Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

#[tokio::test]
async fn whoever_reads_and_whoever_writes_are_both_woken() {
    let (mut stream, connections) = served(Wire::default());
    let mut room = [0; 1];
    let mut room = ReadBuf::new(&mut room);
    let [reader, writer] = [(); 2].map(|()| Arc::<Wakes>::default());
    let [reads, writes] = [&reader, &writer].map(|it| Waker::from(Arc::clone(it)));
    let [mut reads, mut writes] = [&reads, &writes].map(Context::from_waker);
    assert!(
        Pin::new(&mut stream)
            .poll_read(&mut reads, &mut room)
            .is_pending()
    );
    let written = Pin::new(&mut stream).poll_write(&mut writes, b"answer");
    assert!(written.is_ready());
    assert!(Pin::new(&mut stream).poll_flush(&mut writes).is_pending());
    connections.stop();
    assert_eq!([reader, writer].map(|it| it.0.load(Relaxed)), [1, 1]);
    cut(Pin::new(&mut stream).poll_read(&mut reads, &mut room));
    cut(Pin::new(&mut stream).poll_flush(&mut writes));
}
