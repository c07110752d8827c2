//! A relay between two ALTS peers that counts what passes, and on request misbehaves as networks
//! do. It has no keys: it sees frames, which handshake messages and records both are.
//!
//! ```text
//!      0        4        8                      4 + length
//!      +--------+--------+----------------------+
//!      | length |  type  |                      |    little-endian; type 6 is a record
//!      +--------+--------+----------------------+
//! ```

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// The message type of a record. Those of handshake messages are above it.
const RECORD: u32 = 6;
/// The type of the client's first handshake message.
const CLIENT_INIT: u32 = 0x11;
/// The longest record that any library sends: C-core's limit.
const MAX_LENGTH: usize = 16 << 20;
/// Bytes that arrive together when a handshake drips: never as many as a frame's header has.
const DRIP_LEN: usize = 5;
/// Pause after each, so that the reader gets them apart.
const DRIP_PAUSE: Duration = Duration::from_millis(1);

/// What the relay does to what passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mischief {
    /// Nothing.
    None,
    /// Handshake messages arrive a few bytes at a time, the first byte alone.
    Drip,
    /// The client's last handshake message arrives in one piece with its first record.
    Coalesce,
    /// One bit of this record of the client's, counted from 0, is flipped.
    FlipClientRecord(u64),
    /// The same for the server's.
    FlipServerRecord(u64),
}

/// What passed in one direction, over all connections.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    records: AtomicU64,
    longest: AtomicU64,
}

impl Traffic {
    /// Records so far.
    pub(crate) fn records(&self) -> u64 {
        self.records.load(Ordering::Relaxed)
    }

    /// Bytes on the wire of the longest record so far, header and tag included.
    pub(crate) fn longest(&self) -> u64 {
        self.longest.load(Ordering::Relaxed)
    }

    fn count(&self, frame: &[u8]) -> u64 {
        self.longest
            .fetch_max(frame.len() as u64, Ordering::Relaxed);
        self.records.fetch_add(1, Ordering::Relaxed)
    }
}

/// A running relay. It stops with the runtime.
#[derive(Debug)]
pub(crate) struct Wiretap {
    /// Where it listens.
    pub(crate) address: String,
    /// From the client.
    pub(crate) client: Arc<Traffic>,
    /// From the server.
    pub(crate) server: Arc<Traffic>,
    connections: Arc<AtomicU64>,
}

impl Wiretap {
    /// A relay to this address.
    pub(crate) async fn on(address: &str, mischief: Mischief) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let tap = Self {
            address: listener.local_addr().expect("its address").to_string(),
            client: Arc::default(),
            server: Arc::default(),
            connections: Arc::default(),
        };
        let (client, server) = (Arc::clone(&tap.client), Arc::clone(&tap.server));
        let connections = Arc::clone(&tap.connections);
        let address = address.to_owned();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = TcpStream::connect(&address).await else {
                    continue; // The client sees its connection closed, as without a relay.
                };
                connections.fetch_add(1, Ordering::Relaxed);
                near.set_nodelay(true).expect("a socket");
                far.set_nodelay(true).expect("a socket");
                let (from_client, to_client) = near.into_split();
                let (from_server, to_server) = far.into_split();
                tokio::spawn(relay(
                    from_client,
                    to_server,
                    Arc::clone(&client),
                    mischief,
                    true,
                ));
                tokio::spawn(relay(
                    from_server,
                    to_client,
                    Arc::clone(&server),
                    mischief,
                    false,
                ));
            }
        });
        tap
    }

    /// Connections so far.
    pub(crate) fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }
}

/// Passes frames on until either side closes.
async fn relay(
    from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    traffic: Arc<Traffic>,
    mischief: Mischief,
    from_client: bool,
) -> io::Result<()> {
    let mut from = BufReader::with_capacity(1 << 16, from);
    let mut held = Vec::new();
    let mut record = 0;
    loop {
        let Ok(mut frame) = frame(&mut from).await else {
            return to.shutdown().await;
        };
        let is_record = frame[4..8] == RECORD.to_le_bytes();
        let is_first = frame[4..8] == CLIENT_INIT.to_le_bytes();
        if is_record {
            traffic.count(&frame);
            let flipped = match mischief {
                Mischief::FlipClientRecord(n) => from_client && n == record,
                Mischief::FlipServerRecord(n) => !from_client && n == record,
                _ => false,
            };
            if flipped {
                frame[8] ^= 1;
            }
            record += 1;
        }
        held.append(&mut frame);
        match mischief {
            Mischief::Coalesce if from_client && !is_record && !is_first => continue,
            Mischief::Drip if !is_record => drip(&mut to, &held).await?,
            _ => to.write_all(&held).await?,
        }
        held.clear();
    }
}

async fn drip(to: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    let (first, rest) = bytes.split_at(1);
    for drop in std::iter::once(first).chain(rest.chunks(DRIP_LEN)) {
        to.write_all(drop).await?;
        tokio::time::sleep(DRIP_PAUSE).await;
    }
    Ok(())
}

/// One whole frame.
async fn frame(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut frame = vec![0; 4];
    from.read_exact(&mut frame).await?;
    let length = u32::from_le_bytes([frame[0], frame[1], frame[2], frame[3]]) as usize;
    if !(4..=MAX_LENGTH).contains(&length) {
        return Err(io::Error::other("not ALTS"));
    }
    frame.resize(4 + length, 0);
    from.read_exact(&mut frame[4..]).await?;
    Ok(frame)
}
