//! An empty database becomes a hospital, by the command line alone, until its first case is booked.

use tests::hospital::{Database, Hospital};

use super::{commands::only, stderr};

/// As an administrator would type it; every line must end well.
const SET_UP: &[&str] = &[
    "sites create main --name Main --time-zone Europe/London",
    "theatres create OT-1 --name One --open mon-sun=00:00-24:00 \
     --capability general-anaesthesia --capability paediatric",
    "theatres create OT-2 --name Two --open mon-sun=00:00-24:00",
    "staff create DC-1 --name Okafor --role primary-surgeon --specialty orthopaedics",
    "staff create DC-2 --name Lind --role anaesthetist",
    "equipment create C-ARM-1 --kind c-arm --name First",
    "equipment update C-ARM-1 --reprocess 10",
    "procedures create hip --name Hip --specialty orthopaedics --setup 20 --duration 90 \
     --cleanup 20 --requires general-anaesthesia --equipment-kind c-arm --side-required",
    "procedures update hip --duration 80",
    "reasons create NO_BED --name Nobed --group facility --avoidable",
    "reasons update NO_BED --avoidable=false --fhir-code oth-room",
    "sessions templates create --id lists --theatre OT-1 --day mon --hours 00:00-24:00 \
     --specialty orthopaedics --with anaesthetist",
    "sessions templates update lists --with anaesthetist,general-anaesthesia,paediatric",
    "sessions templates expand lists --from +1 --to +14",
];

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

async fn empty() -> Hospital {
    Hospital::open(Database::Sqlite, 1, "none")
        .await
        .expect("the hospital opens")
}

#[tokio::test]
async fn a_hospital_is_set_up_from_nothing_until_its_first_case_is_booked() {
    let mut hospital = empty().await;
    let early = hospital.run(&words("theatres list")).await.unwrap();
    assert_eq!(early.status.code(), Some(0), "{}", stderr(&early));
    let early = hospital.run(&words(SET_UP[1])).await.unwrap();
    assert_eq!(early.status.code(), Some(2), "{}", stderr(&early));
    assert!(
        stderr(&early).contains("sites create"),
        "{}",
        stderr(&early)
    );

    for line in SET_UP {
        hospital.text(&words(line)).await.expect(line);
    }
    let shown = hospital.text(&words("procedures list")).await.unwrap();
    assert!(shown.contains("120  20     80         20"), "{shown}");
    let reason = hospital.json(&words("reasons list")).await.unwrap();
    let reason = reason.iter().find(|it| it["name"] == "reasons/NO_BED");
    let reason = reason.expect("it is listed");
    assert_eq!(reason["group"], "FACILITY", "{reason}");
    assert_ne!(reason["avoidable"], true, "{reason}");

    // A child's hip: one theatre can, and the session there is staffed for it.
    let case = "cases create --patient PT-1 --procedure Hip --type hip --side left --surgeon DC-1 \
                --anaesthetist DC-2 --equipment C-ARM-1 --requires paediatric";
    let case = only(hospital.json(&words(case)).await.unwrap());
    let name = case["name"].as_str().unwrap();
    assert_eq!(case["durations"]["procedureMin"], 80, "{case}");
    let changed = ["cases", "update", name, "--duration", "70"];
    let changed = only(hospital.json(&changed).await.unwrap());
    assert_eq!(changed["durations"]["setupMin"], 20, "{changed}");
    assert_eq!(changed["durations"]["procedureMin"], 70, "{changed}");

    let slots = ["slots", name, "--earliest", "tomorrow", "--latest", "+14"];
    let offers = hospital.json(&slots).await.unwrap();
    let plan = &offers.first().expect("there is a place")["plan"];
    assert_eq!(plan["theatre"], "theatres/OT-1");
    let start = plan["startTime"].as_str().unwrap();
    let unfit = [
        "cases",
        "schedule",
        name,
        "--theatre",
        "OT-2",
        "--start",
        start,
    ];
    let unfit = hospital.run(&unfit).await.unwrap();
    assert!(
        stderr(&unfit).contains("Two has no paediatric"),
        "{}",
        stderr(&unfit)
    );
    let booked = [
        "cases",
        "schedule",
        name,
        "--theatre",
        "OT-1",
        "--start",
        start,
    ];
    let booked = only(hospital.json(&booked).await.unwrap());
    assert_eq!(booked["state"], "SCHEDULED");

    // Its equipment goes away, and the conflict shows; then it is back.
    let away = [
        "equipment",
        "away",
        "C-ARM-1",
        "--from",
        "today",
        "--to",
        "+15",
        "--reason",
        "Repair",
    ];
    let away = only(hospital.json(&away).await.unwrap());
    let conflicts = ["conflicts", "--from", "today", "--to", "+15"];
    let told = hospital.text(&conflicts).await.unwrap();
    assert!(told.contains("R7") && told.contains("Repair"), "{told}");
    let absences = hospital
        .text(&words("equipment absences --to +15"))
        .await
        .unwrap();
    assert!(absences.contains("Repair"), "{absences}");
    let back = ["equipment", "back", away["name"].as_str().unwrap()];
    hospital.text(&back).await.unwrap();
    let told = hospital.text(&conflicts).await.unwrap();
    assert!(!told.contains("R7"), "{told}");

    hospital
        .text(&words("equipment retire C-ARM-1"))
        .await
        .unwrap();
    let left = hospital.text(&words("equipment list")).await.unwrap();
    assert!(!left.contains("C-ARM-1"), "{left}");
    let verdict = hospital.text(&words("audit verify")).await.unwrap();
    assert!(verdict.starts_with("Intact: "), "{verdict}");
    hospital.examine().await.expect("the doctor finds nothing");
}

#[tokio::test]
async fn a_session_without_what_a_case_needs_refuses_it_in_words() {
    let hospital = empty().await;
    for line in &SET_UP[..5] {
        hospital.text(&words(line)).await.expect(line);
    }
    let session = ["sessions", "create", "--theatre", "OT-1", "--open"];
    let when = ["--from", "tomorrow 08:00", "--to", "tomorrow 16:00"];
    let made = [&session[..], &when].concat();
    let made = only(hospital.json(&made).await.unwrap());
    let name = made["name"].as_str().unwrap();
    let case = "cases create --patient PT-2 --procedure Toe --duration 30 --surgeon DC-1 \
                --anaesthetist DC-2 --theatre OT-1 --start";
    let case = [&words(case)[..], &["tomorrow 09:00"]].concat();
    let refused = hospital.run(&case).await.unwrap();
    assert_eq!(refused.status.code(), Some(1), "{}", stderr(&refused));
    assert!(
        stderr(&refused).contains("has no anaesthetist"),
        "{}",
        stderr(&refused)
    );

    let with = [
        "sessions",
        "move",
        name,
        "--with",
        "anaesthetist,general-anaesthesia",
    ];
    hospital.text(&with).await.unwrap();
    let shown = hospital.text(&["sessions", "get", name]).await.unwrap();
    assert!(
        shown.contains("anaesthetist, general-anaesthesia"),
        "{shown}"
    );
    hospital.text(&case).await.expect("it fits now");
}
