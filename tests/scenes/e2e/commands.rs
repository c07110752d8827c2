//! The command line as a scheduler, a nurse and an auditor use it.

use serde_json::Value;
use tests::hospital::{Database, Hospital};

use super::{stderr, stdout};

pub(crate) async fn demo() -> Hospital {
    Hospital::open(Database::Sqlite, 1, "demo")
        .await
        .expect("the hospital opens")
}

pub(crate) fn only(messages: Vec<Value>) -> Value {
    let [message] = messages
        .try_into()
        .unwrap_or_else(|all| panic!("one message, not {all:?}"));
    message
}

/// The first place from tomorrow on that breaks no rule, in a theatre that is empty whatever the
/// hour, and a case for it.
async fn case_and_offer(hospital: &Hospital) -> (String, Value) {
    let quiet = "theatres create quiet --name Quiet --open mon-sun=00:00-24:00 --capability general-anaesthesia";
    let quiet: Vec<&str> = quiet.split(' ').collect();
    hospital.text(&quiet).await.expect("it is made");
    let fields = "--patient PT-77 --duration 30 --setup 10 --cleanup 10 --surgeon DC-3904 --anaesthetist DC-1180";
    let fields: Vec<&str> = fields.split(' ').collect();
    let create = [
        &["cases", "create", "--procedure", "Laparoscopy"][..],
        &fields,
    ]
    .concat();
    let case = only(hospital.json(&create).await.expect("it is entered"));
    let name = case["name"].as_str().expect("it has a name").to_owned();
    let offers = hospital
        .json(&[
            "slots",
            &name,
            "--theatre",
            "quiet",
            "--earliest",
            "tomorrow",
            "--latest",
            "+3",
            "--max",
            "1",
        ])
        .await
        .expect("places are found");
    (name, only(offers))
}

#[tokio::test]
async fn a_case_goes_from_the_request_to_the_end_and_every_step_is_in_the_audit() {
    let hospital = demo().await;
    let (case, offer) = case_and_offer(&hospital).await;
    let plan = &offer["plan"];
    let (theatre, start) = (
        plan["theatre"].as_str().unwrap(),
        plan["startTime"].as_str().unwrap(),
    );
    let placed = [
        "cases",
        "schedule",
        &case,
        "--theatre",
        theatre,
        "--start",
        start,
    ];

    // Tried first, done once, and not done again under the same id.
    let id = "6f1c1f6e-8c4a-4d3c-9a51-0d1f3b6c2a11";
    let tried = only(
        hospital
            .json(&[&placed[..], &["--dry-run"]].concat())
            .await
            .unwrap(),
    );
    assert_eq!(tried["state"], "SCHEDULED");
    let once = [&placed[..], &["--request-id", id]].concat();
    let done = only(hospital.json(&once).await.unwrap());
    let again = only(hospital.json(&once).await.unwrap());
    assert_eq!(done, again);

    // Somebody who looked before is too late.
    let stale = hospital
        .run(&["cases", "confirm", &case, "--etag", "\"v1\""])
        .await
        .unwrap();
    assert_eq!(stale.status.code(), Some(1), "{}", stderr(&stale));
    assert!(
        stderr(&stale).contains("booking-client: ABORTED: "),
        "{}",
        stderr(&stale)
    );

    let said = hospital.text(&["cases", "confirm", &case]).await.unwrap();
    assert!(said.contains(" is confirmed, "), "{said}");
    for (step, state) in [
        ("wheels-in", "in theatre"),
        ("wheels-out", "in recovery"),
        ("recovery-out", "completed"),
    ] {
        let said = hospital
            .text(&["cases", "milestone", &case, step])
            .await
            .unwrap();
        assert!(said.contains(&format!(" is {state}")), "{step}: {said}");
    }
    let wrong = hospital
        .run(&["cases", "cancel", &case, "--reason", "OTHER"])
        .await
        .unwrap();
    assert_eq!(wrong.status.code(), Some(1));
    assert!(
        stderr(&wrong).contains("FAILED_PRECONDITION"),
        "{}",
        stderr(&wrong)
    );

    let events = hospital
        .json(&["audit", "list", "--resource", &case])
        .await
        .unwrap();
    let methods: Vec<&str> = events
        .iter()
        .map(|event| event["method"].as_str().unwrap())
        .collect();
    for method in [
        "CreateCase",
        "ScheduleCase",
        "ConfirmCase",
        "RecordMilestone",
    ] {
        assert!(
            methods.iter().any(|done| done.ends_with(method)),
            "{method}: {methods:?}"
        );
    }
    let verdict = hospital.text(&["audit", "verify"]).await.unwrap();
    assert!(verdict.starts_with("Intact: "), "{verdict}");
}

