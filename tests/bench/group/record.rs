//! The record layer in memory, against the bare cipher on the same back end.
//!
//! ```text
//!   write:  [9 B, 16 KiB] slices ──AltsStream──> one frame, flushed, thrown away
//!   read:   sealed frames ──copy, as from a socket──> AltsStream ──copy out──> 16 KiB + 9 B
//!   bare:   16 KiB + 9 B sealed or opened in place
//! ```
//!
//! Nine and 16 KiB because HTTP/2 hands over the head and body of a frame so, and flushes after
//! each.

use std::{
    cell::RefCell,
    hint::black_box,
    io::{self, IoSlice},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use alts::{
    AltsContext, AltsStream,
    record::{OVERHEAD_LEN, Sealer, Side, TRAFFIC_KEY_LEN, TrafficKeys, aead::BackEnd},
};
use anyhow::{Result, anyhow, ensure};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::{
    cipher::{self, BATCH, BODY_LEN, HEAD_LEN, RECORD_LEN},
    clock::{Cost, Stopwatch},
    findings::{Figure, Findings, Plan, Seen},
    goals::Measure,
    rounds::interleave,
    stats::ratios,
};

/// Batches per turn.
const QUICK_BATCHES: usize = 512;
const BATCHES: usize = 2048;
/// What the largest frame of a stream may be; none here comes near.
const MAX_FRAME_LEN: usize = 128 * 1024;

/// What takes turns.
#[derive(Debug, Clone, Copy)]
enum Lane {
    BareSeal,
    Write,
    BareOpen,
    Read,
}

const LANES: [(Lane, &str); 4] = [
    (Lane::BareSeal, "bare AEAD, seal"),
    (Lane::Write, "record stream, write"),
    (Lane::BareOpen, "bare AEAD, open"),
    (Lane::Read, "record stream, read"),
];

pub(super) async fn run(plan: &Plan) -> Result<Findings> {
    let batches = plan.amount(QUICK_BATCHES, BATCHES);
    let scores = interleave(plan.rounds, &LANES, async |(lane, _)| {
        let cost = match lane {
            Lane::BareSeal => cipher::seal(batches)?,
            Lane::Write => write(batches)?,
            Lane::BareOpen => cipher::open(batches)?,
            Lane::Read => read(batches)?,
        };
        Ok(cost.per_cpu_s((batches * BATCH * RECORD_LEN) as u64))
    })
    .await?;
    let [bare_seal, write, bare_open, read] = scores.as_slice() else {
        return Err(anyhow!("{} lanes instead of four", scores.len()));
    };
    let seen = vec![
        Seen::single(Measure::RecordWrite, ratios(write, bare_seal)),
        Seen::single(Measure::RecordRead, ratios(read, bare_open)),
    ];
    let back_end = BackEnd::from_env()?.name();
    let figures = LANES.iter().zip(&scores).map(|((_, name), scores)| {
        let megabytes: Vec<f64> = scores.iter().map(|bytes| bytes / 1e6).collect();
        Figure::of(format!("{name}, {back_end}"), &megabytes, "MB/CPU-s")
    });
    Ok(Findings {
        seen,
        figures: figures.collect(),
    })
}

fn write(batches: usize) -> Result<Cost> {
    let mut stream = stream(Drain, Side::Client)?;
    let head = [0x17; HEAD_LEN];
    let bodies = vec![[0x5a; BODY_LEN]; BATCH];
    let mut cx = Context::from_waker(Waker::noop());
    let stopwatch = Stopwatch::start();
    for _ in 0..batches {
        for body in &bodies {
            let slices = [IoSlice::new(&head), IoSlice::new(body)];
            let Poll::Ready(written) = Pin::new(&mut stream).poll_write_vectored(&mut cx, &slices)
            else {
                return Err(anyhow!("a stream that waits although its drain does not"));
            };
            ensure!(written? == RECORD_LEN, "a short write");
            let Poll::Ready(flushed) = Pin::new(&mut stream).poll_flush(&mut cx) else {
                return Err(anyhow!("a flush that waits although its drain does not"));
            };
            flushed?;
        }
    }
    Ok(stopwatch.read())
}

fn read(batches: usize) -> Result<Cost> {
    let mut sealer = Sealer::new(BackEnd::from_env()?, &keys()?, Side::Server);
    let tape = Tape::default();
    let mut stream = stream(tape.clone(), Side::Client)?;
    let plaintext = vec![0x5a; RECORD_LEN];
    let mut out = vec![0; RECORD_LEN];
    let mut cx = Context::from_waker(Waker::noop());
    let mut cost = Cost::default();
    for _ in 0..batches {
        tape.refill(&mut sealer, &plaintext)?;
        let stopwatch = Stopwatch::start();
        let mut taken = 0;
        loop {
            let mut buffer = ReadBuf::new(&mut out);
            match Pin::new(&mut stream).poll_read(&mut cx, &mut buffer) {
                Poll::Ready(read) => read?,
                Poll::Pending => break,
            }
            taken += black_box(buffer.filled()).len();
        }
        cost += stopwatch.read();
        ensure!(taken == BATCH * RECORD_LEN, "{taken} bytes came out");
    }
    Ok(cost)
}

fn stream<IO>(io: IO, side: Side) -> Result<AltsStream<IO>> {
    let peer = "peer@bench.iam.gserviceaccount.com".parse()?;
    let context = AltsContext::dangerous_unproven(peer);
    Ok(AltsStream::dangerous_from_keys(
        io,
        BackEnd::from_env()?,
        side,
        keys()?,
        context,
        MAX_FRAME_LEN,
    ))
}

fn keys() -> Result<TrafficKeys> {
    TrafficKeys::from_key_data(&[7; TRAFFIC_KEY_LEN]).ok_or_else(|| anyhow!("key data too short"))
}

/// A transport that takes everything and keeps nothing.
#[derive(Debug)]
struct Drain;

impl AsyncWrite for Drain {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(black_box(buf).len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A transport from which a batch of sealed frames can be read, as much at a time as is asked
/// for; then it has nothing, like a socket whose peer is slower. Clones share the batch.
#[derive(Debug, Clone, Default)]
struct Tape(Rc<RefCell<Batch>>);

#[derive(Debug, Default)]
struct Batch {
    sealed: Vec<u8>,
    read: usize,
}

impl Tape {
    fn refill(&self, sealer: &mut Sealer, plaintext: &[u8]) -> Result<()> {
        let mut batch = self.0.borrow_mut();
        batch.sealed.clear();
        batch
            .sealed
            .reserve(BATCH * (plaintext.len() + OVERHEAD_LEN));
        batch.read = 0;
        for _ in 0..BATCH {
            sealer.seal(plaintext, &mut batch.sealed)?;
        }
        Ok(())
    }
}

impl AsyncRead for Tape {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut batch = self.0.borrow_mut();
        let rest = &batch.sealed[batch.read..];
        if rest.is_empty() {
            return Poll::Pending;
        }
        let len = rest.len().min(buf.remaining());
        buf.put_slice(&rest[..len]);
        batch.read += len;
        Poll::Ready(Ok(()))
    }
}
