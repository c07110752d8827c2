//! A log of past cases: taken in, again, after a stop; and every report over it equal to the figures
//! that a program written apart makes of the same file.

use std::{path::Path, process::Command, time::Duration};

use serde_json::Value;
use tests::hospital::{Database, Hospital};

use super::{stderr, stdout};

const ROWS: &str = "5000";
/// Any other would do.
const SEED: &str = "7";

/// Runs one of the programs beside the scenes and reads the JSON that it prints.
fn python(script: &str, args: &[&str]) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("reports")
        .join(script);
    let run = Command::new("python3").arg(&path).args(args).output();
    let run = run.unwrap_or_else(|error| panic!("python3: {error}; install it (Debian: python3)"));
    assert!(run.status.success(), "{script}: {}", stderr(&run));
    serde_json::from_slice(&run.stdout).expect("it prints JSON")
}

async fn hospital() -> Hospital {
    Hospital::open(Database::Sqlite, 1, "article")
        .await
        .expect("the hospital opens")
}

async fn cases_there(hospital: &Hospital) -> usize {
    let all = [
        "cases",
        "list",
        "--limit",
        "0",
        "--from",
        "2023-01-01",
        "--to",
        "2023-12-31",
    ];
    hospital.json(&all).await.expect("they are listed").len()
}

#[tokio::test]
async fn a_log_is_taken_in_once_and_every_report_equals_the_figures_made_apart() {
    let hospital = hospital().await;
    let path = hospital.folder().join("log.csv");
    let log = path.to_str().unwrap();
    let made = python("make_log.py", &[log, SEED, ROWS]);
    let (first, last) = (
        made["first"].as_str().unwrap(),
        made["last"].as_str().unwrap(),
    );
    let import = ["import", log, "--time-zone", "Europe/London"];

    let tried = hospital
        .run(&[&import[..], &["--dry-run"]].concat())
        .await
        .unwrap();
    assert_eq!(tried.status.code(), Some(1), "{}", stderr(&tried));
    assert!(
        stdout(&tried).contains("Dry run, nothing was changed: 5006 rows: 5000 imported"),
        "{}",
        stdout(&tried)
    );
    assert_eq!(cases_there(&hospital).await, 0);

    let taken = hospital.run(&import).await.unwrap();
    assert_eq!(
        taken.status.code(),
        Some(1),
        "some rows cannot be understood: {}",
        stderr(&taken)
    );
    let summary = stdout(&taken);
    assert!(
        summary.contains("5006 rows: 5000 imported, ") && summary.contains(", 6 refused"),
        "{summary}"
    );
    let refused: Vec<&str> = summary
        .lines()
        .filter(|line| line.contains(": refused: "))
        .collect();
    assert_eq!(refused.len(), 6, "{refused:?}");

    let again = stdout(&hospital.run(&import).await.unwrap());
    assert!(
        again.contains("0 imported, 0 of them flagged, 5000 here before, 6 refused"),
        "{again}"
    );
    assert_eq!(cases_there(&hospital).await, 5000);

    let expected = python("figures.py", &[log, first, last, "420-930", "90"]);
    for report in [
        "utilisation",
        "turnover",
        "on-time-starts",
        "duration-accuracy",
        "cancellations",
    ] {
        let args = [
            "report",
            report,
            "--from",
            first,
            "--to",
            last,
            "--window",
            "07:00-15:30",
            "--idle-gap",
            "90",
        ];
        let seen = hospital.json(&args).await.unwrap().remove(0);
        compare(report, &expected[report], &seen);
    }
}