#[tokio::test]
async fn a_double_booking_is_refused_with_every_broken_rule_in_a_sentence() {
    let hospital = demo().await;
    let (case, offer) = case_and_offer(&hospital).await;
    let plan = &offer["plan"];
    let (theatre, start) = (
        plan["theatre"].as_str().unwrap(),
        plan["startTime"].as_str().unwrap(),
    );
    hospital
        .text(&[
            "cases",
            "schedule",
            &case,
            "--theatre",
            theatre,
            "--start",
            start,
        ])
        .await
        .unwrap();
    // The same patient, surgeon, anaesthetist and theatre at the same time.
    let again = "cases create --patient PT-77 --procedure Again --duration 30 --setup 10 --surgeon DC-3904 \
                 --anaesthetist DC-1180";
    let again: Vec<&str> = again.split_whitespace().collect();
    let placed = [&again[..], &["--theatre", theatre, "--start", start]].concat();
    let refused = hospital.run(&placed).await.unwrap();
    let complaint = stderr(&refused);
    assert_eq!(refused.status.code(), Some(1), "{complaint}");
    assert_eq!(stdout(&refused), "");
    for rule in ["\n  R1 ", "\n  R2 ", "\n  R3 "] {
        assert!(complaint.contains(rule), "{rule:?}: {complaint}");
    }
}

#[tokio::test]
async fn the_day_is_a_table_that_a_person_can_read() {
    let hospital = demo().await;
    let day = hospital
        .text(&["schedule", "--theatre", "OT-1", "--theatre", "OT-8"])
        .await
        .unwrap();
    for wanted in [
        "(Europe/London)",
        "\nOT-1  Theatre 1, open 07:30-19:00\n",
        "  PLANNED",
        "OT-8  Theatre 8 (emergencies)",
    ] {
        assert!(day.contains(wanted), "{wanted:?}:\n{day}");
    }
    assert!(!day.contains("OT-2"), "{day}");
    let wall = hospital.text(&["schedule", "--no-patients"]).await.unwrap();
    assert!(wall.contains("OT-7") && !wall.contains("PT-"), "{wall}");
    let waiting = hospital
        .text(&["cases", "list", "--waiting", "--limit", "5"])
        .await
        .unwrap();
    let lines: Vec<&str> = waiting.lines().collect();
    assert_eq!(lines.len(), 6, "{waiting}");
    assert!(
        lines[1].starts_with("urgent 2a"),
        "the most urgent first:\n{waiting}"
    );
}

#[tokio::test]
async fn an_emergency_is_planned_with_its_consequences_and_then_done() {
    let hospital = demo().await;
    let waiting = hospital
        .json(&["cases", "list", "--waiting", "--urgency", "urgent-2a"])
        .await
        .unwrap();
    let case = waiting[0]["name"].as_str().unwrap();
    let team = [
        "cases",
        "update",
        case,
        "--surgeon",
        "DC-3904",
        "--anaesthetist",
        "DC-1180",
    ];
    hospital.text(&team).await.unwrap();
    let options = hospital.json(&["emergency", "plan", case]).await.unwrap();
    assert!(!options.is_empty());
    let option = options[0]["option"].as_str().unwrap();
    let cases = hospital
        .json(&["emergency", "apply", option])
        .await
        .unwrap();
    assert_eq!(
        (&cases[0]["name"], &cases[0]["state"]),
        (&waiting[0]["name"], &Value::from("SCHEDULED"))
    );
    assert_eq!(
        cases.len(),
        1 + options[0]["consequences"].as_array().unwrap().len()
    );
    // The plan was for what was so then.
    let twice = hospital.run(&["emergency", "apply", option]).await.unwrap();
    assert_eq!(twice.status.code(), Some(1), "{}", stderr(&twice));
}

#[tokio::test]
async fn whoever_acts_for_a_person_may_no_more_than_the_person() {
    let hospital = demo().await;
    let day = hospital
        .text(&["schedule", "--on-behalf-of", "vera"])
        .await
        .unwrap();
    assert!(
        !day.contains("PT-"),
        "a viewer does not see who the patients are:\n{day}"
    );
    let create =
        "cases create --on-behalf-of vera --patient PT-1 --procedure Toe --duration 20".split(' ');
    let refused = hospital.run(&create.collect::<Vec<_>>()).await.unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stderr(&refused).contains("PERMISSION_DENIED"),
        "{}",
        stderr(&refused)
    );
    let denied = hospital
        .text(&["audit", "list", "--denied", "--person", "vera"])
        .await
        .unwrap();
    assert!(denied.contains("CreateCase"), "{denied}");
}

#[tokio::test]
async fn a_watch_goes_on_by_itself_after_its_server_was_killed() {
    use tokio::io::{AsyncBufReadExt as _, BufReader};
    let mut hospital = Hospital::open(Database::Sqlite, 1, "article")
        .await
        .unwrap();
    let mut watch = hospital
        .client(&["watch", "--output", "json"])
        .unwrap()
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
    let mut heard = async || {
        let line =
            tokio::time::timeout(std::time::Duration::from_secs(30), lines.next_line()).await;
        let line = line
            .expect("it says something")
            .unwrap()
            .expect("it goes on");
        serde_json::from_str::<Value>(&line).unwrap()
    };
    while heard().await["kind"] != "SNAPSHOT_COMPLETE" {}
    for patient in ["PT-before", "PT-after"] {
        let create = [
            "cases",
            "create",
            "--patient",
            patient,
            "--procedure",
            "Toe",
            "--duration",
            "20",
        ];
        hospital.text(&create).await.unwrap();
        let change = heard().await;
        assert_eq!(change["kind"], "CHANGED", "{change}");
        assert_eq!(change["case"]["patient"], format!("patients/{patient}"));
        hospital.kill_and_restart(0).await.unwrap();
    }
}
