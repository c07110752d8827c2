//! Alerts, evaluated: each query of a plan by Prometheus' own `promtool`, over an hour in which what it is for happens, and over a good one.
//! What handshakers count has the names and labels of a real scrape; what Google and the Ops Agent count, those of their documentation.

use std::{env, fs, path::PathBuf, process::Command};

use alts::{Handshaker, Target};
use serde_json::{Value, json};
use tests::{CLIENT_ACCOUNT, clock::Clock, mock::Mock, process::program};
use tokio::io::duplex;

use crate::{
    configuration::repository,
    plan::{list, resources, word},
    shared,
};

/// Minutes that are looked at: every fifth.
const MINUTES: usize = 60;
/// Two machines that Compute Engine knows by these.
const MACHINES: [(&str, &str); 3] = [
    ("1", "prod-booking-client-vm"),
    ("2", "prod-booking-service-vm"),
    ("3", "prod-alts-authority-vm"),
];

/// What `promtool` takes for a time series: its name with labels, and a value a minute.
type Series = (String, String);

fn promtool() -> PathBuf {
    let made = repository().join("target/promtool");
    env::split_paths(&env::var_os("PATH").unwrap_or_default())
        .map(|folder| folder.join("promtool"))
        .chain([made])
        .find(|path| path.is_file())
        .expect("promtool is neither on PATH nor made by scripts/test --install")
}

/// The conditions of the alert policies of a kind in the plan of somebody who is written to.
fn conditions(kind: &str) -> Vec<(String, Value)> {
    let plan = shared::plan("terraform", &["-var=alert_email=oncall@example.org"]);
    let policies = resources(&plan).into_iter();
    let policies = policies.filter(|resource| resource.kind == "google_monitoring_alert_policy");
    let condition = |policy: &Value| {
        let condition = &policy["conditions"][0];
        let found = condition[kind].get(0)?.clone();
        Some((word(&condition["display_name"]).to_owned(), found))
    };
    policies
        .filter_map(|policy| condition(policy.values))
        .collect()
}

/// What a handshaker prints that has shaken hands well, and then not any more, because its account is disabled.
async fn scrape() -> String {
    let machine = [(MACHINES[0].1, "127.0.0.1:0", CLIENT_ACCOUNT)];
    let mock = Mock::start(&machine, Clock::default()).await;
    let mock = mock.expect("a mock cloud");
    let shaken = || async {
        let handshaker = Handshaker::builder()
            .address(mock.handshaker(0))
            .allow_untrusted(true)
            .build()
            .expect("an address");
        let (ours, theirs) = duplex(64 * 1024);
        let target = Target {
            name: "itself",
            accounts: &[],
        };
        let both = tokio::join!(handshaker.connect(ours, target), handshaker.accept(theirs));
        // While it lives its credential is held.
        (both.0.is_ok() && both.1.is_ok(), handshaker)
    };
    let (well, _held) = shaken().await;
    assert!(well);
    let disabled = mock.accounts(&["disable", CLIENT_ACCOUNT]).await;
    disabled.expect("an account");
    assert!(!shaken().await.0);
    let mut metrics = Command::new(program("alts-handshaker").expect("the programs are built"));
    let printed = metrics.args(["metrics", "--admin", mock.admin()]).output();
    String::from_utf8(printed.expect("it runs").stdout).expect("text")
}

/// The series of a scrape that begin so, without their values.
fn named<'a>(scrape: &'a str, begin: &str, with: &str) -> &'a str {
    let found = scrape
        .lines()
        .find(|line| line.starts_with(begin) && line.contains(with));
    let found = found.unwrap_or_else(|| panic!("no {begin} with {with}:\n{scrape}"));
    found.rsplit_once(' ').expect("a value").0
}

