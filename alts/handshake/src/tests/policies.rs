//! The machine owner's documents: who may certify whom, and who may answer to which name.

use super::*;

fn trust_with(policy: &str) -> PeerVerifier {
    let policy = Policy::parse(policy, "policy.toml").unwrap();
    let root = RootKey::new(&Seed::new([1; 32])).public();
    PeerVerifier::new([root], policy, None, RevocationRule::default())
}

const MACHINES: &str = r#"
    [[allow]]
    issuer = "*"
    category = "machine"
    identity = "vm"
"#;

fn workloads(issuer: &str, identity: &str) -> String {
    format!(
        "{MACHINES}\n[[allow]]\nissuer = {issuer:?}\ncategory = \"workload\"\n\
         identity = {identity:?}\n"
    )
}

#[test]
fn an_issuer_certifies_what_the_policy_says_and_nothing_else() {
    let refused_machine = Some(("vm", Category::Machine, "vm"));
    let refused_workload = Some(("vm", Category::Workload, SERVER));
    let cases = [
        // A document without rules allows nobody.
        (String::new(), refused_machine),
        (MACHINES.to_owned(), refused_workload),
        (workloads("vm", "*@p.iam"), None),
        (workloads("*", "*"), None),
        (workloads("vm", SERVER), None),
        (workloads("vm", "client@p.iam"), refused_workload),
        (workloads("vm2", "*"), refused_workload),
        (workloads("vm", "*@q.iam"), refused_workload),
        (
            workloads("vm", "*").replace("identity = \"vm\"", "identity = \"vm2\""),
            refused_machine,
        ),
    ];
    let certificate = credential(SERVER);
    for (policy, refused) in cases {
        let verified = trust_with(&policy).verify(certificate.certificate(), NOW);
        let expected = refused.map(|(issuer, category, identity)| CertificateError::Policy {
            issuer: issuer.to_owned(),
            category,
            identity: identity.to_owned(),
        });
        assert_eq!(verified.err(), expected, "{policy}");
    }
}

#[test]
fn a_policy_does_not_allow_what_the_authority_did_not() {
    let mut pair = Pair {
        client_verifier: Arc::new(trust_with(&workloads("*", "*"))),
        ..Pair::default()
    };
    // The machine is certified for the client's account and vouches for the server's.
    let key = MasterKey::new(account(SERVER), &Seed::new([0x51; 32]));
    let mut request = key.request(MachineName::parse("vm").unwrap());
    request.account = account(CLIENT);
    let root = RootKey::new(&Seed::new([1; 32]));
    let master = key.certified(root.sign(&request, Validity::starting(NOW, HOUR), 1));
    let credential = master.issue(&Seed::new([3; 32]), NOW, HOUR);
    pair.server.credential = Arc::new(credential);
    let (client, _) = drive(&pair, |_, _| {});
    assert!(matches!(
        client.error(),
        HandshakeError::Certificate(CertificateError::NotVouchedFor { .. })
    ));
}

#[test]
fn a_refusal_by_policy_names_the_rule_that_is_missing() {
    let certificate = credential(SERVER);
    let refused = trust_with(MACHINES).verify(certificate.certificate(), NOW);
    assert_eq!(
        refused.unwrap_err().to_string(),
        "this machine's issuer policy does not let vm certify the workload server@p.iam; if it \
         should, add a rule to the policy"
    );
}

#[test]
fn a_policy_that_cannot_be_read_is_refused_with_its_line() {
    let rules = "[[allow]]\nissuer=\"*\"\ncategory=\"machine\"\nidentity=\"*\"\n".repeat(1025);
    let cases = [
        ("[[allow]]\nissuer = \"a\"\n", "p.toml:1: missing field"),
        (
            "[[allow]]\nissuer = \"a b\"\ncategory = \"machine\"\nidentity = \"*\"\n",
            "p.toml:2: a pattern is",
        ),
        (
            "[[allow]]\nissuer = \"*\"\ncategory = \"robot\"\nidentity = \"*\"\n",
            "p.toml:3: unknown variant `robot`",
        ),
        (
            "[[allow]]\nissuer = \"*\"\ncategory = \"human\"\nidentity = \"*\"\n",
            "p.toml:3: unknown variant `human`",
        ),
        ("\n[[deny]]\n", "p.toml:2: unknown field `deny`"),
        ("issuer", "p.toml:1: "),
        (rules.as_str(), "p.toml:1: 1025 rules are more than 1024"),
    ];
    for (text, expected) in cases {
        let told = Policy::parse(text, "p.toml").unwrap_err().to_string();
        assert!(told.starts_with(expected), "{told}");
        assert!(!told.contains('\n'), "{told}");
    }
}

fn names(text: &str) -> NamePolicy {
    NamePolicy::parse(text, "names.toml").unwrap()
}

#[test]
fn the_first_rule_that_fits_a_name_decides_who_may_answer_to_it() {
    let policy = names(
        r#"
        [[name]]
        target = "booking:*"
        identities = ["server@p.iam", "spare-*@p.iam"]

        [[name]]
        target = "*:8080"
        identities = ["*@p.iam"]
        "#,
    );
    let cases = [
        ("booking:1", "server@p.iam", true),
        ("booking:1", "spare-2@p.iam", true),
        ("booking:8080", "other@p.iam", false),
        ("other:8080", "other@p.iam", true),
        ("other:8080", "other@q.iam", false),
        ("other:9090", "server@p.iam", false),
        ("", "server@p.iam", false),
    ];
    for (target, name, allowed) in cases {
        assert_eq!(
            policy.allows(target, &account(name)),
            allowed,
            "{target} {name}"
        );
        assert!(NamePolicy::default().allows(target, &account(name)));
        assert!(!names("").allows(target, &account(name)));
    }
}

#[test]
fn a_name_is_the_same_in_either_case_and_with_the_roots_dot() {
    let policy = names(
        r#"
        [[name]]
        target = "Booking.internal.:*"
        identities = ["server@p.iam"]

        [[name]]
        target = "*"
        identities = ["*"]
        "#,
    );
    // Were it another name, the second rule would let anybody answer.
    for target in [
        "booking.internal:8080",
        "Booking.Internal:8080",
        "BOOKING.internal.:8080",
        "booking.internal.:1",
    ] {
        assert!(policy.allows(target, &account(SERVER)), "{target}");
        assert!(!policy.allows(target, &account(CLIENT)), "{target}");
    }
    for target in [
        "booking.internal",
        "booking.internal..:8080",
        "booking:8080",
        "[::1]:8080",
    ] {
        assert!(policy.allows(target, &account(CLIENT)), "{target}");
    }
}

#[test]
fn a_peer_that_may_not_answer_to_the_dialled_name_is_refused_after_its_proof() {
    let mut pair = Pair::default();
    let names = "[[name]]\ntarget = \"backend:*\"\nidentities = [\"other@p.iam\"]\n";
    pair.client.names = Arc::new(NamePolicy::parse(names, "names.toml").unwrap());
    let (client, server) = drive(&pair, |_, _| {});
    assert_eq!(
        client.error().to_string(),
        "the peer is server@p.iam, and this machine's name policy does not let it answer to \
         backend:8080; dial a name of its own, or add it to the policy"
    );
    assert!(
        server
            .error()
            .to_string()
            .contains("it expected somebody else")
    );
    pair.client.target_name = None;
    let (client, _) = drive(&pair, |_, _| {});
    assert!(
        client.is_established(),
        "a client that tells no name is not asked"
    );
}
