//! Logs on their way: kept within bounds, for their owner only, sent once more when an answer is lost.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use axum::body::Bytes;
use booking_proto::ot::v1::{
    ImportCasesRequest, ImportCasesResponse, ImportOutcome, import_outcome::Kind,
};
use jiff::tz::TimeZone;
use theatre_log::Mapping;
use tonic::Status;

use super::{
    store::{KEPT_FOR, MAX_KEPT},
    *,
};
use crate::{
    backend::fake::{FakeBackend, FakeOt},
    pages::tests::state_for,
    visitor::Way,
};

fn keep(imports: &Imports, owner: &str, now: Instant) -> Option<Arc<Import>> {
    imports.keep(
        Some(owner.to_owned()),
        "log.csv".to_owned(),
        Bytes::new(),
        now,
    )
}

fn settings() -> Settings {
    Settings {
        source: "log.csv".to_owned(),
        zone: TimeZone::UTC,
        mapping: Mapping::default(),
        strict: false,
        typed: Vec::new(),
    }
}

#[test]
fn a_log_is_its_owners_and_is_let_go_when_nobody_looks_at_it() {
    let (imports, begun) = (Imports::default(), Instant::now());
    let log = keep(&imports, "anna", begun).unwrap();
    assert!(imports.get(&log.id, Some("vera"), begun).is_none());
    assert!(imports.get(&log.id, None, begun).is_none());
    let later = begun + KEPT_FOR - Duration::from_secs(1);
    assert!(imports.get(&log.id, Some("anna"), later).is_some());
    // Looked at a moment ago, it stays when others come.
    keep(&imports, "vera", later + KEPT_FOR - Duration::from_secs(1)).unwrap();
    assert!(imports.get(&log.id, Some("anna"), later).is_some());
    keep(&imports, "vera", later + KEPT_FOR).unwrap();
    assert!(imports.get(&log.id, Some("anna"), later).is_none());
}

#[test]
fn a_log_whose_hour_is_over_is_nobodys_any_more() {
    let (imports, begun) = (Imports::default(), Instant::now());
    let log = keep(&imports, "anna", begun).unwrap();
    let over = begun + KEPT_FOR;
    assert!(imports.get(&log.id, Some("anna"), over).is_none());
    assert!(imports.all().is_empty());
}

