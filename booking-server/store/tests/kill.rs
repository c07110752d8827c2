//! A server that is killed while it writes, again and again, leaves nothing half-done.
//!
//! ```text
//!   parent ──starts──▶ child: opens the store, books as fast as it can, says each booking that
//!      │                      was acknowledged ("id" on standard output)
//!      │◀── ids ────────┘ ╳ SIGKILL at a random moment
//!      └─ opens the store: every id is there and whole, audit and claims agree, and the changes
//!         go on where the round before ended, none twice, none missing
//! ```
//!
//! The child is this same program: a test harness of its own would have no place for it. The number
//! of rounds is 10 for each database, or `OT_KILL_ROUNDS`: `scripts/test long` has 50. As in other
//! harnesses, `--skip postgres` leaves PostgreSQL out.

#![expect(clippy::unwrap_used, reason = "a test, in a harness of its own")]

use std::{
    collections::BTreeSet,
    env,
    io::{self, BufRead as _, BufReader, Read as _},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use booking_domain::{Case, CaseQuery, TeamRole, claims, testing};
use booking_store::{
    AuditQuery, AuditRecord, Location, OpenOptions, Outcome, Store, StoreError, StoredResponse, Tx,
    testing::{Durability, ThrowAwayPostgres},
};
use jiff::{SignedDuration, Timestamp};

const WRITERS: usize = 8;
const ROUNDS: usize = 10;

/// The moment of the kill after the first booking, at most.
const LONGEST_LIFE_MS: u32 = 250;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = env::args().collect();
    if let [_, word, url, round] = &arguments[..]
        && word == "--child"
    {
        return child(url, round).await;
    }
    let rounds = env::var("OT_KILL_ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let folder = tempfile::TempDir::new().unwrap();
    survives(
        &format!("sqlite:{}/ot.db", folder.path().display()),
        "SQLite",
        rounds,
    )
    .await;

    if arguments
        .windows(2)
        .any(|pair| pair == ["--skip", "postgres"])
    {
        return;
    }
    let start = || ThrowAwayPostgres::start(Durability::Full).unwrap_or_else(|why| panic!("{why}"));
    let cluster = tokio::task::spawn_blocking(start).await.unwrap();
    survives(&cluster.database().await.unwrap(), "PostgreSQL", rounds).await;
}

async fn survives(url: &str, name: &str, rounds: usize) {
    let started = Instant::now();
    let store = open(url).await;
    store
        .write((), |(), tx| Box::pin(furnish(tx)))
        .await
        .unwrap();
    let mut position = store.read().await.unwrap().position().await.unwrap();
    store.close().await;
    let (mut acknowledged, mut there) = (0, BTreeSet::new());
    for round in 0..rounds {
        let acked = kill_one(url, round);
        acknowledged += acked.len();
        let store = open(url).await;
        let ids = check(&store, &acked, position, &there).await;
        position = store.read().await.unwrap().position().await.unwrap();
        there = ids;
        store.close().await;
    }
    println!(
        "{name}: {rounds} kills, {acknowledged} acknowledged bookings, {} in the database, {:?}",
        there.len(),
        started.elapsed()
    );
    assert!(acknowledged > rounds, "too few bookings to prove anything");
}

async fn open(url: &str) -> Store {
    let location: Location = url.parse().unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        match Store::open(&location, OpenOptions::default()).await {
            Ok(store) => return store,
            // The kernel may take a moment to let go of a killed process's lock.
            Err(error) if Instant::now() > deadline => panic!("{error}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// The domain's small hospital, and a theatre and a surgeon for each writer.
async fn furnish(tx: &mut Tx) -> Result<(), StoreError> {
    let hospital = testing::hospital();
    for site in hospital.sites.values() {
        tx.put(site).await?;
    }
    for procedure_type in hospital.procedure_types.values() {
        tx.put(procedure_type).await?;
    }
    let theatre = &hospital.theatres[&testing::theatre_id("OT-3")];
    let surgeon = &hospital.staff[&testing::staff_id("DC-1")];
    for writer in 0..WRITERS {
        let mut theatre = theatre.clone();
        theatre.id = testing::theatre_id(&format!("W-{writer}"));
        tx.put(&theatre).await?;
        let mut surgeon = surgeon.clone();
        surgeon.id = testing::staff_id(&format!("W-{writer}"));
        tx.put(&surgeon).await?;
    }
    Ok(())
}

/// Starts a child, kills it at a random moment, gives what it said it had booked.
fn kill_one(url: &str, round: usize) -> BTreeSet<String> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--child", url, &round.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    said.read_line(&mut text).unwrap();
    let life_ms = getrandom::u32().unwrap() % LONGEST_LIFE_MS;
    let reader = thread::spawn(move || {
        said.read_to_string(&mut text).unwrap();
        text
    });
    thread::sleep(Duration::from_millis(life_ms.into()));
    child.kill().unwrap();
    child.wait().unwrap();
    let text = reader.join().unwrap();
    // A line that was cut off was not said.
    text.split_inclusive('\n')
        .filter_map(|line| line.strip_suffix('\n'))
        .map(str::to_owned)
        .collect()
}

/// What must hold after a kill; gives the ids of all cases.
async fn check(
    store: &Store,
    acked: &BTreeSet<String>,
    position: u64,
    before: &BTreeSet<String>,
) -> BTreeSet<String> {
    assert_eq!(store.examine().await.unwrap(), []);
    let mut read = store.read().await.unwrap();
    let query = CaseQuery {
        limit: u32::MAX,
        ..CaseQuery::default()
    };
    let cases = read.cases(&query).await.unwrap();
    let ids: BTreeSet<String> = cases
        .iter()
        .map(|case| case.id.as_str().to_owned())
        .collect();
    assert!(
        acked.is_subset(&ids),
        "acknowledged and gone: {:?}",
        acked.difference(&ids)
    );
    assert!(before.is_subset(&ids));

    // Every booking with its audit event and its answer, none without, none more.
    let all = AuditQuery {
        limit: u32::MAX,
        ..AuditQuery::default()
    };
    let events = read.audit_page(&all).await.unwrap();
    let audited: BTreeSet<String> = events
        .iter()
        .map(|event| event.record.resource.clone())
        .collect();
    assert_eq!(events.len(), audited.len());
    assert_eq!(audited, ids);
    for id in ids.difference(before) {
        assert!(
            read.request("writer", id).await.unwrap().is_some(),
            "{id} has no answer"
        );
    }
    drop(read);

    let told = store.changes_since(position, u32::MAX).await.unwrap();
    let told: Vec<_> = told.into_iter().map(|change| change.id).collect();
    let new: BTreeSet<_> = told.iter().cloned().collect();
    assert_eq!(told.len(), new.len(), "a change was told twice");
    assert_eq!(new, ids.difference(before).cloned().collect());
    ids
}

async fn child(url: &str, round: &str) {
    let store = open(url).await;
    let writers = (0..WRITERS).map(|writer| {
        let (store, round) = (store.clone(), round.to_owned());
        tokio::spawn(async move {
            for number in 0.. {
                let case = booking(&round, writer, number);
                let id = case.id.as_str().to_owned();
                store
                    .write(case, |case, tx| Box::pin(book(case, tx)))
                    .await
                    .unwrap();
                say(&id).unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
}

/// One write of one line: said whole or not at all.
fn say(id: &str) -> io::Result<()> {
    io::Write::write_all(&mut io::stdout().lock(), format!("{id}\n").as_bytes())
}

/// A case in the next place of the writer's own theatre.
fn booking(round: &str, writer: usize, number: i64) -> Case {
    let day: i64 = round.parse().unwrap();
    let mut case = testing::scheduled(
        &format!("{round}-{writer}-{number}"),
        &format!("W-{writer}"),
        "2026-06-01T00:00",
    );
    case.details.team = vec![testing::member(
        &format!("W-{writer}"),
        TeamRole::PrimarySurgeon,
    )];
    case.details.footprint = testing::footprint(1, 2, 1);
    if let Some(plan) = &mut case.plan {
        plan.start = plan.start
            + SignedDuration::from_hours(24 * 365 * day)
            + SignedDuration::from_mins(5 * number);
    }
    case
}

async fn book(case: &Case, tx: &mut Tx) -> Result<(), StoreError> {
    let hospital = tx.hospital().await?;
    let plan = case.plan.as_ref().unwrap();
    tx.insert_case(case, &claims(case, plan, &hospital)).await?;
    let now = Timestamp::now();
    tx.audit(AuditRecord {
        at: now,
        method: "ot.v1.CaseService/ScheduleCase".to_owned(),
        resource: case.id.as_str().to_owned(),
        account: "writer".to_owned(),
        transport: "local".to_owned(),
        person: String::new(),
        request_id: case.id.as_str().to_owned(),
        etag_before: String::new(),
        etag_after: "\"v1\"".to_owned(),
        changes: Vec::new(),
        reason: String::new(),
        outcome: Outcome::Ok,
    });
    tx.remember(
        "writer",
        case.id.as_str(),
        StoredResponse {
            method: "ScheduleCase".to_owned(),
            request_hash: [0; 32],
            response: case.id.as_str().as_bytes().to_vec(),
            at: now,
        },
    );
    Ok(())
}
