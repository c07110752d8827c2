//! How long the questions of a day take when there is a history of a million cases.
//!
//! ```console
//! $ cargo run --release -p booking-store --features testing --example scale -- sqlite 1000000
//! ```
//!
//! Arguments: the kind of database or a URL, and how many cases. They lie in 200 theatres, ten a
//! day each, up to a day in the middle of 2026. With `--fill-only` behind them, a URL is left filled
//! for others to ask.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement ends at the first thing that goes wrong"
)]

use std::{env, time::Instant};

use booking_domain::{
    Case, CaseCondition, CaseOrder, CaseOrderKey, CaseQuery, CaseState, Milestones, Plan, TeamRole,
    TheatreId, TimeRange, testing,
};
use booking_store::{
    Location, OpenOptions, Scope, Store, StoreError, Tx,
    testing::{Durability, ThrowAwayPostgres},
};
use jiff::SignedDuration;

const THEATRES: i64 = 200;
const A_DAY: i64 = 10;
const CHUNK: i64 = 2_000;
const QUESTIONS: usize = 200;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (kind, cases, fill_only) = match &arguments[..] {
        [kind, cases] => (kind, cases, false),
        [kind, cases, flag] if flag == "--fill-only" => (kind, cases, true),
        _ => panic!("arguments: sqlite|postgres|URL, cases, maybe --fill-only"),
    };
    let cases: i64 = cases.parse().unwrap();
    let folder = tempfile::tempdir_in(".").unwrap();
    let mut cluster = None;
    let url = match &**kind {
        "sqlite" => format!("sqlite:{}/ot.db", folder.path().display()),
        "postgres" => {
            let started = ThrowAwayPostgres::start(Durability::None).unwrap();
            cluster.insert(started).database().await.unwrap()
        }
        url => url.to_owned(),
    };
    let location: Location = url.parse().unwrap();
    let store = Store::open(&location, OpenOptions::default())
        .await
        .unwrap();
    if store.hospital().await.unwrap().theatres.is_empty() {
        store
            .write((), |(), tx| Box::pin(furnish(tx)))
            .await
            .unwrap();
        let started = Instant::now();
        for first in (0..cases).step_by(CHUNK as usize) {
            store
                .write((first, cases), |it, tx| Box::pin(add(it.0, it.1, tx)))
                .await
                .unwrap();
        }
        println!("{cases} cases in {:.0} s", started.elapsed().as_secs_f64());
    }
    if !fill_only {
        ask(&store).await;
    }
    store.close().await;
    drop(cluster);
}

async fn furnish(tx: &mut Tx) -> Result<(), StoreError> {
    let hospital = testing::hospital();
    for site in hospital.sites.values() {
        tx.put_site(site).await?;
    }
    for procedure_type in hospital.procedure_types.values() {
        tx.put_procedure_type(procedure_type).await?;
    }
    for staff in hospital.staff.values() {
        tx.put_staff(staff).await?;
    }
    let theatre = &hospital.theatres[&testing::theatre_id("OT-3")];
    for number in 0..THEATRES {
        let mut theatre = theatre.clone();
        theatre.id = testing::theatre_id(&format!("T-{number:03}"));
        tx.put_theatre(&theatre).await?;
    }
    Ok(())
}

/// The last of `cases` is on the day that is asked about; every hundredth still waits.
async fn add(first: i64, cases: i64, tx: &mut Tx) -> Result<(), StoreError> {
    for number in first..first + CHUNK {
        let place = number / THEATRES;
        let days_ago = (cases - 1) / THEATRES / A_DAY - place / A_DAY;
        let minutes = 7 * 60 + place % A_DAY * 72 - days_ago * 24 * 60;
        let start = testing::at("2026-06-15T00:00") + SignedDuration::from_mins(minutes);
        let waiting = number % 100 == 0;
        let mut case = Case {
            state: if waiting {
                CaseState::Requested
            } else {
                CaseState::Completed
            },
            plan: (!waiting).then(|| Plan {
                theatre: testing::theatre_id(&format!("T-{:03}", number % THEATRES)),
                start,
                session: None,
            }),
            decided_at: start - SignedDuration::from_hours(24 * 60),
            procedure: "Laparoscopic cholecystectomy".to_owned(),
            team: vec![
                testing::member("DC-1", TeamRole::PrimarySurgeon),
                testing::member("DC-3", TeamRole::Anaesthetist),
                testing::member("NU-1", TeamRole::ScrubNurse),
            ],
            ..testing::requested(&format!("0190b0de-0000-7000-8000-{number:012}"))
        };
        if !waiting {
            case.milestones = Milestones {
                wheels_in: Some(start + SignedDuration::from_mins(number % 9)),
                wheels_out: Some(start + SignedDuration::from_mins(60 + number % 17)),
                ..Milestones::default()
            };
        }
        tx.insert_case(&case, &[]).await?;
    }
    Ok(())
}

