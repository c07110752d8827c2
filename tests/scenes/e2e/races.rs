//! Twelve writers, one slot: one of them has it, the others are told why not, on both databases.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tests::hospital::{Database, Hospital};
use tokio::sync::Barrier;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::bookings::{THEATRE, book, booking, furnish};

const WRITERS: usize = 12;
const ROUNDS: i64 = 50;
/// No round may take longer, all twelve answers included.
const LONGEST_ROUND: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn of_twelve_writers_one_gets_the_slot_on_sqlite() {
    race(Database::Sqlite, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twelve_writers_through_two_servers_one_gets_the_slot_on_postgresql() {
    race(Database::Postgres, 2).await;
}

async fn race(database: Database, backends: usize) {
    let mut hospital = Hospital::open(database, backends, "article")
        .await
        .expect("the hospital opens");
    furnish(&hospital, WRITERS).await;
    let channels: Vec<_> = (0..WRITERS)
        .map(|writer| hospital.channel(writer % backends).expect("a channel"))
        .collect();
    let mut worst = Duration::ZERO;
    for round in 0..ROUNDS {
        let start = Arc::new(Barrier::new(WRITERS));
        let began = Instant::now();
        let writers: Vec<_> = channels
            .iter()
            .cloned()
            .enumerate()
            .map(|(writer, channel)| {
                let start = Arc::clone(&start);
                tokio::spawn(async move {
                    start.wait().await;
                    book(channel, booking(writer, round)).await
                })
            })
            .collect();
        let mut won = 0;
        for writer in writers {
            match writer.await.expect("a writer ends") {
                Ok(_) => won += 1,
                Err(status) => {
                    assert_eq!(
                        status.code(),
                        Code::FailedPrecondition,
                        "round {round}: {status:?}"
                    );
                    let details = status.get_error_details();
                    let reason = &details.error_info().expect("an ErrorInfo").reason;
                    assert_eq!(reason, "THEATRE_DOUBLE_BOOKED", "round {round}: {status:?}");
                }
            }
        }
        assert_eq!(won, 1, "winners of round {round}");
        worst = worst.max(began.elapsed());
    }
    println!("{database:?}: the worst of {ROUNDS} rounds took {worst:?}");
    assert!(worst < LONGEST_ROUND, "{worst:?}");
    let there = ["cases", "list", "--theatre", THEATRE, "--limit", "0"];
    let there = hospital.json(&there).await.expect("they are listed");
    assert_eq!(i64::try_from(there.len()), Ok(ROUNDS));
    hospital
        .examine()
        .await
        .expect("the database agrees with itself");
}
