//! What is written: in which frames, to a transport that is stuck, to one that is broken.

use std::io::IoSlice;

use super::*;

#[test]
fn head_and_body_of_a_vectored_write_share_one_record() {
    let mut stream = client(Wire {
        write_step: usize::MAX,
        ..Wire::default()
    });
    assert!(stream.is_write_vectored());
    let (head, body) = ([0; 9], [1; 16_384]);
    let bufs = [IoSlice::new(&head), IoSlice::new(&body)];
    let written = Pin::new(&mut stream).poll_write_vectored(&mut context(), &bufs);
    assert!(matches!(written, Poll::Ready(Ok(16_393))), "{written:?}");
    assert!(
        stream.io.outgoing.is_empty(),
        "nothing is sent before a flush"
    );
    assert!(Pin::new(&mut stream).poll_flush(&mut context()).is_ready());
    assert_eq!(frame_lens(&stream.io.outgoing), [16_393 + OVERHEAD_LEN]);
}

#[test]
fn no_frame_exceeds_what_the_peer_accepts() {
    for max in [OVERHEAD_LEN + 1, 1000, 16_384] {
        let wire = Wire {
            write_step: usize::MAX,
            ..Wire::default()
        };
        let mut stream = AltsStream::new(wire, aead(), established(Side::Client, max, Vec::new()));
        let mut rest: &[u8] = &[5; 10_000];
        while !rest.is_empty() {
            let Poll::Ready(Ok(len)) = Pin::new(&mut stream).poll_write(&mut context(), rest)
            else {
                panic!("stuck")
            };
            rest = &rest[len..];
        }
        assert!(Pin::new(&mut stream).poll_flush(&mut context()).is_ready());
        let lens = frame_lens(&stream.io.outgoing);
        assert!(lens.iter().all(|&len| len <= max), "{max}: {lens:?}");
        assert_eq!(
            lens.iter().map(|len| len - OVERHEAD_LEN).sum::<usize>(),
            10_000
        );
    }
}

#[test]
fn a_stuck_transport_stops_the_writer_and_nothing_accepted_is_lost() {
    let mut stream = client(Wire::default());
    let chunk = [7; 10_000];
    let mut accepted = 0;
    while let Poll::Ready(written) = Pin::new(&mut stream).poll_write(&mut context(), &chunk) {
        accepted += written.expect("accepted");
        assert!(accepted < 1 << 20, "unbounded buffering");
    }
    assert!(accepted > chunk.len());
    assert!(
        Pin::new(&mut stream)
            .poll_flush(&mut context())
            .is_pending()
    );
    stream.io.write_step = 1000;
    assert!(
        Pin::new(&mut stream)
            .poll_shutdown(&mut context())
            .is_ready()
    );
    assert!(stream.io.shut);
    let sent: usize = frame_lens(&stream.io.outgoing)
        .iter()
        .map(|len| len - OVERHEAD_LEN)
        .sum();
    assert_eq!(sent, accepted);
}

#[test]
fn a_failed_write_is_final() {
    #[derive(Debug)]
    struct Broken;
    impl AsyncWrite for Broken {
        fn poll_write(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &[u8],
        ) -> Poll<io::Result<usize>> {
            Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
        }
        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }
    let mut stream = client(Broken);
    assert!(
        Pin::new(&mut stream)
            .poll_write(&mut context(), b"text")
            .is_ready()
    );
    for _ in 0..2 {
        let Poll::Ready(Err(error)) = Pin::new(&mut stream).poll_flush(&mut context()) else {
            panic!("no error")
        };
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
    let Poll::Ready(Err(_)) = Pin::new(&mut stream).poll_write(&mut context(), b"more") else {
        panic!("written after an error")
    };
}
