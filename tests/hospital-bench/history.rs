//! The board of one theatre group and a year's utilisation, after a short history and a long one.

use std::{path::Path, time::Instant};

use alts::AltsChannel;
use anyhow::{Context as _, Result, ensure};
use booking_proto::ot::v1::{
    GetDayScheduleRequest, ReportRequest, report_service_client::ReportServiceClient,
    schedule_service_client::ScheduleServiceClient,
};
use booking_store::testing::{Durability, ThrowAwayPostgres};
use tempfile::TempDir;
use tests::{
    hospital::{Hospital, ground},
    process::program,
};
use tokio::process::Command;

use crate::{
    Kind,
    judge::{Bound, Findings, percentile},
};

/// Ten days of 200 theatres: what a board needs and no past worth the name.
const SHORT_HISTORY: u32 = 20_000;
/// The day that `examples/scale` fills last.
const DAY: &str = "2026-06-15";
const YEAR: [&str; 2] = ["2025-06-16", DAY];
const THEATRES: usize = 200;
const GROUP: usize = 8;

/// Rounds of questions, the first for nothing; and reports in each.
const ROUNDS: usize = 9;
const REPORTS: usize = 3;

/// What was promised, at the 95th percentile.
const BOARD_MS: f64 = 50.0;
const REPORT_MS: f64 = 500.0;
/// Fifty times the history may not cost a board more than this; the rest is the machine's mood.
const BOARD_GROWTH: f64 = 1.5;

pub(crate) async fn run(kind: Kind, cases: u32, findings: &mut Findings) -> Result<()> {
    let short_past = Past::open(kind, SHORT_HISTORY).await?;
    let long_past = Past::open(kind, cases).await?;
    let (mut short, mut long) = (Times::default(), Times::default());
    // In turn, so that the machine's mood is the same for both.
    for round in 0..ROUNDS {
        if round == 1 {
            // The first round connected, and read what was not in memory.
            (short, long) = (Times::default(), Times::default());
        }
        ask(&short_past.channel, &mut short).await?;
        ask(&long_past.channel, &mut long).await?;
    }
    let name = kind.name();
    findings.add(
        format!("{name}: day board of {GROUP} theatres, {cases} cases, p95"),
        percentile(&long.boards_ms, 0.95),
        "ms",
        Bound::AtMost(BOARD_MS),
    );
    findings.add(
        format!("{name}: day board, {cases} / {SHORT_HISTORY} cases, p50"),
        percentile(&long.boards_ms, 0.5) / percentile(&short.boards_ms, 0.5),
        "ratio",
        Bound::AtMost(BOARD_GROWTH),
    );
    findings.add(
        format!("{name}: a year's utilisation of {GROUP} theatres, p95"),
        percentile(&long.reports_ms, 0.95),
        "ms",
        Bound::AtMost(REPORT_MS),
    );
    Ok(())
}

#[derive(Default)]
struct Times {
    boards_ms: Vec<f64>,
    reports_ms: Vec<f64>,
}

/// A hospital with a past, and the way to ask it.
struct Past {
    channel: AltsChannel,
    _hospital: Hospital,
    _postgres: Option<ThrowAwayPostgres>,
    _folder: TempDir,
}

impl Past {
    async fn open(kind: Kind, cases: u32) -> Result<Self> {
        let (folder, postgres, url) = ground(kind.database(), Durability::None).await?;
        fill(&url, cases).await?;
        let hospital = Hospital::open_on(&url, "none").await?;
        Ok(Self {
            channel: hospital.channel(0)?,
            _hospital: hospital,
            _postgres: postgres,
            _folder: folder,
        })
    }
}

/// A history of a million cases is not booked one by one: the database copies a day of it.
async fn fill(url: &str, cases: u32) -> Result<()> {
    let programs = program("booking-server")?;
    let scale = programs
        .parent()
        .map(|folder| folder.join("examples/scale"));
    let scale = scale.filter(|path| Path::is_file(path));
    let filled = Command::new(scale.context("the example scale of booking-store is not built")?)
        .args([url, &cases.to_string(), "--fill-only"])
        .status()
        .await?;
    ensure!(
        filled.success(),
        "the history could not be written: {filled}"
    );
    Ok(())
}

/// Asks for the board of every group, and for some groups' year.
async fn ask(channel: &AltsChannel, times: &mut Times) -> Result<()> {
    let mut schedule = ScheduleServiceClient::new(channel.clone());
    let mut reports = ReportServiceClient::new(channel.clone());
    let mut cases_seen = 0;
    for number in 0..THEATRES / GROUP {
        let request = GetDayScheduleRequest {
            date: DAY.to_owned(),
            theatres: group(number),
            ..GetDayScheduleRequest::default()
        };
        let asked = Instant::now();
        let day = schedule.get_day_schedule(request).await?.into_inner();
        times.boards_ms.push(asked.elapsed().as_secs_f64() * 1000.0);
        cases_seen += day
            .theatres
            .iter()
            .map(|theatre| theatre.cases.len())
            .sum::<usize>();
    }
    ensure!(
        cases_seen > THEATRES,
        "the boards were empty: {cases_seen} cases"
    );
    for number in 0..REPORTS {
        let request = ReportRequest {
            first_date: YEAR[0].to_owned(),
            last_date: YEAR[1].to_owned(),
            theatres: group(number),
            ..ReportRequest::default()
        };
        let asked = Instant::now();
        let report = reports.query_utilisation(request).await?.into_inner();
        times
            .reports_ms
            .push(asked.elapsed().as_secs_f64() * 1000.0);
        ensure!(
            report.rows.len() > GROUP,
            "a row for each theatre, and one for all"
        );
    }
    Ok(())
}

fn group(number: usize) -> Vec<String> {
    let first = number * GROUP % THEATRES;
    (first..first + GROUP)
        .map(|theatre| format!("theatres/T-{theatre:03}"))
        .collect()
}
