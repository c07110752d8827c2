//! How long the questions of a day take when there is a history of a million cases.
//!
//! ```console
//! $ cargo run --release -p booking-store --features testing --example scale -- sqlite 1000000
//! ```
//!
//! Arguments: the kind of database or a URL, and how many cases. They lie in 200 theatres, ten a
//! day each, up to a day in the middle of 2026. With `--fill-only` behind them, a URL is left filled
//! for others to ask.
//!
//! The last day is written by the store. Those before it are copies that the database makes of it,
//! with its indexes put up once all are there: a million cases in a minute.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement ends at the first thing that goes wrong"
)]

use std::{env, path::Path, time::Instant};

use booking_domain::{
    Case, CaseCondition, CaseOrder, CaseOrderKey, CaseQuery, CaseState, Milestones, Plan, TeamRole,
    TheatreId, TimeRange, testing,
};
use booking_store::{
    Location, OpenOptions, Scope, Store, StoreError, Tx,
    testing::{Durability, ThrowAwayPostgres},
};
use jiff::SignedDuration;
use sqlx::{
    Connection as _, PgConnection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

const THEATRES: i64 = 200;
const A_DAY: i64 = 10;
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
    let open = || Store::open(&location, OpenOptions::default());
    let mut store = open().await.unwrap();
    if store.hospital().await.unwrap().theatres.is_empty() {
        store
            .write((), |(), tx| Box::pin(furnish(tx)))
            .await
            .unwrap();
        let started = Instant::now();
        store
            .write((), |(), tx| Box::pin(add_last_day(tx)))
            .await
            .unwrap();
        store.close().await;
        let days = (cases / THEATRES / A_DAY).max(1);
        match &location {
            Location::File(path) => sqlite_history(path, days).await.unwrap(),
            _ => postgres_history(&url, days).await.unwrap(),
        }
        let cases = days * THEATRES * A_DAY;
        println!("{cases} cases in {:.0} s", started.elapsed().as_secs_f64());
        store = open().await.unwrap();
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
        tx.put(site).await?;
    }
    for procedure_type in hospital.procedure_types.values() {
        tx.put(procedure_type).await?;
    }
    for staff in hospital.staff.values() {
        tx.put(staff).await?;
    }
    let theatre = &hospital.theatres[&testing::theatre_id("OT-3")];
    for number in 0..THEATRES {
        let mut theatre = theatre.clone();
        theatre.id = testing::theatre_id(&format!("T-{number:03}"));
        tx.put(&theatre).await?;
    }
    Ok(())
}

/// The day that is asked about; every hundredth case still waits.
async fn add_last_day(tx: &mut Tx) -> Result<(), StoreError> {
    for number in 0..THEATRES * A_DAY {
        let place = number / THEATRES;
        let minutes = 7 * 60 + place * 72;
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
            ..testing::with(
                testing::requested(&format!("0190b0de-0000-7000-8000-{number:012}")),
                |details| {
                    details.decided_at = start - SignedDuration::from_hours(24 * 60);
                    details.procedure = "Laparoscopic cholecystectomy".to_owned();
                    details.team = vec![
                        testing::member("DC-1", TeamRole::PrimarySurgeon),
                        testing::member("DC-3", TeamRole::Anaesthetist),
                        testing::member("NU-1", TeamRole::ScrubNurse),
                    ];
                },
            )
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

/// Makes the days before the last, by statements that either database understands: each is a copy of
/// the last day, moved. Indexes are put up behind that, from one sorted pass each.
///
/// `columns` are those of `surgical_case`, in order; `indexes` name those of both tables, and say
/// how they are made.
fn history(columns: &[String], indexes: &[(String, String)], days: i64) -> String {
    // Into the second group of hexadecimal digits: 0190b0de-0042-7000-8000-000000000001.
    let moved = |id: &str| format!("substr(it.{id}, 1, 9) || d.mark || substr(it.{id}, 14)");
    let columns = columns.iter().map(|column| match &**column {
        "id" => moved("id"),
        instant if instant.ends_with("_us") => format!("it.{instant} - d.us"),
        other => format!("it.{other}"),
    });
    let columns = columns.collect::<Vec<_>>().join(", ");
    let (dropped, made): (Vec<_>, Vec<_>) = indexes
        .iter()
        .map(|(name, how)| (format!("drop index {name};"), format!("{how};")))
        .unzip();
    format!(
        "create temp table a_day as select * from surgical_case;
         create temp table a_team as select case_id, staff_id, role from case_team;
         create temp table days_before as
             with recursive d (n) as (select 1 union all select n + 1 from d where n < {last})
             select n * 86400000000 as us, substr(cast(10000 + n as text), 2, 4) as mark
             from d where n <= {last};
         {dropped}
         insert into surgical_case select {columns} from days_before d cross join a_day it;
         insert into case_team select {case_id}, it.staff_id, it.role
             from days_before d cross join a_team it;
         {made}",
        last = days - 1,
        dropped = dropped.concat(),
        case_id = moved("case_id"),
        made = made.concat(),
    )
}

async fn sqlite_history(path: &Path, days: i64) -> Result<(), sqlx::Error> {
    // Nobody needs what a crash would leave.
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(false)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .pragma("cache_size", "-500000")
        .pragma("temp_store", "memory");
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let columns = sqlx::query_scalar("select name from pragma_table_info('surgical_case')")
        .fetch_all(&mut connection)
        .await?;
    let indexes = sqlx::query_as(
        "select name, sql from sqlite_master where type = 'index' and sql is not null
         and tbl_name in ('surgical_case', 'case_team')",
    )
    .fetch_all(&mut connection)
    .await?;
    sqlx::raw_sql(sqlx::AssertSqlSafe(history(&columns, &indexes, days)))
        .execute(&mut connection)
        .await?;
    connection.close().await
}

async fn postgres_history(url: &str, days: i64) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    let columns = sqlx::query_scalar(
        "select column_name::text from information_schema.columns
         where table_name = 'surgical_case' order by ordinal_position",
    )
    .fetch_all(&mut connection)
    .await?;
    let indexes = sqlx::query_as(
        "select indexname::text, indexdef from pg_indexes
         where tablename in ('surgical_case', 'case_team') and indexname not like '%_pkey'",
    )
    .fetch_all(&mut connection)
    .await?;
    // References were checked on the day that is copied.
    let script = "set session_replication_role = replica;".to_owned();
    let script = script + &history(&columns, &indexes, days);
    sqlx::raw_sql(sqlx::AssertSqlSafe(script))
        .execute(&mut connection)
        .await?;
    // What a database that has lived has done by itself.
    sqlx::raw_sql("vacuum analyze")
        .execute(&mut connection)
        .await?;
    connection.close().await
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
