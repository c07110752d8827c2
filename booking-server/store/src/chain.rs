//! The chain of the audit: what is hashed, and how a whole chain is computed again.
//!
//! ```text
//!   hash(n) = SHA-256( "ot-booking audit 1\n" ‖ hash(n-1) ‖ n ‖ at ‖ text … ‖ count ‖ change … )
//!
//!   n, at (microseconds), count   8 bytes each, big-endian
//!   text                          its length in bytes, 8 bytes big-endian, then UTF-8
//!   change                        field, before, after: three texts
//!   hash(0)                       32 zero bytes
//! ```
//!
//! Every part has a fixed or a leading length, so no two events are written alike.

use sha2::{Digest as _, Sha256};

use crate::{AuditRecord, ChainReport, Reads, StoreError, rows::log::read_event};

/// Sets these hashes apart from all others, and says how they are made.
const DOMAIN: &[u8] = b"ot-booking audit 1\n";

/// What the first event follows.
pub(crate) const GENESIS: [u8; 32] = [0; 32];

/// Events that are in memory at once while a chain is computed again.
const PAGE: u32 = 1_000;

/// The hash of an event in its place.
pub(crate) fn hash(previous: &[u8; 32], sequence: u64, record: &AuditRecord) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(DOMAIN);
    hasher.update(previous);
    hasher.update(sequence.to_be_bytes());
    hasher.update(record.at.as_microsecond().to_be_bytes());
    for part in [
        &record.method,
        &record.resource,
        &record.account,
        &record.transport,
        &record.person,
        &record.request_id,
        &record.etag_before,
        &record.etag_after,
        &record.reason,
    ] {
        text(&mut hasher, part);
    }
    text(&mut hasher, record.outcome.as_str());
    hasher.update(length(record.changes.len()));
    for change in &record.changes {
        for part in [&change.field, &change.before, &change.after] {
            text(&mut hasher, part);
        }
    }
    hasher.finalize().into()
}

fn text(hasher: &mut Sha256, text: &str) {
    hasher.update(length(text.len()));
    hasher.update(text);
}

fn length(of: usize) -> [u8; 8] {
    let of = u64::try_from(of).expect("nothing is longer than memory");
    of.to_be_bytes()
}

/// Computes the whole chain again, and compares its end with the head.
pub(crate) async fn verify(reads: &mut Reads) -> Result<ChainReport, StoreError> {
    let head = reads.head().await?;
    let (mut events, mut hash) = (0, GENESIS);
    loop {
        let rows = reads.audit_rows(events, PAGE).await?;
        for row in &rows {
            let place = events + 1;
            match read_event(row) {
                Ok((event, previous)) => {
                    let fits = follows(&event, &previous, place, &hash);
                    if let Err(why) = fits {
                        return Ok(report(events, hash, Some((place, why))));
                    }
                    hash = event.hash;
                }
                Err(error) => return Ok(report(events, hash, Some((place, error.to_string())))),
            }
            events = place;
        }
        if rows.is_empty() {
            break;
        }
    }
    let ends_well = events == head.audit_seq && hash == head.audit_hash;
    let cut = || {
        let why = format!("the chain should end with event {}", head.audit_seq);
        (events + 1, why)
    };
    Ok(report(events, hash, (!ends_well).then(cut)))
}

fn follows(
    event: &crate::AuditEvent,
    previous: &[u8; 32],
    place: u64,
    before: &[u8; 32],
) -> Result<(), String> {
    if event.sequence != place {
        return Err(format!("event {place} is missing"));
    }
    if previous != before {
        return Err("it does not follow the event before it".to_owned());
    }
    if event.hash != hash(previous, place, &event.record) {
        return Err("its hash is not the hash of what it says".to_owned());
    }
    Ok(())
}

fn report(events: u64, head: [u8; 32], broken: Option<(u64, String)>) -> ChainReport {
    ChainReport {
        events,
        broken,
        head,
    }
}
