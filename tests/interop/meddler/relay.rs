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

use anyhow::{Result, bail};
use serde_json::{Value, json};
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

impl Mischief {
    /// As it is typed.
    pub(crate) fn parse(words: &[&str]) -> Result<Self> {
        Ok(match *words {
            [] => Self::None,
            ["drip"] => Self::Drip,
            ["coalesce"] => Self::Coalesce,
            ["flip-client-record", n] => Self::FlipClientRecord(n.parse()?),
            ["flip-server-record", n] => Self::FlipServerRecord(n.parse()?),
            _ => bail!("drip | coalesce | flip-client-record N | flip-server-record N"),
        })
    }
}

/// What passed in one direction, over all connections.
#[derive(Debug, Default)]
struct Traffic {
    records: AtomicU64,
    longest: AtomicU64,
}

impl Traffic {
    fn count(&self, frame: &[u8]) {
        self.longest
            .fetch_max(frame.len() as u64, Ordering::Relaxed);
        self.records.fetch_add(1, Ordering::Relaxed);
    }

    /// Records so far, and the bytes on the wire of the longest, header and tag included.
    fn seen(&self) -> Value {
        json!({
            "records": self.records.load(Ordering::Relaxed),
            "longest": self.longest.load(Ordering::Relaxed),
        })
    }
}

/// A running relay. It stops with the runtime.
#[derive(Debug, Default)]
pub(crate) struct Relay {
    from_client: Arc<Traffic>,
    from_server: Arc<Traffic>,
    connections: Arc<AtomicU64>,
}

impl Relay {
    /// Relays what comes to the listener to this address.
    pub(crate) fn start(listener: TcpListener, address: &str, mischief: Mischief) -> Self {
        let started = Self::default();
        let (client, server) = (
            Arc::clone(&started.from_client),
            Arc::clone(&started.from_server),
        );
        let connections = Arc::clone(&started.connections);
        let address = address.to_owned();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = TcpStream::connect(&address).await else {
                    continue; // The client sees its connection closed, as without a relay.
                };
                connections.fetch_add(1, Ordering::Relaxed);
                // Bytes that are told apart here arrive apart; without it they may not.
                _ = (near.set_nodelay(true), far.set_nodelay(true));
                let (near_out, near_in) = near.into_split();
                let (far_out, far_in) = far.into_split();
                let (client, server) = (Arc::clone(&client), Arc::clone(&server));
                tokio::spawn(relay(near_out, far_in, client, mischief, true));
                tokio::spawn(relay(far_out, near_in, server, mischief, false));
            }
        });
        started
    }

    /// What has passed so far.
    pub(crate) fn seen(&self) -> Value {
        json!({
            "connections": self.connections.load(Ordering::Relaxed),
            "client": self.from_client.seen(),
            "server": self.from_server.seen(),
        })
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
