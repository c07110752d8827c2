//! Configurations, good and bad.

use std::net::Ipv4Addr;

use super::*;

const ONE: &str = r#"
project = "p"
[[machine]]
name = "vm"
address = "10.128.0.2"
service_account = "svc@p.iam.gserviceaccount.com"
"#;

#[test]
fn the_built_in_configuration_is_the_articles() {
    let config = Config::article();
    let machines: Vec<_> = config
        .machines
        .iter()
        .map(|m| (m.name.to_string(), m.address.to_string()))
        .collect();
    let expected = [
        ("prod-booking-client-vm", "10.128.0.3"),
        ("prod-booking-service-vm", "10.128.0.2"),
        ("intruder-vm", "10.128.0.4"),
    ];
    assert_eq!(
        machines,
        expected.map(|(n, a)| (n.to_owned(), a.to_owned()))
    );
    assert_eq!(config.network.gateway(), Ipv4Addr::new(10, 128, 0, 1));
    assert_eq!(config.network.api(), Ipv4Addr::new(10, 128, 15, 254));
    assert_eq!(config.network.mask(), Ipv4Addr::new(255, 255, 240, 0));
}

#[test]
fn little_is_enough_and_the_rest_is_what_the_example_says() {
    let little = Config::parse(ONE, "one.toml").unwrap();
    let article = Config::article();
    let (machine, intruder) = (&little.machines[0], &article.machines[2]);
    assert_eq!(machine.scopes, intruder.scopes);
    assert_eq!(machine.machine_type, intruder.machine_type);
    assert_eq!(little.zone, article.zone);
    assert_eq!(little.authority, article.authority);
    assert_eq!(little.project_number().to_string().len(), 12);
    let again = Config::parse(ONE, "one.toml").unwrap();
    assert_eq!(little.project_number(), again.project_number());
    assert_eq!(little.handshakers().accounts().len(), 1);
}

#[test]
fn what_is_wrong_is_named_with_file_line_and_remedy() {
    let machine =
        "\n[[machine]]\nname = \"vm2\"\naddress = \"10.128.0.3\"\nservice_account = \"a@p\"";
    let with = |from: &str, to: &str| ONE.replace(from, to);
    let cases = [
        (String::new(), "c.toml:1: missing field `project`"),
        (
            "project = \"p\"".into(),
            "c.toml:1: there is no machine; add",
        ),
        (with("name =", "nmae ="), "c.toml:4: unknown field `nmae`"),
        (
            with("\"vm\"", "\"VM\""),
            "c.toml:4: a machine's name is lowercase",
        ),
        (
            with("10.128.0.2", "10.128.0.2:8080"),
            "c.toml:5: \"10.128.0.2:8080\": invalid IPv4",
        ),
        (
            with("10.128.0.2", "10.129.0.2"),
            "c.toml:5: 10.129.0.2 is outside the network",
        ),
        (
            with("10.128.0.2", "10.128.0.1"),
            "c.toml:5: 10.128.0.1 is one of the four",
        ),
        (
            with("10.128.0.2", "10.128.15.254"),
            "from 10.128.0.2 to 10.128.15.253",
        ),
        (with("svc@p", "svc p"), "c.toml:6: "),
        (
            with("\"p\"", "\"P\""),
            "c.toml:2: \"P\" cannot be used here; write a project id",
        ),
        (
            with("[[", "zone = \"a b\"\n[["),
            "c.toml:3: \"a b\" cannot be used here; write a zone",
        ),
        (
            with("[[", "network = \"10.128.0.0\"\n[["),
            "c.toml:3: \"10.128.0.0\": it lacks a prefix",
        ),
        (
            with("[[", "network = \"10.128.0.1/20\"\n[["),
            "bits behind the prefix",
        ),
        (
            with("[[", "network = \"8.8.0.0/20\"\n[["),
            "not a private range",
        ),
        (
            with("[[", "network = \"10.128.0.0/30\"\n[["),
            "between 8 and 29",
        ),
        (
            format!("{ONE}{}", machine.replace("vm2", "vm")),
            "c.toml:9: a machine named vm is there",
        ),
        (
            format!("{ONE}{}", machine.replace("0.3", "0.2")),
            "c.toml:10: 10.128.0.2 is another",
        ),
        (
            format!("{ONE}scopes = [\"a b\"]"),
            "c.toml:7: a scope is one word",
        ),
        (
            format!("{ONE}attributes = {{ \"a b\" = \"1\" }}"),
            "c.toml:7: an attribute's key is",
        ),
        (
            format!("{ONE}[authority]\ncredential_lifetime_s = 0"),
            "c.toml:8: credential_lifetime_s",
        ),
        (
            format!("{ONE}[revocation]\nmode = \"never\""),
            "c.toml:8: unknown variant `never`",
        ),
        (
            format!("{ONE}[[account]]\nemail = \"a@p\"\nroles = [\"roles/owner\"]"),
            "c.toml:9: \"roles/owner\": this mock does not know the role; write roles/iam.",
        ),
        (
            format!("{ONE}[[account]]\nemail = \"a@p\"\n[[account]]\nemail = \"a@p\""),
            "c.toml:10: this account is there already",
        ),
    ];
    for (text, expected) in cases {
        let error = Config::parse(&text, "c.toml").unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}\n  {error}");
        assert_eq!(error.lines().count(), 1);
    }
}

#[test]
fn no_text_makes_the_parser_panic() {
    use proptest::prelude::*;
    proptest!(|(at in 0..ARTICLE.len(), junk in "\\PC{0,4}")| {
        if ARTICLE.is_char_boundary(at) {
            let text = format!("{}{junk}{}", &ARTICLE[..at], &ARTICLE[at..]);
            let _ = Config::parse(&text, "junk.toml");
        }
    });
}
