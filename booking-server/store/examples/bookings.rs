//! How many durable bookings a second a store takes, every rule of the domain asked and every rule
//! of the database on.
//!
//! ```console
//! $ cargo run --release -p booking-store --features testing --example bookings -- sqlite 32 10
//! $ cargo run --release -p booking-store --features testing --example bookings -- postgres 32 10
//! ```
//!
//! Arguments: the kind of database, callers at once, seconds. A booking is what a scheduler does: a
//! case that waits gets a place, with an audit event, a change and a remembered answer. About one
//! in fifty asks for a place that is taken.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement ends at the first thing that goes wrong"
)]

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use booking_domain::{
    Anaesthesia, Booker, Case, CaseId, Plan, TeamRole, claims, place, schedule, testing,
};
use booking_store::{
    AuditRecord, Location, OpenOptions, Outcome, Store, StoreError, StoredResponse, Tx,
    testing::{Durability, ThrowAwayPostgres},
};
use jiff::{SignedDuration, Timestamp};

const THEATRES: i64 = 200;

/// Cases that are added at once before the clock runs.
const CHUNK: i64 = 500;

#[derive(Debug)]
#[expect(dead_code, reason = "shown by the panic of a run that goes wrong")]
enum Refusal {
    Rules(usize),
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [kind, callers, seconds] = &arguments[..] else {
        panic!("arguments: sqlite|postgres|URL, callers, seconds")
    };
    let (callers, seconds): (usize, u64) = (callers.parse().unwrap(), seconds.parse().unwrap());
    let folder = tempfile::tempdir_in(".").unwrap();
    let mut cluster = None;
    let url = match &**kind {
        "sqlite" => format!("sqlite:{}/ot.db", folder.path().display()),
        "postgres" => {
            let started = ThrowAwayPostgres::start(Durability::Full).unwrap();
            cluster.insert(started).database().await.unwrap()
        }
        url => url.to_owned(),
    };
    let location: Location = url.parse().unwrap();
    let store = Store::open(&location, OpenOptions::default())
        .await
        .unwrap();
    store
        .write((), |(), tx| Box::pin(furnish(tx)))
        .await
        .unwrap();
    let cases = 4_000 * i64::try_from(seconds).unwrap();
    for first in (0..cases).step_by(CHUNK as usize) {
        store
            .write(first, |first, tx| Box::pin(ask_for(*first, tx)))
            .await
            .unwrap();
    }
    run(&store, callers, Duration::from_secs(seconds), cases).await;
    println!("findings: {:?}", store.examine().await.unwrap());
    store.close().await;
    drop(cluster);
}

async fn run(store: &Store, callers: usize, time: Duration, cases: i64) {
    let next = Arc::new(AtomicI64::new(0));
    let refused = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let callers: Vec<_> = (0..callers)
        .map(|_| {
            let (store, next, refused) = (store.clone(), next.clone(), refused.clone());
            tokio::spawn(async move {
                let mut took_us = Vec::new();
                while started.elapsed() < time {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= cases {
                        break;
                    }
                    let asked = Instant::now();
                    let booked = store
                        .write(number, |number, tx| Box::pin(book(*number, tx)))
                        .await;
                    match booked {
                        Ok(_) => took_us.push(asked.elapsed().as_micros()),
                        Err(Refusal::Rules(_)) => drop(refused.fetch_add(1, Ordering::Relaxed)),
                        Err(error) => panic!("{error:?}"),
                    }
                }
                took_us
            })
        })
        .collect();
    let mut took_us = Vec::new();
    for caller in callers {
        took_us.extend(caller.await.unwrap());
    }
    let seconds = started.elapsed().as_secs_f64();
    took_us.sort_unstable();
    let at = |share: f64| took_us[(took_us.len() as f64 * share) as usize] as f64 / 1_000.0;
    println!(
        "{} booked, {} refused in {seconds:.1} s: {:.0}/s; ms p50 {:.1}, p95 {:.1}, p99 {:.1}",
        took_us.len(),
        refused.load(Ordering::Relaxed),
        took_us.len() as f64 / seconds,
        at(0.5),
        at(0.95),
        at(0.99),
    );
}

