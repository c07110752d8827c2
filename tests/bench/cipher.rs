//! The bare cipher that ALTS uses in this run: what sealing and opening cost before anything is built on them.

use std::hint::black_box;

use alts::record::aead::{Aead, BackEnd, KEY_LEN, NONCE_LEN, TAG_LEN};
use anyhow::{Result, anyhow};

use crate::clock::{Cost, Stopwatch};

/// Bytes of a record: the head of an HTTP/2 frame and a body of its default size.
pub(crate) const RECORD_LEN: usize = HEAD_LEN + BODY_LEN;
/// An HTTP/2 frame's head.
pub(crate) const HEAD_LEN: usize = 9;
/// Its body, at HTTP/2's default.
pub(crate) const BODY_LEN: usize = 16 * 1024;
/// Buffers in turn: 256 KiB, as much as a busy connection touches.
pub(crate) const BATCH: usize = 16;

/// Seals so many batches of records where they lie.
///
/// # Errors
/// Never: the run would have ended before.
pub(crate) fn seal(batches: usize) -> Result<Cost> {
    let mut bare = Bare::new()?;
    let stopwatch = Stopwatch::start();
    for _ in 0..batches {
        for buffer in &mut bare.buffers {
            black_box(bare.aead.seal(&bare.nonces.next(), &[], buffer));
        }
    }
    Ok(stopwatch.read())
}

/// Opens so many batches of records where they lie; sealing them first is not counted.
///
/// # Errors
/// Never: every tag is right.
pub(crate) fn open(batches: usize) -> Result<Cost> {
    let mut bare = Bare::new()?;
    let mut cost = Cost::default();
    for _ in 0..batches {
        let sealed = bare.seal_batch();
        let stopwatch = Stopwatch::start();
        for (buffer, (nonce, tag)) in bare.buffers.iter_mut().zip(&sealed) {
            bare.aead
                .open(nonce, &[], buffer, tag)
                .map_err(|_| anyhow!("a record that was not altered does not open"))?;
        }
        cost += stopwatch.read();
    }
    Ok(cost)
}

/// A keyed cipher and something to protect.
struct Bare {
    aead: Aead,
    buffers: Vec<[u8; RECORD_LEN]>,
    nonces: Nonces,
}

impl Bare {
    fn new() -> Result<Self> {
        Ok(Self {
            aead: Aead::new(BackEnd::from_env()?, &[7; KEY_LEN]),
            buffers: vec![[0x5a; RECORD_LEN]; BATCH],
            nonces: Nonces::default(),
        })
    }

    fn seal_batch(&mut self) -> Vec<([u8; NONCE_LEN], [u8; TAG_LEN])> {
        let Self {
            aead,
            buffers,
            nonces,
        } = self;
        let sealed = buffers.iter_mut().map(|buffer| {
            let nonce = nonces.next();
            (nonce, aead.seal(&nonce, &[], buffer))
        });
        sealed.collect()
    }
}

/// Nonces that differ.
#[derive(Debug, Default)]
struct Nonces(u64);

impl Nonces {
    fn next(&mut self) -> [u8; NONCE_LEN] {
        self.0 += 1;
        let mut nonce = [0; NONCE_LEN];
        nonce[..8].copy_from_slice(&self.0.to_le_bytes());
        nonce
    }
}
