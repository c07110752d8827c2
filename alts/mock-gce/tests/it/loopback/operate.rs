//! The commands of an operator, as processes: authority, faults, metrics, doctor.

use std::fs;

use alts::Handshaker;
use serde_json::Value;
use tokio::net::TcpListener;

use super::binary::*;

/// The field `address` of the mock's one machine.
fn handshaker_of(mock: &Mock) -> String {
    let ready = mock
        .lines
        .iter()
        .find(|line| line["fields"]["message"] == "handshaker ready");
    ready.unwrap()["fields"]["address"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn admin(mock: &Mock, args: &[&str]) -> std::process::Output {
    run(&[args, &["--admin", &mock.admin]].concat())
}

/// A healthy doctor's visit makes the handshaker obtain a credential.
fn doctor(mock: &Mock, more: &[&str]) -> std::process::Output {
    let address = handshaker_of(mock);
    run(&[&["doctor", "--handshaker-address", &address], more].concat())
}

#[test]
fn the_doctor_finds_a_mock_healthy_and_says_whom_it_speaks_for() {
    let dir = tempfile::tempdir().unwrap();
    let mock = Mock::start(dir.path());
    let output = doctor(&mock, &[]);
    let said = stdout(&output);
    assert_eq!(code(&output), 0, "{said}{}", stderr(&output));
    assert!(
        said.contains("ok    the handshaker speaks for svc@p.iam"),
        "{said}"
    );
    assert!(said.ends_with("\nHealthy.\n"), "{said}");
}

#[test]
fn the_doctor_says_what_is_wrong_and_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let mock = Mock::start(dir.path());
    let plain = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let plain_address = plain.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        use std::io::Write;
        for stream in plain.incoming() {
            let _ = stream
                .unwrap()
                .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    mock.accounts(&["disable", "svc@p.iam"]);
    let disabled = doctor(&mock, &[]);
    mock.accounts(&["enable", "svc@p.iam"]);
    let nobody = ["doctor", "--handshaker-address", "127.0.0.1:9"];
    let nowhere = ["doctor", "--handshaker-address", "no-such-host.invalid:1"];
    let cases = [
        (
            disabled,
            "FAIL  the handshaker makes no handshake: ",
            "disabled",
        ),
        (
            run(&nobody),
            "FAIL  nothing accepts connections at 127.0.0.1:9: ",
            "-> start the handshaker",
        ),
        (
            run(&nowhere),
            "FAIL  no-such-host.invalid is not found",
            "-> check the name",
        ),
        (
            doctor(&mock, &["127.0.0.1:9"]),
            "FAIL  no handshake with 127.0.0.1:9",
            "-> check the server",
        ),
        (
            doctor(&mock, &[&plain_address]),
            "FAIL  no handshake with ",
            "HTTP/1",
        ),
    ];
    for (output, finding, remedy) in cases {
        let said = stdout(&output);
        assert_eq!(code(&output), 1, "{said}");
        assert!(
            said.contains(finding) && said.contains(remedy),
            "{finding}: {said}"
        );
        assert!(said.ends_with("\nSomething is wrong.\n"), "{said}");
    }
}

#[tokio::test]
async fn the_doctor_proves_who_a_server_is() {
    let dir = tempfile::tempdir().unwrap();
    let mock = Mock::start(dir.path());
    let handshaker = Handshaker::builder()
        .address(handshaker_of(&mock))
        .allow_untrusted(true)
        .build()
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let peer = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = handshaker.accept(stream).await;
        }
    });
    let (output, refused) = tokio::task::spawn_blocking(move || {
        let wrong = ["--target", "else@p.iam", &peer];
        (
            doctor(&mock, &["--target", "svc@p.iam", &peer]),
            doctor(&mock, &wrong),
        )
    })
    .await
    .unwrap();
    let said = stdout(&output);
    assert_eq!(code(&output), 0, "{said}");
    assert!(said.contains("proved to be svc@p.iam"), "{said}");
    let said = stdout(&refused);
    assert_eq!(code(&refused), 1);
    assert!(said.contains("else@p.iam"), "{said}");
}

