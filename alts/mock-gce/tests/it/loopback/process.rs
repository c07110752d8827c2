//! The binary: what it prints, where, and what it exits with.

use std::fs;

use serde_json::Value;

use super::binary::*;

#[test]
fn the_log_announces_each_machine_then_the_mock_and_says_what_is_not_real() {
    let dir = tempfile::tempdir().unwrap();
    let mock = Mock::start(dir.path());
    let messages: Vec<&str> = mock
        .lines
        .iter()
        .map(|line| line["fields"]["message"].as_str().unwrap())
        .collect();
    assert_eq!(
        messages,
        [
            "this is a mock cloud: for development and tests, not for secrets",
            "handshaker ready",
            "mock ready"
        ]
    );
    assert_eq!(mock.lines[0]["level"], "WARN");
    let ready = &mock.lines[1];
    assert_eq!(ready["level"], "INFO");
    assert!(ready["timestamp"].is_string() && ready["target"].is_string());
    assert_eq!(ready["fields"]["machine"], "vm");
    assert_eq!(ready["fields"]["service_account"], "svc@p.iam");
    let address = ready["fields"]["address"].as_str().unwrap();
    assert!(
        address.starts_with("127.0.0.1:") && !address.ends_with(":0"),
        "{address}"
    );
}

#[test]
fn sigterm_and_sigint_end_it_with_zero() {
    for signal in ["TERM", "INT"] {
        let dir = tempfile::tempdir().unwrap();
        let mut mock = Mock::start(dir.path());
        mock.signal(signal);
        mock.read_until("stopped");
        assert!(mock.child.wait().unwrap().success());
    }
}

#[test]
fn accounts_survive_a_mock_that_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let mock = Mock::start(dir.path());
    assert_eq!(
        stdout(&mock.accounts(&["disable", "svc@p.iam"])),
        "svc@p.iam disabled\n"
    );
    assert_eq!(
        stdout(&mock.accounts(&["disable", "svc@p.iam"])),
        "svc@p.iam was disabled already\n"
    );
    assert_eq!(
        code(&mock.accounts(&["create", "new@p.iam", "--display-name", "New one"])),
        0
    );
    let before = stdout(&mock.accounts(&["list", "--output", "json"]));
    drop(mock);

    let mock = Mock::start(dir.path());
    let after = stdout(&mock.accounts(&["list", "--output", "json"]));
    assert_eq!(after, before);
    let accounts: Value = serde_json::from_str(&after).unwrap();
    assert_eq!(accounts[0]["email"], "new@p.iam");
    assert_eq!(accounts[1]["disabled"], true);
    let table = stdout(&mock.accounts(&["list"]));
    assert!(
        table.starts_with("EMAIL") && table.contains("svc@p.iam  disabled"),
        "{table}"
    );
}

#[test]
fn an_unknown_account_is_a_refusal_that_names_near_ones() {
    let dir = tempfile::tempdir().unwrap();
    let mock = Mock::start(dir.path());
    let output = mock.accounts(&["enable", "svv@p.iam"]);
    assert_eq!(code(&output), 1);
    assert_eq!(
        stderr(&output),
        "alts-handshaker: NOT_FOUND: there is no account svv@p.iam; did you mean svc@p.iam?\n"
    );
}

#[test]
fn two_mocks_cannot_share_a_state_directory() {
    let dir = tempfile::tempdir().unwrap();
    let _first = Mock::start(dir.path());
    let config = dir.path().join("cloud.toml");
    let state = dir.path().join("state");
    let second = run(&[
        "mock",
        "--config",
        config.to_str().unwrap(),
        "--state-dir",
        state.to_str().unwrap(),
    ]);
    assert_eq!(code(&second), 1);
    assert!(
        stderr(&second).contains("in use by another process"),
        "{}",
        stderr(&second)
    );
}

