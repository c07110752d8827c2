//! The command line of the binary.

use std::{fs, path::Path, process::Command};

use crate::binary::*;

#[test]
fn the_examples_that_help_shows_are_refused_only_for_their_secret() {
    let dir = tempfile::tempdir().unwrap();
    for (command, example) in [
        ("serve", "serve.toml"),
        ("authority", "../authority/authority.toml"),
    ] {
        let text = fs::read_to_string(format!("{}/{example}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let path = dir.path().join("example.toml");
        fs::write(&path, text).unwrap();
        let output = run(&[command, "--config", path.to_str().unwrap()]);
        assert_eq!(code(&output), 1);
        let said = stderr(&output);
        assert!(
            said.contains("enrolment.secret") && said.lines().count() == 1,
            "{said}"
        );
        let help = stdout(&run(&[command, "--help"]));
        assert!(
            help.contains("listen = ") && help.contains("Examples:"),
            "{help}"
        );
    }
    let empty = run(&["authority"]);
    assert_eq!(code(&empty), 2);
}

#[test]
fn serving_with_faults_is_refused_with_what_took_its_place() {
    let output = run(&["serve", "--config", "none.toml", "--enable-faults"]);
    assert_eq!(code(&output), 1);
    let said = stderr(&output);
    assert!(
        said.contains("use a mock, `mock-gce loopback`") && said.lines().count() == 1,
        "{said}"
    );
}

#[test]
fn without_mock_gce_beside_it_the_binary_says_what_to_install() {
    let dir = tempfile::tempdir().unwrap();
    let alone = dir.path().join(Path::new(BINARY).file_name().unwrap());
    fs::copy(BINARY, &alone).unwrap();
    for command in ["mock", "faults"] {
        let asked = Command::new(&alone)
            .args([command, "--help"])
            .env("PATH", dir.path())
            .output();
        let output = asked.unwrap();
        assert_eq!(code(&output), 1);
        let said = stderr(&output);
        assert!(
            said.contains("install mock-gce beside alts-handshaker") && said.lines().count() == 1,
            "{said}"
        );
    }
}
