//! Tests of `cli.rs`.

use clap::CommandFactory as _;

use super::*;

const ACCOUNT: &str = "svc@example.org";

fn parse(arguments: &[&str]) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(std::iter::once("booking-web").chain(arguments.iter().copied()))
}

#[test]
fn the_definitions_are_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn accounts_may_be_repeated_or_joined() {
    let forms: [&[&str]; 3] = [
        &[
            "--backend=h:1",
            "--backend-account",
            "a@x",
            "--backend-account",
            "b@x",
        ],
        &["--backend=h:1", "--backend-account", "a@x,b@x"],
        &["--backend=h:1", "--backend-account", "a@x", "b@x"],
    ];
    for form in forms {
        let accounts = parse(form).unwrap().backend_accounts;
        assert_eq!(
            accounts.iter().map(AsRef::as_ref).collect::<Vec<_>>(),
            ["a@x", "b@x"]
        );
    }
}

#[test]
fn identity_aware_proxy_is_a_mode_of_its_own() {
    let good = ["--backend=h:1", "--backend-account", ACCOUNT];
    let audience = "--iap-audience=/projects/12/global/backendServices/34";
    let cli = parse(&[&good[..], &[audience]].concat()).unwrap();
    assert_eq!(cli.iap_audience.as_deref(), Some(&audience[15..]));
    assert_eq!(
        cli.iap_keys,
        "https://www.gstatic.com/iap/verify/public_key-jwk"
    );
    assert_eq!(parse(&good).unwrap().iap_audience, None, "off by default");
    let refused: [(&[&str], &str); 5] = [
        (&[audience, "--iap-keys=a b"], "--iap-keys"),
        (&[audience, "--users=people.toml"], "--users"),
        (
            &[audience, "--person-header=X-P", "--trusted-proxy=10.0.0.1"],
            "--iap-audience",
        ),
        (&[audience, "--trusted-proxy=10.0.0.1"], "--trusted-proxy"),
        (&["--iap-audience="], "--iap-audience"),
    ];
    for (arguments, told) in refused {
        let error = parse(&[&good[..], arguments].concat()).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{arguments:?}");
        assert!(error.to_string().contains(told), "{arguments:?}: {error}");
    }
}

#[test]
fn a_wrong_command_line_is_told_what_would_be_right() {
    let good = ["--backend=h:1", "--backend-account", ACCOUNT];
    let table: [(&[&str], &str); 9] = [
        (&[], "--backend"),
        (&["--backend=h:1"], "--backend-account"),
        (&["--backend=", "--backend-account", ACCOUNT], "--backend"),
        (
            &["--backend=h:1", "--backend-account", "a b"],
            "service account",
        ),
        (
            &["--backend=h:1", "--backend-account", ""],
            "service account",
        ),
        (&[good[0], good[1], good[2], "--backend-timeout=5"], "500ms"),
        (
            &[good[0], good[1], good[2], "--backend-timeout=6m"],
            "at most 5m",
        ),
        (&[good[0], good[1], good[2], "--listen=8000"], "--listen"),
        (
            &[good[0], good[1], good[2], "--public-host=http://x"],
            "ot.example.org",
        ),
    ];
    for (arguments, remedy) in table {
        let error = parse(arguments).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{arguments:?}");
        assert!(error.to_string().contains(remedy), "{arguments:?}: {error}");
    }
}
