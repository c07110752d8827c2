//! What a configuration may say, and what is said about one that may not.

use std::time::Duration;

use super::*;

const MACHINE: &str = r#"
[[machine]]
name = "vm"
address = "127.0.0.1:0"
service_account = "svc@p.iam"
"#;

fn problem(text: &str) -> String {
    Config::parse(text, "cloud.toml").unwrap_err().to_string()
}

#[test]
fn the_built_in_configuration_is_the_articles() {
    let config = Config::article();
    let machines: Vec<String> = config
        .machines
        .iter()
        .map(|machine| format!("{} {} {}", machine.name, machine.address, machine.account))
        .collect();
    assert_eq!(
        machines,
        [
            "prod-booking-client-vm 127.0.0.1:18080 \
             prod-ot-booking-client-svc@grpc-alts-demo.iam.gserviceaccount.com",
            "prod-booking-service-vm 127.0.0.1:18081 \
             prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com",
        ]
    );
    assert_eq!(config.admin, None);
    assert_eq!(
        config.authority.credential_lifetime,
        Duration::from_secs(3600)
    );
    assert_eq!(config.accounts().len(), 2);
}

#[test]
fn a_machine_alone_is_a_configuration() {
    let config = Config::parse(MACHINE, "cloud.toml").unwrap();
    assert_eq!(config.admin, None);
    assert_eq!(config.authority, CertificatesConfig::default());
    assert!(
        config
            .accounts()
            .contains_key(&"svc@p.iam".parse::<ServiceAccount>().unwrap())
    );
}

#[test]
fn every_problem_is_named_with_its_file_and_line() {
    let replaced = |from: &str, to: &str| MACHINE.replace(from, to);
    let appended = |more: &str| format!("{MACHINE}{more}");
    let cases = [
        (String::new(), "cloud.toml:1: there is no machine"),
        ("[[machine]\n".to_owned(), "cloud.toml:1: "),
        ("machine = 3".to_owned(), "cloud.toml:1: invalid type"),
        (
            replaced("name", "nmae"),
            "cloud.toml:3: unknown field `nmae`",
        ),
        (appended("[admni]\n"), "cloud.toml:6: unknown field `admni`"),
        (
            replaced("\"vm\"", "\"VM\""),
            "cloud.toml:3: a machine's name is lowercase",
        ),
        (
            replaced("\"vm\"", "3"),
            "cloud.toml:3: invalid type: integer `3`, expected a string",
        ),
        (
            replaced("127.0.0.1:0", "localhost"),
            "cloud.toml:4: \"localhost\": invalid socket address",
        ),
        (
            replaced("svc@p.iam", "svc p"),
            "cloud.toml:5: \"svc p\": ' ' cannot be part",
        ),
        (
            replaced("address = \"127.0.0.1:0\"\n", ""),
            "cloud.toml:2: missing field `address`",
        ),
        (
            appended(MACHINE),
            "cloud.toml:8: a machine named vm is there already",
        ),
        (
            replaced(":0", ":7") + &replaced(":0", ":7").replace("vm", "other"),
            "cloud.toml:9: 127.0.0.1:7 is another machine's already",
        ),
        (
            appended("[admin]\naddress = \"0.0.0.0:1\"\n"),
            "cloud.toml:7: the admin service has no password",
        ),
        (
            appended("[authority]\ncredential_lifetime_s = 0\n"),
            "cloud.toml:7: credential_lifetime_s must be 1 to",
        ),
        (
            appended("[authority]\ncredential_lifetime_s = \"1h\"\n"),
            "cloud.toml:7: invalid type: string \"1h\", expected u64",
        ),
        (
            appended("[[account]]\nemail = \"a@p\"\n[[account]]\nemail = \"a@p\"\n"),
            "cloud.toml:9: this account is there already",
        ),
    ];
    for (text, expected) in cases {
        let problem = problem(&text);
        assert!(problem.starts_with(expected), "{expected} <> {problem}");
        assert_eq!(problem.lines().count(), 1, "{problem}");
    }
}
