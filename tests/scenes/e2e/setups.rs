//! The command line as those use it who set a hospital up, take its data elsewhere, and measure it.

use serde_json::Value;
use tests::hospital::{Database, Hospital};

use super::{
    commands::{demo, only},
    stderr,
};

#[tokio::test]
async fn theatres_and_staff_are_set_up_by_hand() {
    let hospital = Hospital::open(Database::Sqlite, 1, "article")
        .await
        .unwrap();
    let create = [
        "theatres",
        "create",
        "OT 9/b",
        "--name",
        "Nine",
        "--open",
        "mon-sun=00:00-24:00",
        "--turnover",
        "5",
    ];
    hospital.text(&create).await.unwrap();
    let twice = hospital.run(&create).await.unwrap();
    assert_eq!(twice.status.code(), Some(1), "{}", stderr(&twice));
    let shown = hospital.text(&["theatres", "list"]).await.unwrap();
    assert!(
        shown.contains("OT 9/b") && shown.contains("mon-sun 00:00-00:00"),
        "{shown}"
    );
    hospital
        .text(&[
            "staff",
            "create",
            "DC-9",
            "--name",
            "Dr Nine",
            "--role",
            "primary-surgeon",
        ])
        .await
        .unwrap();
    let away = [
        "theatres",
        "close",
        "OT 9/b",
        "--from",
        "tomorrow 08:00",
        "--to",
        "tomorrow 12:00",
        "--reason",
        "Filters",
    ];
    hospital.text(&away).await.unwrap();
    let case = "cases create --patient PT-5 --procedure Toe --duration 20 --anaesthesia local --surgeon DC-9".split(' ');
    let case: Vec<&str> = case
        .chain(["--theatre", "OT 9/b", "--start", "tomorrow 09:00"])
        .collect();
    let closed = hospital.run(&case).await.unwrap();
    assert!(
        stderr(&closed).contains("\n  R6 ") && stderr(&closed).contains("Filters"),
        "{}",
        stderr(&closed)
    );
    // It was never planned into, but a closure still tells of it.
    let delete = ["theatres", "delete", "OT 9/b"];
    let refused = hospital.run(&delete).await.unwrap();
    assert!(
        stderr(&refused).contains("is in use"),
        "{}",
        stderr(&refused)
    );
    let closure = only(hospital.json(&["theatres", "closures"]).await.unwrap());
    let closure = closure["name"].as_str().unwrap();
    hospital
        .text(&["theatres", "reopen", closure])
        .await
        .unwrap();
    hospital.text(&delete).await.unwrap();
}

#[tokio::test]
async fn exports_are_what_their_programs_read() {
    let hospital = demo().await;
    let file = hospital.folder().join("week.csv");
    let file = file.to_str().unwrap();
    hospital
        .text(&["export", "--from", "today", "--to", "today", "--file", file])
        .await
        .unwrap();
    let csv = std::fs::read_to_string(file).unwrap();
    assert!(csv.lines().count() > 30, "{csv}");
    assert!(!std::path::Path::new(&format!("{file}.part")).exists());
    let fhir = hospital
        .text(&["export", "--format", "fhir", "--to", "today"])
        .await
        .unwrap();
    let bundle: Value = serde_json::from_str(&fhir).unwrap();
    assert_eq!(bundle["resourceType"], "Bundle");
    let calendar = hospital
        .text(&["export", "--format", "ical", "--theatre", "OT-1"])
        .await
        .unwrap();
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n"), "{calendar}");
    assert!(!calendar.contains("PT-"), "{calendar}");
}

#[tokio::test]
async fn a_small_load_is_booked_and_measured() {
    let hospital = Hospital::open(Database::Sqlite, 1, "article")
        .await
        .unwrap();
    let load = "load --prepare --theatres 2 --count 40 --concurrency 4"
        .split(' ')
        .collect::<Vec<_>>();
    let result = only(hospital.json(&load).await.unwrap());
    assert_eq!(
        (&result["bookings"], &result["refusals"]),
        (&Value::from(40), &Value::from(serde_json::Map::new()))
    );
    assert!(
        result["bookingsPerSecond"].as_f64().unwrap() > 1.0
            && result["p99Ms"].as_f64().unwrap() > 0.0
    );
}
