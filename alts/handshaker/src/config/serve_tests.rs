//! What a handshaker's configuration may say, and what is said about one that may not.

use std::fs;

use super::*;

const ROOT: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/// A folder with a secret in it, and the name of a configuration there.
fn folder() -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("enrolment.secret"), "s".repeat(40)).unwrap();
    fs::write(dir.path().join("short.secret"), "hunter2").unwrap();
    let file = dir.path().join("serve.toml").display().to_string();
    (dir, file)
}

fn minimal() -> String {
    format!(
        "machine = \"vm\"\n\
         service_account = \"svc@p\"\n\
         listen = [\"127.0.0.1:0\"]\n\
         [authority]\n\
         address = \"authority:1\"\n\
         roots = [\"{ROOT}\"]\n\
         [identity]\n\
         source = \"static\"\n\
         secret_file = \"enrolment.secret\"\n"
    )
}

#[test]
fn the_example_shows_every_key_with_its_default() {
    let (_dir, file) = folder();
    let example = ServeConfig::parse(EXAMPLE, &file).unwrap();
    let minimal = ServeConfig::parse(&minimal(), &file).unwrap();
    assert_eq!(example.authority.refresh, minimal.authority.refresh);
    assert_eq!(example.revocation, minimal.revocation);
    assert_eq!(example.handshake, minimal.handshake);
    assert_eq!(minimal.handshake, HandshakeConfig::default());
    assert_eq!((example.admin, minimal.admin), (None, None));
}

#[test]
fn on_compute_engine_little_needs_to_be_said() {
    let text = format!(
        "listen = [\"127.0.0.1:0\", \"[::1]:0\"]\n[authority]\naddress = \"a:1\"\nroots = [\"{ROOT}\"]\n\
         [identity]\nsource = \"gce\"\n[admin]\naddress = \"unix:/run/x.sock\"\n"
    );
    let config = ServeConfig::parse(&text, "serve.toml").unwrap();
    assert_eq!((config.machine, config.account), (None, None));
    assert_eq!(
        config.identity.source(),
        IdentitySource::Gce(DEFAULT_METADATA.to_owned())
    );
    assert_eq!(config.admin, Some(AdminAddress::Unix("/run/x.sock".into())));
    assert_eq!(config.listen.len(), 2);
}

#[test]
fn a_pod_says_whom_it_speaks_as_and_its_token_says_which_pod_it_is() {
    let text = minimal()
        .replace("machine = \"vm\"\n", "")
        .replace("static", "kubernetes")
        .replace(
            "secret_file = \"enrolment.secret\"",
            "token_file = \"/run/token\"",
        );
    let config = ServeConfig::parse(&text, "serve.toml").unwrap();
    assert_eq!(config.machine, None);
    let source = IdentitySource::Kubernetes("/run/token".into());
    assert_eq!(config.identity.source(), source);
    for (from, to, expected) in [
        (
            "service_account = \"svc@p\"\n",
            "",
            ":1: `service_account` is missing",
        ),
        (
            "\"/run/token\"",
            "\"token\"",
            ":8: the token's file is an absolute path",
        ),
        (
            "token_file = \"/run/token\"\n",
            "",
            ":7: the source \"kubernetes\" needs `token_file`",
        ),
        (
            "kubernetes",
            "gce",
            ":8: `token_file` belongs to the source \"kubernetes\"",
        ),
    ] {
        let problem = ServeConfig::parse(&text.replace(from, to), "serve.toml").unwrap_err();
        let told = problem.to_string();
        assert!(
            told.starts_with(&format!("serve.toml{expected}")),
            "{expected} <> {told}"
        );
    }
}

#[test]
fn every_problem_is_named_with_its_line_and_no_secret_is_quoted() {
    let (_dir, file) = folder();
    let replaced = |from: &str, to: &str| minimal().replace(from, to);
    let appended = |more: &str| minimal() + more;
    let cases = [
        (
            String::new(),
            ":1: missing field `authority`; serve.toml shows every key",
        ),
        (
            replaced("machine = \"vm\"\n", ""),
            ":1: `machine` is missing",
        ),
        (
            replaced("\"vm\"", "\"VM\""),
            ":1: a machine's name is lowercase",
        ),
        (replaced("svc@p", "svc p"), ":2: \"svc p\": "),
        (
            replaced("[\"127.0.0.1:0\"]", "[]"),
            ":3: name at least one address",
        ),
        (
            replaced("127.0.0.1:0", "localhost"),
            ":3: \"localhost\": invalid socket address",
        ),
        (
            replaced("authority:1", "authority"),
            ":5: \"authority\" is no address; write HOST:PORT",
        ),
        (
            replaced("authority:1", "http://a:1"),
            ":5: \"http://a:1\" is no address",
        ),
        (
            replaced(&format!("[\"{ROOT}\"]"), "[]"),
            ":6: without a root key nobody is believed",
        ),
        (
            replaced(ROOT, "d75a980182b10ab7"),
            ":6: a root key is 64 hexadecimal digits",
        ),
        (
            replaced(ROOT, &"zz".repeat(32)),
            ":6: a root key is 64 hexadecimal digits",
        ),
        (replaced("static", "magic"), ":8: unknown variant `magic`"),
        (
            replaced("secret_file = \"enrolment.secret\"\n", ""),
            ":8: the source \"static\" needs",
        ),
        (replaced("enrolment.secret", "none"), ":9: cannot read "),
        (
            replaced("enrolment.secret", "short.secret"),
            ":9: an enrolment secret has 32 to 1024",
        ),
        (
            replaced("static", "gce"),
            ":9: `secret_file` belongs to the source \"static\"",
        ),
        (
            appended("metadata = \"http://x\"\n"),
            ":10: `metadata` belongs to the source \"gce\"",
        ),
        (
            appended("[revocation]\nmode = \"never\"\n"),
            ":11: unknown variant `never`",
        ),
        (
            appended("[revocation]\nmax_age_s = 4000\n"),
            ":11: max_age_s must be 0 to 3600",
        ),
        (
            replaced("[identity]", "refresh_s = 0\n[identity]"),
            ":7: refresh_s must be 1 to 300",
        ),
        (
            appended("[admin]\naddress = \"0.0.0.0:1\"\n"),
            ":11: the admin service has no password",
        ),
        (
            appended("[admin]\naddress = \"unix:x\"\n"),
            ":11: \"unix:x\": a Unix socket needs",
        ),
        (
            appended("[handshake]\npolicy_file = \"none\"\n"),
            ":11: cannot read ",
        ),
        (
            appended("[handshake]\npolicy_file = \"short.secret\"\n"),
            ":11: ",
        ),
        (
            appended("[handshakes]\n"),
            ":10: unknown field `handshakes`",
        ),
    ];
    for (text, expected) in cases {
        let problem = ServeConfig::parse(&text, &file).unwrap_err().to_string();
        let told = problem.strip_prefix(&file).unwrap();
        assert!(told.starts_with(expected), "{expected} <> {told}");
        assert_eq!(problem.lines().count(), 1, "{problem}");
        if expected.contains("enrolment secret") {
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }
}
