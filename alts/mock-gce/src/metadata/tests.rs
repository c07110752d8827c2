//! The metadata server as its clients use it.

use serde_json::{Value, json};

use super::{
    answer::{Answer, Question, answer},
    facts::tree,
};
use crate::{config::Config, identity::identity_token::Format};

const V1: &str = "/computeMetadata/v1";

fn ask(path: &str, query: &str) -> Answer {
    ask_as(path, query, Some("Google"), false)
}

fn ask_as(path: &str, query: &str, flavor: Option<&str>, forwarded: bool) -> Answer {
    let config = Config::article();
    let pairs: Vec<(String, String)> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    let question = Question {
        path,
        raw_query: (!query.is_empty()).then_some(query),
        query: &pairs,
        flavor,
        forwarded,
    };
    answer(&tree(&config, &config.machines[1]), &question)
}

fn text(path: &str) -> String {
    match ask(&format!("{V1}/{path}"), "") {
        Answer::Text(text) => text,
        other => panic!("{path}: {other:?}"),
    }
}

fn json_of(path: &str, query: &str) -> Value {
    match ask(&format!("{V1}/{path}"), query) {
        Answer::Json(value) => value,
        other => panic!("{path}: {other:?}"),
    }
}

#[test]
fn values_are_what_a_vm_is_told() {
    let account = "prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com";
    let email = format!("instance/service-accounts/{account}/email");
    let number = Config::article().project_number();
    for (path, expected) in [
        ("instance/name", "prod-booking-service-vm".to_owned()),
        (
            "instance/zone",
            format!("projects/{number}/zones/us-central1-a"),
        ),
        (
            "instance/machine-type",
            format!("projects/{number}/machineTypes/e2-medium"),
        ),
        (
            "instance/hostname",
            "prod-booking-service-vm.us-central1-a.c.grpc-alts-demo.internal".to_owned(),
        ),
        ("instance/network-interfaces/0/ip", "10.128.0.2".to_owned()),
        (
            "instance/network-interfaces/0/mac",
            "42:01:0a:80:00:02".to_owned(),
        ),
        (
            "instance/service-accounts/default/email",
            account.to_owned(),
        ),
        (email.as_str(), account.to_owned()),
        (
            "instance/service-accounts/default/scopes",
            "https://www.googleapis.com/auth/cloud-platform\n\
             https://www.googleapis.com/auth/userinfo.email\n"
                .to_owned(),
        ),
        (
            "instance/service-accounts/default/aliases",
            "default\n".to_owned(),
        ),
        ("project/project-id", "grpc-alts-demo".to_owned()),
        ("project/numeric-project-id", number.to_string()),
    ] {
        assert_eq!(text(path), expected, "{path}");
    }
    assert_eq!(
        text("instance/id")
            .parse::<i64>()
            .unwrap()
            .to_string()
            .len(),
        19
    );
}

#[test]
fn directories_are_listed_and_have_a_slash() {
    assert_eq!(ask("/", ""), Answer::Text("computeMetadata/\n".into()));
    assert_eq!(text(""), "instance/\nproject/\nuniverse/\n");
    assert_eq!(
        text("instance/service-accounts/default/"),
        "aliases\nemail\nidentity\nscopes\ntoken\n"
    );
    assert_eq!(
        ask(&format!("{V1}/instance"), "recursive=true"),
        Answer::Redirect(format!("{V1}/instance/?recursive=true"))
    );
    assert_eq!(ask(V1, ""), Answer::Redirect(format!("{V1}/")));
}

#[test]
fn recursion_gives_json_in_camel_case_without_tokens() {
    let account = json_of("instance/service-accounts/default/", "recursive=true");
    let keys: Vec<&String> = account.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["aliases", "email", "scopes"]);
    assert_eq!(account["aliases"], json!(["default"]));

    let all = json_of("", "recursive=true");
    assert_eq!(
        all["instance"]["networkInterfaces"][0]["dnsServers"][0],
        "169.254.169.254"
    );
    assert!(all["instance"]["id"].is_u64() && all["project"]["numericProjectId"].is_u64());
    // What users name keeps its name.
    let accounts = &all["instance"]["serviceAccounts"];
    assert!(accounts["prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com"].is_object());

    let flat = ask(
        &format!("{V1}/instance/scheduling/"),
        "recursive=true&alt=text",
    );
    let expected = "automatic-restart TRUE\non-host-maintenance MIGRATE\npreemptible FALSE\n";
    assert_eq!(flat, Answer::Text(expected.into()));
}

#[test]
fn a_value_can_be_json_too() {
    assert_eq!(
        json_of("instance/name", "alt=json"),
        "prod-booking-service-vm"
    );
    assert_eq!(
        json_of("instance/service-accounts/default/aliases", "alt=json"),
        json!(["default"])
    );
    assert_eq!(
        json_of("project/", "alt=json"),
        json!(["attributes/", "numeric-project-id", "project-id"])
    );
}

#[test]
fn who_does_not_say_google_or_was_forwarded_is_refused() {
    let refused = Answer::Forbidden("Missing Metadata-Flavor:Google header.");
    for flavor in [None, Some("google"), Some("")] {
        assert_eq!(
            ask_as(&format!("{V1}/instance/name"), "", flavor, false),
            refused
        );
        assert_eq!(ask_as(&format!("{V1}/no/such"), "", flavor, false), refused);
    }
    assert!(matches!(ask_as("/", "", None, false), Answer::Text(_)));
    for path in [
        "/",
        "/computeMetadata/v1/instance/service-accounts/default/token",
    ] {
        assert!(matches!(
            ask_as(path, "", Some("Google"), true),
            Answer::Forbidden(_)
        ));
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    for path in [
        "/computeMetadata/v1/instance/nmae",
        "/computeMetadata/v1/instance/name/",
        "/computeMetadata/v1/instance/name/more",
        "/computeMetadata/v1/instance/network-interfaces/1/ip",
        "/computeMetadata/v1/instance/network-interfaces/-1/ip",
        "/computeMetadata/v1/instance/service-accounts/somebody@else/token",
        "/v1/instance/name",
    ] {
        assert_eq!(ask(path, ""), Answer::NotFound, "{path}");
    }
}

#[test]
fn an_identity_needs_an_audience_and_a_known_format() {
    let identity = |query| {
        ask(
            &format!("{V1}/instance/service-accounts/default/identity"),
            query,
        )
    };
    assert_eq!(
        identity("audience=https://a&format=full&licenses=TRUE"),
        Answer::Identity {
            audience: "https://a".into(),
            format: Format::Full,
            licenses: true,
        }
    );
    assert!(matches!(
        identity("audience=a"),
        Answer::Identity {
            format: Format::Standard,
            licenses: false,
            ..
        }
    ));
    let long = format!("audience={}", "a".repeat(2049));
    for query in ["", "audience=", "audience=a&format=FULL", &long] {
        assert!(matches!(identity(query), Answer::BadRequest(_)), "{query}");
    }
    assert_eq!(
        ask(&format!("{V1}/instance/service-accounts/default/token"), ""),
        Answer::Token
    );
}

#[test]
fn no_path_makes_it_panic() {
    use proptest::prelude::*;
    proptest!(|(path in "/[a-z0-9/.@-]{0,40}", query in "[a-z=&_]{0,30}")| {
        let _ = ask(&path, &query);
        let _ = ask(&format!("{V1}{path}"), &query);
    });
}
