//! Durable bookings with every rule on, as fast as one backend takes them, and its memory meanwhile.

use std::{fs::File, io::Write as _, path::Path, time::Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tests::hospital::Hospital;

use crate::{
    Kind,
    bound::{LaneTime, Limit},
    cost::Snapshot,
    judge::{Bound, Findings, percentile},
};

/// Enough for group commit to have something to group.
const AT_A_TIME: &str = "64";
/// Where they go: so many that every booking finds its theatre's day half empty.
const THEATRES: &str = "40";

/// They are booked in parts, so that a backend that slows down shows it.
const PARTS: u32 = 4;
const QUICK_PART: u32 = 4_000;
const PART: u32 = 25_000;
/// From the first day of one part to that of the next: longer than a part of forty theatres lasts.
const DAYS_BETWEEN: u32 = 60;

/// The backend's memory may grow by so much over the run, after it is warm: page caches fill up to
/// their limits; a leak of a hundred bytes a booking shows in a full run, of half a
/// KiB in a quick one.
const GROWTH_KIB: f64 = 8.0 * 1024.0;

/// The backend tells of every commit, for what bounds them.
const LOG: &str = "info,booking_store::write_queue=debug";
/// How the disk is tried: so many appended blocks, each waited for.
const PROBES: usize = 50;
const PROBE_BYTES: usize = 4096;

/// What was promised, per second.
const fn promised(kind: Kind) -> f64 {
    match kind {
        Kind::Sqlite => 1000.0,
        Kind::Postgres => 500.0,
    }
}

pub(crate) async fn run(kind: Kind, quick: bool, findings: &mut Findings) -> Result<()> {
    let hospital = Hospital::open_logging(kind.database(), "article", LOG).await?;
    let backend = &hospital.backends[0].process;
    let fsync_ms = fsync_ms(hospital.folder())?;
    let part = if quick { QUICK_PART } else { PART };
    // Warm: code is paged in, statements are prepared, caches have their size.
    load(&hospital, part, "warm", 1).await?;

    let commits = backend.logged("committed").len();
    let (before, memory_kib) = (Snapshot::take()?, backend.resident_kib()?);
    let mut parts = Vec::new();
    for number in 0..PARTS {
        let first_day = (number + 1) * DAYS_BETWEEN;
        parts.push(load(&hospital, part, &format!("run{number}"), first_day).await?);
    }
    let cost = before.until(&Snapshot::take()?);
    let grown_kib = backend.resident_kib()?.saturating_sub(memory_kib);
    let committed = backend.logged("committed").split_off(commits);
    anyhow::ensure!(
        !committed.is_empty(),
        "the backend told of no commit: does {LOG} still name its writer?"
    );
    let lane = lane_time(&committed, &parts);

    let name = kind.name();
    let booked = f64::from(part * PARTS);
    let slowest = parts.iter().map(|part| part.per_second);
    findings.add(
        format!("{name}: durable bookings over ALTS, {AT_A_TIME} at a time"),
        booked / parts.iter().map(|part| part.seconds).sum::<f64>(),
        "1/s",
        Bound::AtLeast(promised(kind)),
    );
    findings.add(
        format!("{name}: in the slowest quarter of {booked}"),
        slowest.fold(f64::INFINITY, f64::min),
        "1/s",
        Bound::None,
    );
    let median = |of: fn(&Part) -> f64| percentile(&parts.iter().map(of).collect::<Vec<_>>(), 0.5);
    for (what, value) in [
        ("one booking, p50", median(|part| part.p50_ms)),
        ("one booking, p95", median(|part| part.p95_ms)),
        (
            "one booking's time on a processor, all programs",
            cost.ours_s * 1000.0 / booked,
        ),
        ("one fsync of this disk by itself, p50", fsync_ms),
    ] {
        findings.add(format!("{name}: {what}"), value, "ms", Bound::None);
    }
    #[expect(clippy::cast_precision_loss, reason = "kibibytes of one process")]
    findings.add(
        format!("{name}: backend's memory grew over {booked} bookings by"),
        grown_kib as f64,
        "KiB",
        Bound::AtMost(GROWTH_KIB),
    );
    findings.note(format!(
        "{name}: bookings are bound by {}\n  {lane}\n  {cost}",
        Limit::of(lane, &cost)
    ));
    Ok(())
}

/// What the client measured of one part.
struct Part {
    per_second: f64,
    seconds: f64,
    p50_ms: f64,
    p95_ms: f64,
}

/// Books and insists that nothing was refused.
async fn load(hospital: &Hospital, bookings: u32, run: &str, first_day: u32) -> Result<Part> {
    let (count, first) = (bookings.to_string(), format!("+{first_day}"));
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
            &first,
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
    let figure = |name: &str| {
        let figure = result[name].as_f64();
        figure.with_context(|| format!("{name}: {result}"))
    };
    let per_second = figure("bookingsPerSecond")?;
    Ok(Part {
        per_second,
        seconds: f64::from(bookings) / per_second,
        p50_ms: figure("p50Ms")?,
        p95_ms: figure("p95Ms")?,
    })
}

/// How the lane spent the time in which the parts were booked.
fn lane_time(commits: &[Value], parts: &[Part]) -> LaneTime {
    let sum = |field: &str| {
        let values = commits.iter().filter_map(|commit| commit[field].as_f64());
        values.sum::<f64>()
    };
    let passed_us = parts.iter().map(|part| part.seconds).sum::<f64>() * 1e6;
    #[expect(clippy::cast_precision_loss, reason = "some thousand commits")]
    let count = commits.len() as f64;
    LaneTime {
        work: sum("work_us") / passed_us,
        commit: sum("commit_us") / passed_us,
        works_per_commit: sum("works") / count,
        commit_ms: sum("commit_us") / count / 1000.0,
    }
}

/// What it costs on this disk that a block stays written.
fn fsync_ms(folder: &Path) -> Result<f64> {
    let path = folder.join("fsync");
    let mut file = File::create(&path)?;
    let mut times_ms = Vec::new();
    for _ in 0..PROBES {
        let begun = Instant::now();
        file.write_all(&[0; PROBE_BYTES])?;
        file.sync_data()?;
        times_ms.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    std::fs::remove_file(path)?;
    Ok(percentile(&times_ms, 0.5))
}