#[test]
fn a_damaged_state_file_is_named_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    drop(Mock::start(dir.path()));
    let file = dir.path().join("state/directory.json");
    fs::write(&file, "{\"version\": 1, \"content\": {\"acc").unwrap();
    let config = dir.path().join("cloud.toml");
    let state = dir.path().join("state");
    let output = run(&[
        "mock",
        "--config",
        config.to_str().unwrap(),
        "--state-dir",
        state.to_str().unwrap(),
    ]);
    assert_eq!(code(&output), 1);
    let said = stderr(&output);
    assert!(
        said.contains("directory.json is damaged") && said.contains("nothing was overwritten"),
        "{said}"
    );
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        "{\"version\": 1, \"content\": {\"acc"
    );
}

#[test]
fn wrong_use_exits_with_2_and_failure_with_1_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("bad.toml"), CONFIG.replace("name", "nmae")).unwrap();
    // Nobody listens on the discard port of loopback.
    let nobody = "127.0.0.1:9";
    let cases: Vec<(Vec<String>, i32, &str)> = vec![
        (vec![], 2, "Usage"),
        (vec!["mokc".into()], 2, "mock"),
        (vec!["accounts".into(), "disable".into()], 2, "ACCOUNT"),
        (
            vec!["accounts".into(), "disable".into(), "a b".into()],
            2,
            "cannot be part of a service account",
        ),
        (
            vec![
                "accounts".into(),
                "list".into(),
                "--admin".into(),
                nobody.into(),
            ],
            1,
            "no admin service answers at 127.0.0.1:9",
        ),
        (
            vec![
                "accounts".into(),
                "list".into(),
                "--admin".into(),
                "no address".into(),
            ],
            1,
            "write --admin HOST:PORT",
        ),
        (
            vec![
                "accounts".into(),
                "list".into(),
                "--admin".into(),
                "http://127.0.0.1:9".into(),
            ],
            1,
            "is a URL; write --admin HOST:PORT",
        ),
        (
            vec!["doctor".into(), "nonsense".into()],
            2,
            "write HOST:PORT",
        ),
        (
            vec!["doctor".into(), "--handshaker-address=h:99999".into()],
            2,
            "write HOST:PORT",
        ),
        (
            vec!["mock".into(), "--config".into(), path("none.toml")],
            1,
            "cannot read the configuration",
        ),
        (
            vec!["mock".into(), "--config".into(), path("bad.toml")],
            1,
            "bad.toml:3: unknown field `nmae`",
        ),
        (
            vec!["mock".into(), "--state-dir".into(), path("bad.toml/state")],
            1,
            "cannot create the directory",
        ),
    ];
    for (args, expected, said) in cases {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let output = run(&args);
        assert_eq!(code(&output), expected, "{args:?}");
        let stderr = stderr(&output);
        assert!(stderr.contains(said), "{args:?}: {stderr}");
        if expected == 1 {
            assert_eq!(stderr.lines().count(), 1, "{stderr}");
        }
    }
}

#[test]
fn a_taken_address_is_named_with_its_machine() {
    let dir = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let config = dir.path().join("cloud.toml");
    fs::write(&config, CONFIG.replace("127.0.0.1:0", &address)).unwrap();
    let state = dir.path().join("state");
    let output = run(&[
        "mock",
        "--config",
        config.to_str().unwrap(),
        "--state-dir",
        state.to_str().unwrap(),
    ]);
    assert_eq!(code(&output), 1);
    assert!(
        stderr(&output).contains(&format!("cannot listen on {address} for vm")),
        "{}",
        stderr(&output)
    );
}

#[test]
fn help_teaches() {
    let help = stdout(&run(&["mock", "--help"]));
    for taught in [
        "--state-dir",
        "Examples:",
        "[[machine]]",
        "speaks as that machine's service account",
    ] {
        let flowing = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flowing.contains(taught), "{taught}");
    }
    let help = stdout(&run(&["accounts", "--help"]));
    assert!(help.contains("disable") && help.contains("ALTS_HANDSHAKER_ADMIN"));
}
