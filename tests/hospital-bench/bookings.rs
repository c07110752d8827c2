//! Durable bookings with every rule on, as fast as one backend takes them, and its memory meanwhile.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tests::hospital::Hospital;

use crate::{
    Kind,
    judge::{Bound, Findings},
};

/// Enough for group commit to have something to group.
const AT_A_TIME: &str = "64";
/// Where they go: so many that every booking finds its theatre's day half empty.
const THEATRES: &str = "40";

const QUICK_BOOKINGS: u32 = 10_000;
const BOOKINGS: u32 = 40_000;

/// The backend's memory may grow by so much over the run, after a quarter of it: page caches fill
/// up to their limits; a leak of a hundred bytes a booking would show.
const GROWTH_KIB: f64 = 8.0 * 1024.0;

/// What was promised, per second.
const fn promised(kind: Kind) -> f64 {
    match kind {
        Kind::Sqlite => 1000.0,
        Kind::Postgres => 500.0,
    }
}

pub(crate) async fn run(kind: Kind, quick: bool, findings: &mut Findings) -> Result<()> {
    let hospital = Hospital::open(kind.database(), 1, "article").await?;
    let bookings = if quick { QUICK_BOOKINGS } else { BOOKINGS };
    // Warm: code is paged in, statements are prepared, caches have their size.
    load(&hospital, bookings / 4, "warm", "+1").await?;
    let before = hospital.backends[0].process.resident_kib()?;
    let result = load(&hospital, bookings, "run", "+60").await?;
    let after = hospital.backends[0].process.resident_kib()?;

    let figure = |name: &str| {
        result[name]
            .as_f64()
            .with_context(|| format!("{name}: {result}"))
    };
    let name = kind.name();
    findings.add(
        format!("{name}: durable bookings over ALTS, {AT_A_TIME} at a time"),
        figure("bookingsPerSecond")?,
        "1/s",
        Bound::AtLeast(promised(kind)),
    );
    findings.add(
        format!("{name}: one booking, p50"),
        figure("p50Ms")?,
        "ms",
        Bound::None,
    );
    findings.add(
        format!("{name}: one booking, p95"),
        figure("p95Ms")?,
        "ms",
        Bound::None,
    );
    #[expect(clippy::cast_precision_loss, reason = "kibibytes of one process")]
    findings.add(
        format!("{name}: backend's memory grew over {bookings} bookings by"),
        after as f64 - before as f64,
        "KiB",
        Bound::AtMost(GROWTH_KIB),
    );
    Ok(())
}

/// Books and insists that nothing was refused.
async fn load(hospital: &Hospital, bookings: u32, run: &str, first: &str) -> Result<Value> {
    let count = bookings.to_string();
    let result = hospital
        .json(&[
            "load",
            "--prepare",
            "--theatres",
            THEATRES,
            "--count",
            &count,
            "--concurrency",
            AT_A_TIME,
            "--connections",
            "2",
            "--duration",
            "10m",
            "--first",
            first,
            "--run",
            run,
        ])
        .await?
        .pop()
        .context("load prints its result")?;
    ensure!(
        result["bookings"] == bookings,
        "not all were booked: {result}"
    );
    Ok(result)
}