fn group(of: usize) -> Vec<TheatreId> {
    (of * 8..of * 8 + 8)
        .map(|number| testing::theatre_id(&format!("T-{number:03}")))
        .collect()
}

fn days_before(day: &str, days: i64) -> TimeRange {
    let end = testing::at(day);
    TimeRange::new(end - SignedDuration::from_hours(24 * days), end).expect("some days")
}

async fn ask(store: &Store) {
    let day = days_before("2026-06-16T00:00", 1);
    measure("day board of 8 theatres", async |n| {
        let scope = Scope::These(group(n % 20));
        store
            .read()
            .await?
            .day(&scope, day)
            .await
            .map(|cases| cases.len())
    })
    .await;
    measure("day board of 8 theatres, a year ago", async |n| {
        let scope = Scope::These(group(n % 20));
        let then = days_before("2025-06-16T00:00", 1);
        store
            .read()
            .await?
            .day(&scope, then)
            .await
            .map(|cases| cases.len())
    })
    .await;
    measure("day of all 200 theatres", async |_| {
        store
            .read()
            .await?
            .day(&Scope::All, day)
            .await
            .map(|cases| cases.len())
    })
    .await;
    measure("first page of 50 by start", async |_| {
        let query = CaseQuery {
            conditions: vec![CaseCondition::StartFrom(day.start())],
            limit: 50,
            ..CaseQuery::default()
        };
        store
            .read()
            .await?
            .cases(&query)
            .await
            .map(|cases| cases.len())
    })
    .await;
    measure("first page of 50 of the waiting list", async |_| {
        let query = CaseQuery {
            conditions: vec![CaseCondition::Waiting(true)],
            order: CaseOrder {
                key: CaseOrderKey::Waiting,
                descending: false,
            },
            limit: 50,
            ..CaseQuery::default()
        };
        store
            .read()
            .await?
            .cases(&query)
            .await
            .map(|cases| cases.len())
    })
    .await;
    let year = days_before("2026-06-16T00:00", 365);
    measure("report rows of 8 theatres, a year", async |n| {
        let scope = Scope::These(group(n % 20));
        store
            .read()
            .await?
            .report_rows(&scope, year)
            .await
            .map(|rows| rows.len())
    })
    .await;
    measure("report rows of all theatres, 30 days", async |_| {
        let month = days_before("2026-06-16T00:00", 30);
        store
            .read()
            .await?
            .report_rows(&Scope::All, month)
            .await
            .map(|rows| rows.len())
    })
    .await;
}

async fn measure(what: &str, ask: impl AsyncFn(usize) -> Result<usize, StoreError>) {
    let (mut took_ms, mut found) = (Vec::new(), 0);
    let limit = Instant::now();
    for number in 0..QUESTIONS {
        let asked = Instant::now();
        found = ask(number).await.expect("the store answers");
        took_ms.push(asked.elapsed().as_secs_f64() * 1_000.0);
        if limit.elapsed().as_secs() > 20 {
            break;
        }
    }
    took_ms.sort_by(f64::total_cmp);
    let at = |share: f64| took_ms[((took_ms.len() - 1) as f64 * share) as usize];
    println!(
        "{what}: {found} rows; ms p50 {:.1}, p95 {:.1}, worst {:.1} of {}",
        at(0.5),
        at(0.95),
        at(1.0),
        took_ms.len()
    );
}