/// An hour in which nothing is wrong.
fn good(scrape: &str) -> Vec<Series> {
    let always = |name: String, value: &str| (name, format!("{value}x{MINUTES}"));
    let mut all = vec![
        always(
            named(scrape, "alts_handshakes_total{", "\"established\"").to_owned(),
            "0+3",
        ),
        // Renewed when half an hour is left.
        (
            named(scrape, "alts_credential_remaining_seconds{", "").to_owned(),
            "3600-60x30 3600-60x30".to_owned(),
        ),
    ];
    for (id, name) in MACHINES {
        let of = format!("monitored_resource=\"gce_instance\",instance_id=\"{id}\"");
        let up = format!("{{{of},instance_name=\"{name}\"}}");
        all.push(always(
            format!("compute_googleapis_com:instance_uptime{up}"),
            "60+0",
        ));
        all.push(always(
            format!("agent_googleapis_com:agent_uptime{{{of}}}"),
            "60+60",
        ));
        let disk = format!("{{{of},device=\"sda1\",state=\"used\"}}");
        all.push(always(
            format!("agent_googleapis_com:disk_percent_used{disk}"),
            "40+0",
        ));
    }
    // Somebody else's machine in the project: its disks are theirs to look after.
    let foreign = "monitored_resource=\"gce_instance\",instance_id=\"9\"";
    all.push(always(
        format!("compute_googleapis_com:instance_uptime{{{foreign},instance_name=\"elsewhere\"}}"),
        "60+0",
    ));
    all.push(always(
        format!("agent_googleapis_com:agent_uptime{{{foreign}}}"),
        "60+60",
    ));
    all.push(always(
        format!(
            "agent_googleapis_com:disk_percent_used{{{foreign},device=\"sda1\",state=\"used\"}}"
        ),
        "90+0",
    ));
    all
}

/// The same with other values where a name begins so.
fn with(mut series: Vec<Series>, begin: &str, containing: &str, values: &str) -> Vec<Series> {
    let found = series
        .iter_mut()
        .find(|(name, _)| name.starts_with(begin) && name.contains(containing));
    found.expect("it is there").1 = values.to_owned();
    series
}

/// An hour, and the one alert that is there at a minute of it, with its labels; none for a good hour.
fn hour(
    series: Vec<Series>,
    alerts: &[(String, Value)],
    expected: Option<(&str, usize, Value)>,
) -> Value {
    let mut asked = Vec::new();
    for (name, _) in alerts {
        let mut ask = |minute: usize, labels: Option<&Value>| {
            let fired: Vec<Value> = labels
                .iter()
                .map(|labels| json!({"exp_labels": labels}))
                .collect();
            asked.push(
                json!({"eval_time": format!("{minute}m"), "alertname": name, "exp_alerts": fired}),
            );
        };
        match &expected {
            Some((fired, minute, labels)) if fired == name => ask(*minute, Some(labels)),
            _ => (5..MINUTES).step_by(5).for_each(|minute| ask(minute, None)),
        }
    }
    let series: Vec<Value> = series
        .into_iter()
        .map(|(name, values)| json!({"series": name, "values": values}))
        .collect();
    json!({"interval": "1m", "input_series": series, "alert_rule_test": asked})
}