#[test]
fn whoever_left_a_long_import_to_itself_finds_it_for_an_hour_after_its_end() {
    let (imports, begun) = (Imports::default(), Instant::now());
    let log = keep(&imports, "anna", begun).unwrap();
    assert!(log.begin(RunMode::Import, settings()));
    let ended = begun + 3 * KEPT_FOR;
    imports.let_go(ended);
    log.end(Stage::Done(RunMode::Import), Tally::default(), ended);
    let nearly = ended + KEPT_FOR - Duration::from_secs(1);
    imports.let_go(nearly);
    assert_eq!(imports.all().len(), 1);
    imports.let_go(ended + KEPT_FOR);
    assert!(imports.all().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_log_is_let_go_an_hour_after_the_last_look_though_nobody_comes_any_more() {
    let now = || tokio::time::Instant::now().into_std();
    let pass = |min: u64| tokio::time::sleep(Duration::from_secs(60 * min));
    let imports = Arc::new(Imports::default());
    let log = keep(&imports, "anna", now()).unwrap();
    let forgetting = tokio::spawn(Arc::clone(&imports).forget(log.id.clone()));
    pass(50).await;
    assert!(imports.get(&log.id, Some("anna"), now()).is_some());
    pass(59).await;
    assert_eq!(imports.all().len(), 1);
    pass(2).await;
    assert!(imports.all().is_empty());
    forgetting.await.expect("it ends with what it waited for");
}

#[test]
fn as_many_logs_as_fit_are_kept_and_none_that_is_under_way_is_let_go() {
    let (imports, begun) = (Imports::default(), Instant::now());
    let logs: Vec<_> = (0..MAX_KEPT)
        .map(|_| keep(&imports, "anna", begun).unwrap())
        .collect();
    for log in &logs[1..] {
        assert!(log.begin(RunMode::Import, settings()));
        assert!(!log.begin(RunMode::Import, settings()), "one run at a time");
    }
    let newest = keep(&imports, "anna", begun).unwrap();
    assert!(imports.get(&logs[0].id, Some("anna"), begun).is_none());
    assert!(newest.begin(RunMode::DryRun, settings()));
    assert!(keep(&imports, "anna", begun).is_none());
}

const HEADER: &str = "Encounter ID,OR Suite,Service,Booked Time (min),OR Schedule\n";

fn log(rows: usize) -> Import {
    let rows = (0..rows).map(|row| format!("{row},OT-1,Eyes,30,2022-01-03 07:05\n"));
    let text = format!(
        "{HEADER}{}broken,OT-2,Eyes,none,2022-01-03 07:05\n",
        rows.collect::<String>()
    );
    let imports = Imports::default();
    let kept = imports.keep(None, "log.csv".to_owned(), text.into(), Instant::now());
    drop(imports);
    Arc::into_inner(kept.unwrap()).unwrap()
}

/// Takes every row, and says so only every other time.
fn forgetful() -> (FakeOt, Arc<AtomicU32>) {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let ot = FakeOt::default().on(
        "TransferService/ImportCases",
        move |q: ImportCasesRequest| {
            if counted.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) {
                return Err(Status::unavailable("gone for a moment"));
            }
            let outcome = |row: &booking_proto::ot::v1::ImportRow| ImportOutcome {
                line: row.line,
                kind: Kind::Imported.into(),
                ..Default::default()
            };
            Ok(ImportCasesResponse {
                outcomes: q.rows.iter().map(outcome).collect(),
            })
        },
    );
    (ot, calls)
}

#[tokio::test(start_paused = true)]
async fn rows_whose_answer_is_lost_are_sent_again_and_counted_once() {
    let (ot, calls) = forgetful();
    let state = state_for(FakeBackend::hospital(ot), Way::Open);
    let import = Arc::new(log(1201));
    assert!(import.begin(RunMode::Import, settings()));
    let client = state.backend.client(None);
    run(client, Arc::clone(&import), RunMode::Import, settings()).await;
    let Progress {
        stage, tally, rows, ..
    } = import.progress();
    assert!(matches!(stage, Stage::Done(RunMode::Import)), "{stage:?}");
    assert_eq!((tally.fine, tally.refused, rows), (1201, 1, Some(1202)));
    assert_eq!(
        calls.load(Ordering::Relaxed),
        6,
        "three batches, each sent twice"
    );
    let broken = &tally.issues[0];
    assert_eq!((broken.line, broken.refused), (1203, true));
    assert!(broken.why.contains("'none'"), "{}", broken.why);
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_stays_away_or_says_no_ends_the_run_with_its_reason() {
    for (status, attempts) in [
        (Status::unavailable("gone"), ATTEMPTS_SEEN),
        (Status::permission_denied("no"), 1),
    ] {
        let calls = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&calls);
        let ot = FakeOt::default().on(
            "TransferService/ImportCases",
            move |_: ImportCasesRequest| -> Result<ImportCasesResponse, Status> {
                counted.fetch_add(1, Ordering::Relaxed);
                Err(status.clone())
            },
        );
        let state = state_for(FakeBackend::hospital(ot), Way::Open);
        let import = Arc::new(log(1));
        assert!(import.begin(RunMode::DryRun, settings()));
        run(
            state.backend.client(None),
            Arc::clone(&import),
            RunMode::DryRun,
            settings(),
        )
        .await;
        let stage = import.progress().stage;
        assert!(
            matches!(stage, Stage::Stopped(RunMode::DryRun, Why::Refused(_))),
            "{stage:?}"
        );
        assert_eq!(calls.load(Ordering::Relaxed), attempts);
    }
}

/// As often as a batch is sent at most.
const ATTEMPTS_SEEN: u32 = 8;
