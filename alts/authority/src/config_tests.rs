//! What an authority's configuration may say, and what is said about one that may not.

use std::fs;

use super::*;

fn folder() -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("enrolment.secret"), "s".repeat(40)).unwrap();
    let root = rcgen::generate_simple_self_signed(["keys.test".to_owned()]).unwrap();
    fs::write(dir.path().join("root.pem"), root.cert.pem()).unwrap();
    let file = dir.path().join("authority.toml").display().to_string();
    (dir, file)
}

fn account(name: &str) -> ServiceAccount {
    name.parse().unwrap()
}

const MINIMAL: &str = r#"listen = "127.0.0.1:0"
[[enrolment]]
machine = "vm"
service_accounts = ["svc@p"]
secret_file = "enrolment.secret"
"#;

#[test]
fn the_example_is_a_configuration() {
    let (_dir, file) = folder();
    let config = AuthorityConfig::parse(EXAMPLE, &file).unwrap();
    assert_eq!(config.enrolled.len(), 1);
    let google = config.gce.as_ref().unwrap();
    assert_eq!(google.issuer, gce::GOOGLE_ISSUER);
    assert_eq!(google.keys, crate::identity::KeysLocation::default());
    assert_eq!(config.accounts().len(), 1);
    assert_eq!(config.clusters.len(), 1);
    assert!(config.clusters[0].issuer.is_https());
}

#[test]
fn accounts_of_enrolled_machines_are_there_without_being_named() {
    let (_dir, file) = folder();
    let config = AuthorityConfig::parse(MINIMAL, &file).unwrap();
    assert!(config.accounts().contains_key(&account("svc@p")));
    assert_eq!(config.gce, None);
}

const CLUSTER: &str = r#"listen = "127.0.0.1:0"
[[kubernetes]]
issuer = "https://c.example"
audience = "authority"
accounts = { "system:serviceaccount:ns:web" = "web@p" }
"#;

#[test]
fn accounts_of_pods_are_there_without_being_named() {
    let (_dir, file) = folder();
    let config = AuthorityConfig::parse(CLUSTER, &file).unwrap();
    assert!(config.accounts().contains_key(&account("web@p")));
}

#[test]
fn every_problem_with_a_cluster_is_named_with_its_line() {
    let (_dir, file) = folder();
    let replaced = |from: &str, to: &str| CLUSTER.replace(from, to);
    let twice = CLUSTER.replace("listen = \"127.0.0.1:0\"\n", "");
    for (text, expected) in [
        (
            replaced("https:", "http:"),
            ":3: \"http://c.example\": whoever is on the way",
        ),
        (
            replaced("https://c.example", "/etc/x"),
            ":3: an issuer is an https: address",
        ),
        (
            replaced("audience = \"authority\"\n", ""),
            ":2: missing field `audience`",
        ),
        (replaced("web@p", "web p"), ":5: "),
        (
            CLUSTER.to_owned() + &twice,
            ":7: https://c.example is there already",
        ),
        (
            CLUSTER.to_owned() + "issuer_ca_file = \"none\"\n",
            ":6: cannot read ",
        ),
        (
            replaced("https://c.example", "http://127.0.0.1:1") + "issuer_ca_file = \"root.pem\"\n",
            ":6: `issuer_ca_file` belongs to an `issuer` with an https: address",
        ),
        (
            replaced("\"authority\"", "\"\""),
            ":4: tokens of this audience",
        ),
        (
            replaced("\"authority\"", "\"https://c.example\""),
            ":4: tokens of this audience",
        ),
        (
            replaced("\"authority\"", "\"https://kubernetes.default.svc\""),
            ":4: tokens of this audience",
        ),
        (
            replaced("{ \"system:serviceaccount:ns:web\" = \"web@p\" }", "{}"),
            ":5: without an account no pod is admitted",
        ),
    ] {
        let problem = AuthorityConfig::parse(&text, &file)
            .unwrap_err()
            .to_string();
        let told = problem.strip_prefix(&file).unwrap();
        assert!(told.starts_with(expected), "{expected} <> {told}");
    }
}

#[test]
fn every_problem_is_named_with_its_line() {
    let (_dir, file) = folder();
    let replaced = |from: &str, to: &str| MINIMAL.replace(from, to);
    let twice = MINIMAL.replace("listen = \"127.0.0.1:0\"\n", "");
    let cases = [
        (
            "listen = \"127.0.0.1:0\"\n".to_owned(),
            ":1: nobody may ask this authority",
        ),
        (
            replaced("listen = \"127.0.0.1:0\"\n", ""),
            ":1: missing field `listen`",
        ),
        (
            replaced("127.0.0.1:0", "here"),
            ":1: \"here\": invalid socket address",
        ),
        (
            replaced("[\"svc@p\"]", "[]"),
            ":4: a machine is enrolled for at least one account",
        ),
        (replaced("enrolment.secret", "none"), ":5: cannot read "),
        (MINIMAL.to_owned() + &twice, ":7: vm is enrolled already"),
        (
            MINIMAL.to_owned() + "[gce]\nprojects = []\n",
            ":7: without a project",
        ),
        (
            MINIMAL.to_owned() + "[gce]\nprojects = [\"p\"]\nkeys = \"jwks.json\"\n",
            ":8: \"jwks.json\": a key set is an absolute path",
        ),
        (
            MINIMAL.to_owned() + "[gce]\nprojects = [\"p\"]\nkeys_ca_file = \"ca.pem\"\n",
            ":8: cannot read ",
        ),
        (
            MINIMAL.to_owned() + "[gce]\nprojects = [\"p\"]\nkeys_ca_file = \"enrolment.secret\"\n",
            ":8: ",
        ),
        (
            MINIMAL.to_owned()
                + "[gce]\nprojects = [\"p\"]\nkeys = \"/jwks.json\"\nkeys_ca_file = \"root.pem\"\n",
            ":9: `keys_ca_file` belongs to `keys` with an https: address",
        ),
        (
            MINIMAL.to_owned() + "[certificates]\ncredential_lifetime_s = 0\n",
            ":7: credential_lifetime_s must be 1 to",
        ),
    ];
    for (text, expected) in cases {
        let problem = AuthorityConfig::parse(&text, &file)
            .unwrap_err()
            .to_string();
        let told = problem.strip_prefix(&file).unwrap();
        assert!(told.starts_with(expected), "{expected} <> {told}");
        assert_eq!(problem.lines().count(), 1, "{problem}");
    }
}
