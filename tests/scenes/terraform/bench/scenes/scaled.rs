//! Three backends with one account on one database, behind one address.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use jiff::{ToSpan as _, Zoned, civil::Weekday};
use serde_json::Value;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::{ADA, BACKEND, DRILL, journals, smoke};
use crate::bench::{Bench, Machine, firewall::balancing};

/// A busy machine is not an error.
const PATIENCE: Duration = Duration::from_secs(120);
const CLIENT: &str = "prod-booking-client-vm";
/// Who books where in the article's hospital, each in a theatre of their own.
const CALLERS: [(&str, &str); 3] = [
    ("OT-1", "DC-3904"),
    ("OT-2", "DC-2217"),
    ("OT-3", "DC-4410"),
];
/// How many each of them books, a quarter of an hour each: within a day's opening hours.
const BOOKINGS_EACH: usize = 24;
/// One after the other is killed, when so many bookings have been acknowledged.
const KILLS_AT: [usize; 3] = [12, 30, 48];

/// The deployment of the example, its database and its load balancer.
async fn scaled() -> (Bench, Vec<Machine>) {
    let members = format!("ssh_members = [\"{ADA}\"]");
    let bench = Bench::up("terraform/examples/scaled", &members).await;
    bench.boot_all().await;
    let balancer = bench.world.balancer().expect("a load balancer");
    let machines = bench.world.machines().into_iter();
    let backends: Vec<Machine> = machines
        .filter(|machine| machine.name.starts_with(&balancer.machines))
        .collect();
    assert_eq!(backends.len(), 3);
    let all: Vec<&Machine> = backends.iter().collect();
    bench.nft(CLIENT, &balancing(&balancer, &all)).await;
    for backend in &backends {
        answers(&bench, &format!("{}:8080", backend.address)).await;
    }
    (bench, backends)
}

