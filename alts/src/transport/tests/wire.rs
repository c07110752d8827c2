//! A proxy between a channel and its backend that can cut or alter what flows to the client.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Harm {
    None,
    /// One bit of whatever comes next from the server is flipped.
    Alter,
}

/// The proxy. It stops when the test's runtime does.
pub(super) struct Wire {
    pub(super) address: SocketAddr,
    harm: watch::Sender<Harm>,
    cuts: watch::Sender<usize>,
    dials: watch::Sender<usize>,
}

impl Wire {
    pub(super) async fn to(backend: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let wire = Self {
            address: listener.local_addr().expect("bound"),
            harm: watch::Sender::new(Harm::None),
            cuts: watch::Sender::new(0),
            dials: watch::Sender::new(0),
        };
        let (harm, cuts) = (wire.harm.clone(), wire.cuts.clone());
        let dials = wire.dials.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                dials.send_modify(|dials| *dials += 1);
                let mut cut = cuts.subscribe();
                let harm = harm.subscribe();
                tokio::spawn(async move {
                    // Dropping the relay closes both sockets.
                    tokio::select! {
                        () = relay(near, backend, harm) => {}
                        _ = cut.changed() => {}
                    }
                });
            }
        });
        wire
    }

    /// Ends all connections that there are; later ones live.
    pub(super) fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// From now on, what the server sends arrives altered.
    pub(super) fn alter(&self) {
        self.harm.send_replace(Harm::Alter);
    }

    pub(super) fn heal(&self) {
        self.harm.send_replace(Harm::None);
    }

    /// Waits until it has been dialled so many times.
    pub(super) async fn has_been_dialled(&self, times: usize) {
        let mut dials = self.dials.subscribe();
        dials.wait_for(|&n| n >= times).await.expect("running");
    }

    pub(super) fn dials(&self) -> usize {
        *self.dials.borrow()
    }
}

async fn relay(near: TcpStream, backend: SocketAddr, harm: watch::Receiver<Harm>) {
    let Ok(far) = TcpStream::connect(backend).await else {
        return;
    };
    let (mut near_read, mut near_write) = near.into_split();
    let (mut far_read, mut far_write) = far.into_split();
    let there = tokio::io::copy(&mut near_read, &mut far_write);
    let back = async {
        let mut bytes = vec![0; 64 * 1024];
        while let Ok(len @ 1..) = far_read.read(&mut bytes).await {
            if *harm.borrow() == Harm::Alter {
                bytes[len - 1] ^= 1;
            }
            if near_write.write_all(&bytes[..len]).await.is_err() {
                break;
            }
        }
    };
    tokio::select! {
        _ = there => {}
        () = back => {}
    }
}
