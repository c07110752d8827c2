//! Command lines as people type them, and what they are told.

use super::*;

const ARTICLE: &str = "prod-ot-booking-client-svc@grpc-alts-demo.iam.gserviceaccount.com";

fn invocation(args: &[&str]) -> Result<Invocation, clap::Error> {
    let program = ["booking-server"];
    Invocation::parse(program.iter().chain(args).map(OsString::from))
}

fn parse(args: &[&str]) -> Result<Config, clap::Error> {
    match invocation(args)? {
        Invocation::Serve(config) => Ok(*config),
        other => panic!("{args:?} is {other:?}"),
    }
}

fn accounts(args: &[&str]) -> Vec<String> {
    let config = parse(args).unwrap();
    config
        .allowed_clients
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn the_article_s_command_line_is_enough() {
    let config = parse(&[ARTICLE]).unwrap();
    assert_eq!(config.allowed_clients, [ARTICLE.parse().unwrap()]);
    assert_eq!(config.listen, "0.0.0.0:8080".parse().unwrap());
    assert_eq!(
        config.database.location,
        Location::File("ot-booking.db".into())
    );
    assert_eq!(config.seed, Seed::Article);
    assert!(!config.log_patient_ids);
}

#[test]
fn accounts_are_taken_in_every_form_and_once_each() {
    assert_eq!(
        accounts(&["b@x", "a@x", "--allow-client", "c@x"]),
        ["a@x", "b@x", "c@x"]
    );
    assert_eq!(
        accounts(&["a@x,b@x", "--allow-client=b@x,c@x"]),
        ["a@x", "b@x", "c@x"]
    );
}

#[test]
fn a_server_that_would_serve_nobody_is_a_usage_error_that_teaches() {
    let error = parse(&[]).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    let text = error.to_string();
    assert!(
        text.contains(ARTICLE) && text.contains("OT_ALLOWED_CLIENTS"),
        "{text}"
    );
}

#[test]
fn an_access_file_is_enough_to_serve_somebody() {
    let config = parse(&["--access", "access.toml"]).unwrap();
    assert_eq!(config.access, Some("access.toml".into()));
    assert!(config.allowed_clients.is_empty());
}

#[test]
fn the_doctor_takes_a_database_and_no_accounts() {
    let doctor = invocation(&["doctor", "--database-url", "sqlite:a.db"]).unwrap();
    assert!(matches!(doctor, Invocation::Doctor(Location::File(file)) if file == *"a.db"));
    assert!(matches!(invocation(&["roles"]), Ok(Invocation::Roles)));
    assert_eq!(invocation(&["doctor", ARTICLE]).unwrap_err().exit_code(), 2);
}

#[test]
fn what_cannot_be_meant_is_a_usage_error_that_says_why() {
    let table = [
        (["--listen", "8080"], "such as 127.0.0.1:8080"),
        (["--database-url", "mysql://u:secret@h/db"], "sqlite:FILE"),
        (["--seed", "big"], "[possible values: article, demo, none]"),
        (["--drain-timeout", "soon"], "30s"),
        (["--drain-timeout=-1s", ARTICLE], "negative"),
        (["--drain-timeout", "2h"], "at most 60 minutes"),
        (["--log", "loud=info=x"], "--log"),
        (["--log-format", "xml"], "[possible values: text, json]"),
        (["--allow-client", "a b"], "service account"),
        (["--allow-client", ""], "service account"),
    ];
    for (args, expected) in table {
        let error = parse(&[args[0], args[1], ARTICLE]).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{args:?}");
        assert!(error.to_string().contains(expected), "{args:?}: {error}");
    }
}

#[test]
fn times_are_read_with_their_units() {
    let table = [
        ("30s", 30_000),
        ("1m30s", 90_000),
        ("500ms", 500),
        ("0s", 0),
        ("1h", 3_600_000),
    ];
    for (text, expected_ms) in table {
        assert_eq!(
            drain_timeout(text),
            Ok(Duration::from_millis(expected_ms)),
            "{text}"
        );
    }
}

#[test]
fn accounts_that_are_likely_mistyped_are_told_from_others() {
    let table = [
        (ARTICLE, true),
        ("123-compute@developer.gserviceaccount.com", true),
        ("prod-ot-booking-client-svc", false),
        ("someone@example.org", false),
        ("@x.gserviceaccount.com", false),
        ("a@.gserviceaccount.com", false),
        ("a@b.gserviceaccount.com.evil.org", false),
    ];
    for (account, expected) in table {
        let account: ServiceAccount = account.parse().unwrap();
        assert_eq!(looks_like_service_account(&account), expected, "{account}");
    }
}

#[test]
fn the_command_is_consistent() {
    CommandLine::command().debug_assert();
}

#[test]
fn connections_live_at_least_a_second_or_as_long_as_they_like() {
    assert_eq!(connection_age("10m"), Ok(Duration::from_secs(600)));
    assert_eq!(connection_age("1s"), Ok(Duration::from_secs(1)));
    for refused in ["0s", "-1s", "999ms", "", "soon"] {
        assert!(connection_age(refused).is_err(), "{refused}");
    }
}
