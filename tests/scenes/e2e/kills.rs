//! A server that is killed under load, again and again: what was acknowledged is there, nothing is
//! there half, nothing twice, and whoever watches misses nothing and hears nothing twice.
//!
//! ```text
//!   writers ──CreateCase──▶ backend ╳ SIGKILL, start again, 10 times, or OT_KILL_ROUNDS
//!      │  answer lost: the same request id again
//!   watcher ──WatchSchedule, with the last token──▶ every case once
//! ```

use std::{
    collections::BTreeMap,
    env,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use alts::AltsChannel;
use booking_proto::ot::v1::{
    WatchScheduleRequest, watch_schedule_response::Kind, watch_service_client::WatchServiceClient,
};
use tests::hospital::{Database, Hospital};
use tokio::{sync::oneshot, task::JoinHandle};
use tonic::Code;

use super::bookings::{THEATRE, book, booking, furnish};

const KILLS: u32 = 10;
const WRITERS: usize = 4;
/// A kill comes at most this long after the first answers of a life.
const LONGEST_LIFE_MS: u128 = 120;
/// After the last kill, a watcher has this long to hear of what it missed.
const CATCH_UP: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn kills_lose_nothing_on_sqlite() {
    survive(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_lose_nothing_on_postgresql() {
    survive(Database::Postgres).await;
}

/// What writers and the watcher share. Channels are made anew after a failure: the back-off of one
/// that has failed often is for networks, not for a scene.
struct Shared {
    hospital: Box<dyn Fn() -> AltsChannel + Send + Sync>,
    next_slot: AtomicI64,
    stop: AtomicBool,
    /// Cases that were acknowledged, by name.
    acknowledged: Mutex<Vec<String>>,
    /// How often each case was told.
    told: Mutex<BTreeMap<String, u32>>,
}

impl Shared {
    fn acknowledged(&self) -> MutexGuard<'_, Vec<String>> {
        self.acknowledged
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn told(&self) -> MutexGuard<'_, BTreeMap<String, u32>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn survive(database: Database) {
    let mut hospital = Hospital::open(database, 1, "article")
        .await
        .expect("the hospital opens");
    furnish(&hospital, WRITERS).await;
    let connect = hospital.connector(0).expect("a connector");
    let shared = Arc::new(Shared {
        hospital: Box::new(connect),
        next_slot: AtomicI64::new(0),
        stop: AtomicBool::new(false),
        acknowledged: Mutex::default(),
        told: Mutex::default(),
    });
    let (ready, watching) = oneshot::channel();
    let watcher = tokio::spawn(watch(Arc::clone(&shared), ready));
    watching.await.expect("the snapshot is told");
    let writers: Vec<JoinHandle<()>> = (0..WRITERS)
        .map(|writer| tokio::spawn(write(Arc::clone(&shared), writer)))
        .collect();

    let kills = env::var("OT_KILL_ROUNDS").map_or(KILLS, |kills| kills.parse().expect("a number"));
    for _ in 0..kills {
        let before = shared.acknowledged().len();
        while shared.acknowledged().len() < before + 2 {
            let ended = writers.iter().any(JoinHandle::is_finished);
            assert!(!ended, "a writer was refused; it says above what");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let life = uuid::Uuid::new_v4().as_u128() % LONGEST_LIFE_MS;
        tokio::time::sleep(Duration::from_millis(u64::try_from(life).expect("short"))).await;
        hospital.kill_and_restart(0).await.expect("it comes back");
    }
    shared.stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.expect("a writer ends without a refusal");
    }

    let mut acknowledged = shared.acknowledged().clone();
    acknowledged.sort();
    let all = acknowledged.len();
    acknowledged.dedup();
    assert_eq!(acknowledged.len(), all, "one answer for each case");
    let there = ["cases", "list", "--theatre", THEATRE, "--limit", "0"];
    let mut there: Vec<String> = hospital
        .json(&there)
        .await
        .expect("they are listed")
        .iter()
        .map(|case| case["name"].as_str().expect("a name").to_owned())
        .collect();
    there.sort();
    assert_eq!(
        there, acknowledged,
        "what was acknowledged is there, and nothing else"
    );
    tokio::time::timeout(CATCH_UP, async {
        while shared.told().len() < all {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .expect("the watcher hears of everything");
    watcher.abort();
    let told = shared.told().clone();
    assert!(told.keys().eq(&acknowledged), "told is what is there");
    let twice: Vec<_> = told.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "told more than once: {twice:?}");
    println!("{database:?}: {all} bookings over {kills} kills");
    let verdict = hospital
        .text(&["audit", "verify"])
        .await
        .expect("the audit is intact");
    assert!(verdict.starts_with("Intact"), "{verdict}");
    hospital
        .examine()
        .await
        .expect("the database agrees with itself");
}

/// Books slot after slot; a request without an answer is sent again under its id, so that one which
/// was done before the kill is not done twice, and not refused for standing in its own way.
async fn write(shared: Arc<Shared>, writer: usize) {
    let mut channel = (shared.hospital)();
    while !shared.stop.load(Ordering::Relaxed) {
        let slot = shared.next_slot.fetch_add(1, Ordering::Relaxed);
        let request = booking(writer, slot);
        loop {
            match book(channel.clone(), request.clone()).await {
                Ok(case) => {
                    shared.acknowledged().push(case.name);
                    break;
                }
                Err(status) => {
                    let lost = matches!(
                        status.code(),
                        Code::Unavailable
                            | Code::Unknown
                            | Code::Cancelled
                            | Code::DeadlineExceeded
                            | Code::Internal
                    );
                    assert!(lost, "slot {slot}: {status:?}");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    channel = (shared.hospital)();
                }
            }
        }
    }
}

/// Counts how often each case is told, over as many connections as it takes.
async fn watch(shared: Arc<Shared>, ready: oneshot::Sender<()>) {
    let mut ready = Some(ready);
    let mut token = String::new();
    loop {
        let mut client = WatchServiceClient::new((shared.hospital)());
        let request = WatchScheduleRequest {
            theatres: vec![THEATRE.to_owned()],
            resume_token: token.clone(),
            ..WatchScheduleRequest::default()
        };
        if let Ok(stream) = client.watch_schedule(request).await {
            let mut stream = stream.into_inner();
            while let Ok(Some(change)) = stream.message().await {
                match change.kind() {
                    Kind::SnapshotComplete => ready
                        .take()
                        .into_iter()
                        .for_each(|ready| ready.send(()).expect("the scene waits for it")),
                    Kind::Changed => {
                        let name = change.case.clone().expect("a case").name;
                        *shared.told().entry(name).or_default() += 1;
                    }
                    _ => {}
                }
                if !change.resume_token.is_empty() {
                    token = change.resume_token;
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