async fn furnish(tx: &mut Tx) -> Result<(), StoreError> {
    let hospital = testing::hospital();
    for site in hospital.sites.values() {
        tx.put(site).await?;
    }
    for procedure_type in hospital.procedure_types.values() {
        tx.put(procedure_type).await?;
    }
    let theatre = &hospital.theatres[&testing::theatre_id("OT-3")];
    for number in 0..THEATRES {
        let mut theatre = theatre.clone();
        theatre.id = testing::theatre_id(&format!("T-{number}"));
        tx.put(&theatre).await?;
        for (prefix, like) in [("S", "DC-1"), ("A", "DC-3"), ("N", "NU-1")] {
            let mut staff = hospital.staff[&testing::staff_id(like)].clone();
            staff.id = testing::staff_id(&format!("{prefix}-{number}"));
            tx.put(&staff).await?;
        }
    }
    Ok(())
}

/// The theatre, and the place in its day after day, that a case will ask for.
fn wish(number: i64) -> (i64, i64) {
    // About one in fifty asks for the place of the one before in its theatre.
    let taken = number > THEATRES && number % 49 == 0;
    let asked = if taken { number - THEATRES } else { number };
    (asked % THEATRES, asked / THEATRES)
}

fn id(number: i64) -> String {
    format!("0190b0de-0000-7000-8000-{number:012}")
}

async fn ask_for(first: i64, tx: &mut Tx) -> Result<(), StoreError> {
    for number in first..first + CHUNK {
        let theatre = wish(number).0;
        let member = |prefix: &str, role| testing::member(&format!("{prefix}-{theatre}"), role);
        let case = testing::with(testing::requested(&id(number)), |details| {
            details.anaesthesia = Anaesthesia::General;
            details.team = vec![
                member("S", TeamRole::PrimarySurgeon),
                member("A", TeamRole::Anaesthetist),
                member("N", TeamRole::ScrubNurse),
            ];
        });
        tx.insert_case(&case, &[]).await?;
    }
    Ok(())
}

async fn book(number: i64, tx: &mut Tx) -> Result<Case, Refusal> {
    let request = id(number);
    if tx.request("anna", &request).await?.is_some() {
        panic!("nothing is sent twice here");
    }
    let now = testing::at("2026-05-10T08:00");
    let case_id = CaseId::parse(&request).expect("a constant form");
    let before = tx.case(&case_id).await?.expect("it was entered");
    let hospital = tx.hospital().await?;
    let (theatre, position) = wish(number);
    let plan = Plan {
        theatre: testing::theatre_id(&format!("T-{theatre}")),
        start: testing::at("2026-06-01T00:00") + SignedDuration::from_mins(position * 120),
        session: None,
    };
    let wanted = claims(&before, &plan, &hospital);
    let around = tx.surroundings(&wanted, &plan.theatre, &[]).await?;
    let booker = Booker {
        author: "anna".to_owned(),
        any_session: true,
        overrides: true,
        ..Booker::default()
    };
    let placed = place(&before, &plan, &hospital, &around, &booker, &[], now)
        .map_err(|broken| Refusal::Rules(broken.len()))?;
    let held = placed.claims.clone();
    let after = schedule(&before, placed, now).expect("it waits");
    let kept = tx.update_case(&before, &after, &held).await?;
    tx.audit(AuditRecord {
        at: now,
        method: "ot.v1.CaseService/ScheduleCase".to_owned(),
        resource: format!("cases/{request}"),
        account: "front-end@project.iam.gserviceaccount.com".to_owned(),
        transport: "alts".to_owned(),
        person: "anna".to_owned(),
        request_id: request.clone(),
        etag_before: "\"v1\"".to_owned(),
        etag_after: "\"v2\"".to_owned(),
        changes: Vec::new(),
        reason: String::new(),
        outcome: Outcome::Ok,
    });
    tx.remember(
        "anna",
        &request,
        StoredResponse {
            method: "ScheduleCase".to_owned(),
            request_hash: [7; 32],
            response: vec![0; 400],
            at: Timestamp::now(),
        },
    );
    Ok(kept)
}