#[test]
fn metrics_are_printed_and_served_to_prometheus() {
    let dir = tempfile::tempdir().unwrap();
    let mock = Mock::start(dir.path());
    assert_eq!(code(&doctor(&mock, &[])), 0);
    let text = stdout(&admin(&mock, &["metrics"]));
    // The doctor also dialled without a word: that is no workload and gets no credential.
    for expected in [
        "alts_handshakes_total{machine=\"vm\",side=\"client\",outcome=\"established\",code=\"Ok\"",
        "alts_handshake_duration_seconds_count{machine=\"vm\",side=\"server\"} 1\n",
        "alts_credential_requests_total{machine=\"vm\",result=\"issued\"} 1\n",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    let lost = run(&["metrics", "--admin", "127.0.0.1:9"]);
    assert_eq!(code(&lost), 1);
    assert!(
        stderr(&lost).contains("no metrics from 127.0.0.1:9"),
        "{}",
        stderr(&lost)
    );
}

#[test]
fn faults_are_set_shown_counted_and_cleared() {
    let dir = tempfile::tempdir().unwrap();
    let mock = Mock::start(dir.path());
    assert_eq!(stdout(&admin(&mock, &["faults"])), "vm: none\n");
    let set = admin(&mock, &["faults", "vm", "set", "late-error,delay=1ms"]);
    assert_eq!(
        stdout(&set),
        "vm: late-error,delay=1ms\n",
        "{}",
        stderr(&set)
    );
    let sick = doctor(&mock, &[]);
    assert_eq!(code(&sick), 1);
    assert!(
        stdout(&sick).contains("fault late-error"),
        "{}",
        stdout(&sick)
    );
    assert!(stdout(&admin(&mock, &["metrics"])).contains("fault=\"late-error\""));
    assert_eq!(
        stdout(&admin(&mock, &["faults", "vm", "clear"])),
        "vm: none\n"
    );
    assert_eq!(code(&doctor(&mock, &[])), 0);
    let unknown = admin(&mock, &["faults", "moon", "show"]);
    assert_eq!(code(&unknown), 1);
    assert!(
        stderr(&unknown).contains("there is no machine \"moon\""),
        "{}",
        stderr(&unknown)
    );
    let bad = admin(&mock, &["faults", "vm", "set", "bad-luck"]);
    assert_eq!(code(&bad), 2);
    assert!(
        stderr(&bad).contains("there is no fault"),
        "{}",
        stderr(&bad)
    );
}

#[test]
fn certificates_are_listed_and_revoked_and_the_list_survives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let mock = Mock::start(dir.path());
    assert_eq!(code(&doctor(&mock, &[])), 0);
    let list = stdout(&admin(&mock, &["authority", "issued", "--output", "json"]));
    let issued: Value = serde_json::from_str(&list).unwrap();
    let id = issued[0]["revocationId"].as_str().unwrap().to_owned();
    assert_eq!(issued[0]["machine"], "vm");
    let table = stdout(&admin(
        &mock,
        &["authority", "issued", "--account", "svc@p.iam"],
    ));
    assert!(
        table.starts_with("REVOCATION ID") && table.contains(&id),
        "{table}"
    );

    let revoked = stdout(&admin(&mock, &["authority", "revoke", &id]));
    assert!(
        revoked.starts_with("1 revoked; ") && revoked.contains(&id),
        "{revoked}"
    );
    drop(mock);
    let mock = Mock::start(dir.path());
    let crl = stdout(&admin(&mock, &["authority", "crl", "show"]));
    assert!(crl.contains(&id), "{crl}");
    let bad = admin(&mock, &["authority", "revoke", "7"]);
    assert_eq!(code(&bad), 2);
    assert!(
        stderr(&bad).contains("16 hexadecimal digits"),
        "{}",
        stderr(&bad)
    );
}

#[test]
fn root_keys_are_rotated_and_retired() {
    let dir = tempfile::tempdir().unwrap();
    let mock = Mock::start(dir.path());
    let first = stdout(&admin(&mock, &["authority", "roots"]));
    assert!(
        first.contains("generation 1") && first.contains("\nroots = [\""),
        "{first}"
    );
    let too_early = admin(&mock, &["authority", "retire-roots"]);
    assert_eq!(code(&too_early), 1);
    assert!(
        stderr(&too_early).contains("rotate first"),
        "{}",
        stderr(&too_early)
    );
    let both = stdout(&admin(
        &mock,
        &["authority", "rotate-root", "--lead-s", "0"],
    ));
    assert!(
        both.contains("generation 2") && both.matches("\", \"").count() == 1,
        "{both}"
    );
    assert_eq!(code(&doctor(&mock, &[])), 0);
    let last = stdout(&admin(&mock, &["authority", "retire-roots"]));
    assert!(last.contains("generation 3"), "{last}");
    assert_eq!(code(&doctor(&mock, &[])), 0);
}

#[test]
fn an_admin_service_that_is_told_no_address_is_its_users_alone_and_is_found_by_itself() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let mock = Mock::start(dir.path());
    let state = dir.path().join("state");
    let socket = state.join("admin.sock");
    assert_eq!(mock.admin, format!("unix:{}", socket.display()));
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&state), mode(&socket)), (0o700, 0o600));

    let list = |home: &std::path::Path, state: Option<&std::path::Path>| {
        let mut command = std::process::Command::new(alts_handshaker());
        command
            .args(["accounts", "list"])
            .env_remove("ALTS_HANDSHAKER_ADMIN")
            .env("XDG_STATE_HOME", home);
        if let Some(state) = state {
            command.env("ALTS_HANDSHAKER_STATE_DIR", state);
        }
        command.output().unwrap()
    };
    let found = list(dir.path(), Some(&state));
    assert!(stdout(&found).contains("svc@p.iam"), "{}", stderr(&found));
    // As a mock's default state directory is called.
    std::os::unix::fs::symlink(&state, dir.path().join("alts-handshaker")).unwrap();
    let found = list(dir.path(), None);
    assert!(stdout(&found).contains("svc@p.iam"), "{}", stderr(&found));
    drop(mock);
    let lost = list(dir.path(), None);
    assert!(
        stderr(&lost).contains("start one with"),
        "{}",
        stderr(&lost)
    );
}