/// Waits until a backend answers.
pub(super) async fn answers(bench: &Bench, backend: &str) {
    let end = Instant::now() + PATIENCE;
    loop {
        let (well, said) = bench.books(backend, "theatres list").await;
        if well {
            return;
        }
        assert!(
            Instant::now() < end,
            "{backend}: {said}\n{}",
            journals(bench)
        );
        sleep(Duration::from_millis(500)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_database_is_behind_three_backends_and_lets_nobody_in_unencrypted() {
    let (bench, backends) = scaled().await;
    // An example's outputs, and the pages before a group.
    assert_eq!(smoke(&bench).await.len(), 4);

    let at = |number: usize| format!("{}:8080", backends[number].address);
    let create =
        "cases create --patient PT-7001 --procedure Tonsillectomy --duration 30 --id shared";
    let (well, said) = bench.books(&at(0), create).await;
    assert!(well, "{said}");
    for number in [1, 2] {
        let (well, said) = bench.books(&at(number), "cases get shared").await;
        assert!(well && said.contains("Tonsillectomy"), "{said}");
    }

    let journal = bench.database.as_ref().expect("it has one").journal();
    let authorised: Vec<&str> = journal
        .lines()
        .filter(|line| line.contains("connection authorized: user=ot-booking"))
        .collect();
    assert!(authorised.len() >= 3, "{journal}");
    for line in authorised {
        assert!(line.contains("SSL enabled"), "{line}");
    }

    // A group's backends are told apart by nobody, and the drill goes as anywhere: a program that is started again knows its database.
    let (well, said) = bench.script("gce-drill", &DRILL).await;
    assert!(well, "{said}\n{}", journals(&bench));
    let commands = bench.output("journals");
    let (well, said) = bench
        .paste::<&str>(commands["server"].as_str().expect("a command"), &[])
        .await;
    assert_eq!(
        (well, said.matches("started successfully").count() >= 6),
        (true, true),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn with_one_backend_of_three_killed_bookings_go_on() {
    let (bench, backends) = scaled().await;
    let acknowledged = AtomicUsize::new(0);
    let caller = |number| book(&bench, number, &acknowledged);
    let load = async { tokio::join!(caller(0), caller(1), caller(2)) };
    let kills = async {
        for (backend, at) in backends.iter().zip(KILLS_AT) {
            while acknowledged.load(Ordering::SeqCst) < at {
                sleep(Duration::from_millis(20)).await;
            }
            let kill = ["systemctl", "kill", "--signal=KILL", "booking-server"];
            let (well, said) = bench.says(&backend.name, &kill).await;
            assert!(well, "{said}");
        }
    };
    let all = async { tokio::join!(load, kills).0 };
    let booked = tokio::time::timeout(PATIENCE * 3, all).await;
    let (first, second, third) = booked.expect("bookings go on");
    let booked = [first, second, third].concat();
    assert_eq!(booked.len(), CALLERS.len() * BOOKINGS_EACH);

    for backend in &backends {
        let at = format!("{}:8080", backend.address);
        answers(&bench, &at).await;
        let (well, said) = bench
            .books(&at, "cases list --text Killed --limit 0 --output json")
            .await;
        assert!(well, "{said}");
        let found = names(&said);
        let once: BTreeSet<&String> = found.iter().collect();
        assert_eq!(once.len(), found.len(), "none is there twice");
        assert_eq!(once, booked.iter().collect(), "at {}", backend.name);
        let journal = bench.journal(&backend.name, "booking-server");
        let starts = journal.matches("started successfully").count();
        assert_eq!(starts, 2, "{} was killed once", backend.name);
    }

    // One stays away: the health check notices, and connections that begin from here on go to the others.
    let stop = ["systemctl", "stop", "booking-server"];
    assert!(bench.says(&backends[1].name, &stop).await.0);
    let balancer = bench.world.balancer().expect("a load balancer");
    let healthy = [&backends[0], &backends[2]];
    bench.nft(CLIENT, &balancing(&balancer, &healthy)).await;
    for _ in 0..6 {
        let (well, said) = bench.books(BACKEND, "cases get case-0001").await;
        assert!(well, "{said}");
    }
}

/// Books through the load balancer, each call a connection of its own and repeated with its request id until it is acknowledged: what a front end
/// does. The identifiers of what was.
async fn book(bench: &Bench, caller: usize, acknowledged: &AtomicUsize) -> Vec<String> {
    let (theatre, surgeon) = CALLERS[caller];
    let day = Zoned::now().date() + 14.days();
    let monday = day
        .nth_weekday(1, Weekday::Monday)
        .expect("there is a next Monday");
    let mut booked = Vec::new();
    for number in 0..BOOKINGS_EACH {
        let id = format!("killed-{caller}-{number}");
        let minutes = 8 * 60 + number * 15;
        let start = format!("{monday} {:02}:{:02}", minutes / 60, minutes % 60);
        let request = Uuid::new_v4();
        let words = format!(
            "cases create --id {id} --patient PT-{caller}{number:03} --procedure Killed --surgeon {surgeon} --anaesthesia local \
             --setup 0 --duration 15 --cleanup 0 --theatre {theatre} --start '{start}' --request-id {request}"
        );
        loop {
            let (well, said) = bench.books(BACKEND, &words).await;
            if well {
                break;
            }
            // A connection that broke, or that nobody took: everything else is a real refusal.
            assert!(
                said.contains("booking-client: UNAVAILABLE"),
                "{said}\n{}",
                journals(bench)
            );
        }
        acknowledged.fetch_add(1, Ordering::SeqCst);
        booked.push(id);
    }
    booked
}

/// The identifiers in a list of cases, one a line.
fn names(list: &str) -> Vec<String> {
    let name = |line| -> String {
        let case: Value = serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}"));
        let name = case["name"].as_str().expect("a case has a name");
        name.trim_start_matches("cases/").to_owned()
    };
    list.lines().map(name).collect()
}