#[tokio::test]
async fn an_alert_comes_of_what_it_is_for_and_of_nothing_else() {
    let alerts = conditions("condition_prometheus_query_language");
    let scrape = scrape().await;
    let good = || good(&scrape);
    let uptime = "compute_googleapis_com:instance_uptime";
    let mut failing = good();
    // Nothing is counted before the first: there is no zero to rise from.
    let failed = named(&scrape, "alts_handshakes_total{", "\"failed\"");
    failing.push((failed.to_owned(), "_x10 1+2x50".to_owned()));
    let mut silent = failing.clone();
    silent.last_mut().expect("it has some").0 = failed.replace("\"failed\"", "\"timed out\"");
    let none = json!({});
    let hours = [
        hour(good(), &alerts, None),
        hour(
            failing,
            &alerts,
            Some(("handshakes fail", 25, none.clone())),
        ),
        hour(silent, &alerts, Some(("handshakes fail", 25, none.clone()))),
        // The Ops Agent was never installed, or may not write.
        hour(
            with(good(), "agent_googleapis_com:agent_uptime", "\"2\"", "_x60"),
            &alerts,
            Some(("a machine tells nothing", 40, json!({"instance_id": "2"}))),
        ),
        // The backend's machine is gone: what its agent said last is old by then as well.
        hour(
            with(good(), uptime, "\"2\"", "60x10 _x50"),
            &alerts,
            Some(("a machine is missing", 40, none)),
        ),
        hour(
            with(
                good(),
                "agent_googleapis_com:disk_percent_used",
                "\"2\"",
                "70+1x60",
            ),
            &alerts,
            Some((
                "a disk is nearly full",
                30,
                json!({"instance_id": "2", "device": "sda1"}),
            )),
        ),
        // Two minutes before it ends: somebody has been written to since two and a half.
        hour(
            with(
                good(),
                "alts_credential_remaining_seconds",
                "",
                "3600-60x60",
            ),
            &alerts,
            Some(("a credential ends", 58, json!({"machine": MACHINES[0].1}))),
        ),
    ];
    let rules: Vec<Value> = alerts
        .iter()
        .map(|(name, condition)| {
            json!({"alert": name, "expr": condition["query"], "for": condition["duration"]})
        })
        .collect();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, what: Value| {
        fs::write(folder.path().join(name), what.to_string()).expect("a file");
    };
    let group = json!({"name": "alerts", "interval": "1m", "rules": rules});
    write("rules.yaml", json!({"groups": [group]}));
    let tests = json!({"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": hours});
    write("tests.yaml", tests);
    let judged = Command::new(promtool())
        .args(["test", "rules", "tests.yaml"])
        .current_dir(folder.path())
        .output()
        .expect("promtool runs");
    let said = [judged.stdout, judged.stderr].concat();
    assert!(
        judged.status.success(),
        "{}",
        String::from_utf8_lossy(&said)
    );
}

#[test]
fn an_alert_comes_of_a_program_that_failed_in_the_words_of_systemd() {
    let words = conditions("condition_matched_log");
    let [(_, condition)] = words.as_slice() else {
        panic!("{words:?}");
    };
    let filter = word(&condition["filter"]);
    let (_, pattern) = filter
        .split_once("jsonPayload.MESSAGE=~\"")
        .expect("a pattern");
    let pattern = pattern.trim_end_matches('"');
    // What systemd on this computer says of a unit.
    let said = "Failed with result '%s'.";
    assert!(systemd_says(said), "systemd has other words");
    let matches = |unit: &str| {
        let line = format!("{unit}.service: {}", said.replace("%s", "exit-code"));
        let mut grep = Command::new("/bin/sh");
        grep.args(["-c", "printf '%s\\n' \"$1\" | grep -E -q -e \"$2\"", "sh"]);
        grep.args([&line, pattern])
            .status()
            .expect("it runs")
            .success()
    };
    for unit in [
        "booking-server",
        "booking-web",
        "alts-handshaker",
        "alts-authority",
    ] {
        assert!(matches(unit), "{unit}: {pattern}");
    }
    assert!(!matches("ssh"), "{pattern}");
}

/// Whether systemd has these words, in the program or in the library that it shares with its tools.
fn systemd_says(words: &str) -> bool {
    let folders = fs::read_dir("/usr/lib/systemd").into_iter().flatten();
    let architectures = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let shared = architectures
        .filter_map(|entry| fs::read_dir(entry.path().join("systemd")).ok())
        .flatten();
    folders.chain(shared).flatten().any(|entry| {
        let bytes = fs::read(entry.path()).unwrap_or_default();
        bytes
            .windows(words.len())
            .any(|window| window == words.as_bytes())
    })
}

#[test]
fn nobody_is_written_to_who_did_not_ask_for_it() {
    let plan = shared::plan("terraform", &[]);
    let policies = resources(&plan);
    assert!(
        list(&json!(
            policies
                .iter()
                .map(|resource| resource.kind)
                .collect::<Vec<_>>()
        ))
        .all(|kind| kind != "google_monitoring_alert_policy")
    );
}