/// Every figure of `expected` is in `seen`, equal to four decimals.
fn compare(report: &str, expected: &Value, seen: &Value) {
    let Some(rows) = seen["rows"]
        .as_array()
        .filter(|_| report != "cancellations")
    else {
        return compare_row(report, expected, seen);
    };
    let key = if report == "duration-accuracy" {
        "procedure"
    } else {
        "theatre"
    };
    let named = |row: &Value| {
        row[key]
            .as_str()
            .expect("a name")
            .trim_start_matches("theatres/")
            .to_owned()
    };
    let expected = expected.as_object().expect("figures by name");
    for (name, figures) in expected {
        let found = rows.iter().find(|row| named(row) == *name);
        let row = found.unwrap_or_else(|| panic!("{report}: no row {name:?} in {seen}"));
        compare_row(&format!("{report} of {name:?}"), figures, row);
    }
    // Theatres that the log does not have did nothing.
    for row in rows
        .iter()
        .filter(|row| !expected.contains_key(&named(row)))
    {
        let mut figures = row
            .as_object()
            .expect("figures by name")
            .values()
            .filter_map(Value::as_f64);
        assert!(figures.all(|figure| figure == 0.0), "{report}: {row}");
    }
}

fn compare_row(what: &str, expected: &Value, seen: &Value) {
    for (figure, value) in expected.as_object().expect("figures by name") {
        let (wanted, got) = (value.as_f64().expect("a figure"), seen[figure].as_f64());
        let got = got.unwrap_or_else(|| panic!("{what}: no {figure} in {seen}"));
        assert!(
            (wanted - got).abs() < 0.000_05,
            "{what}: {figure} is {got}, made apart it is {wanted}"
        );
    }
}

#[tokio::test]
async fn an_import_that_was_killed_goes_on_where_it_was() {
    let hospital = hospital().await;
    let path = hospital.folder().join("log.csv");
    let log = path.to_str().unwrap();
    python("make_log.py", &[log, SEED, "1500"]);
    let import = [
        "import",
        log,
        "--time-zone",
        "Europe/London",
        "--batch",
        "20",
    ];
    let mut killed = hospital.client(&import).unwrap().spawn().unwrap();
    while cases_there(&hospital).await < 100 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    killed.kill().await.unwrap();
    let before = cases_there(&hospital).await;
    assert!(before < 1500, "it was killed too late to show anything");
    let rest = stdout(&hospital.run(&import).await.unwrap());
    let count = |what: &str| -> usize {
        let end = rest
            .find(what)
            .unwrap_or_else(|| panic!("no{what} in: {rest}"));
        let number = rest[..end].rsplit([' ', '\n']).next();
        number
            .and_then(|number| number.parse().ok())
            .unwrap_or_else(|| panic!("{what}: {rest}"))
    };
    // The call under way at the kill may have been done after the count.
    assert!(count(" here before") >= before, "{before} before: {rest}");
    assert_eq!(count(" imported,") + count(" here before"), 1500, "{rest}");
    assert_eq!(cases_there(&hospital).await, 1500);
}

#[tokio::test]
async fn a_strict_import_refuses_a_plan_that_overlaps_one_taken_before_and_names_both() {
    let hospital = hospital().await;
    let path = hospital.folder().join("small.csv");
    let log = "encounter_id,theatre,booked_min,scheduled_time\n\
               1,OT-1,60,2023-01-02 09:00\n2,OT-1,30,2023-01-02 10:00\n3,OT-1,30,2023-01-02 10:15\n";
    std::fs::write(&path, log).unwrap();
    let import = [
        "import",
        path.to_str().unwrap(),
        "--time-zone",
        "Europe/London",
    ];
    let strict = hospital
        .run(&[&import[..], &["--strict"]].concat())
        .await
        .unwrap();
    assert_eq!(strict.status.code(), Some(1));
    let said = stdout(&strict);
    assert!(
        said.contains("line 4: refused: ") && said.contains("line 3"),
        "{said}"
    );
    assert!(
        said.contains("2 imported, 0 of them flagged, 0 here before, 1 refused"),
        "{said}"
    );
    let lenient = hospital.run(&import).await.unwrap();
    assert_eq!(lenient.status.code(), Some(0), "{}", stderr(&lenient));
    assert!(
        stdout(&lenient).contains("1 imported, 1 of them flagged, 2 here before, 0 refused"),
        "{}",
        stdout(&lenient)
    );
}
