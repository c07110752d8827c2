//! `mock-gce exec`: the command's own terminal, directory, exit code and signals.

use std::{os::unix::process::ExitStatusExt, process::Stdio, time::Duration};

use rustix::process::{Pid, Signal, kill_process};
use tests::machines::{CLIENT_VM, SERVER_VM};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout},
    time::Instant,
};

use super::{machines, stderr, stdout};

#[tokio::test]
async fn a_program_finds_itself_on_a_google_compute_engine_vm() {
    let machines = machines().await;
    let script = "cat /sys/class/dmi/id/product_name; hostname; cat /etc/hostname; \
        getent hosts metadata.google.internal. | tr -s ' '; getent hosts metadata | tr -s ' '; \
        ip -brief address show ens4 | tr -s ' '; ip route get 10.128.0.3 | head -1 | tr -s ' '";
    let mut shell = machines.exec(SERVER_VM, "bash").expect("built");
    let output = shell.args(["-c", script]).output().await.expect("runs");
    let seen = stdout(&output);
    let mut lines = seen.lines();
    assert_eq!(
        lines.next(),
        Some("Google Compute Engine"),
        "{seen}{}",
        stderr(&output)
    );
    assert_eq!(lines.next(), Some(SERVER_VM));
    assert_eq!(lines.next(), Some(SERVER_VM));
    for _ in 0..2 {
        let line = lines.next().expect("a host");
        assert!(line.starts_with("169.254.169.254 "), "{seen}");
    }
    assert!(
        lines
            .next()
            .is_some_and(|line| line.contains("10.128.0.2/32")),
        "{seen}"
    );
    assert!(
        lines
            .next()
            .is_some_and(|line| line.contains("via 10.128.0.1 dev ens4")),
        "{seen}"
    );
}

/// Resolvers wait for five seconds where nobody answers, and some of gRPC's ask for IPv6 addresses first.
const AT_ONCE: Duration = Duration::from_secs(4);

#[tokio::test]
async fn a_name_is_known_or_unknown_at_once() {
    let machines = machines().await;
    let lookups: [(&str, &str, &str); 3] = [
        // By DNS: `/etc/hosts` has it without the dot.
        (
            "ahostsv4",
            "prod-booking-service-vm.us-central1-a.c.grpc-alts-demo.internal.",
            "10.128.0.2",
        ),
        ("hosts", "www.example.com", ""),
        ("ahostsv6", "prod-booking-service-vm.example", ""),
    ];
    for (database, name, expected) in lookups {
        let mut getent = machines.exec(CLIENT_VM, "getent").expect("built");
        let start = Instant::now();
        let output = getent.args([database, name]).output().await.expect("runs");
        let taken = start.elapsed();
        assert!(taken < AT_ONCE, "{name}: {taken:?}");
        let found = stdout(&output);
        let found = found.split_whitespace().next().unwrap_or_default();
        assert_eq!(found, expected, "{name}");
    }
}

#[tokio::test]
async fn directory_arguments_and_standard_input_are_the_callers() {
    let machines = machines().await;
    let mut shell = machines.exec(CLIENT_VM, "bash").expect("built");
    let mut shell = shell
        .args(["-c", "pwd; echo \"$#:$1\"; cat", "name", "two  words"])
        .current_dir(machines.folder())
        .env("http_proxy", "http://127.0.0.1:1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
    let mut stdin = shell.stdin.take().expect("piped");
    tokio::io::AsyncWriteExt::write_all(&mut stdin, b"through\n")
        .await
        .expect("writes");
    drop(stdin);
    let output = shell.wait_with_output().await.expect("ends");
    let folder = machines.folder().canonicalize().expect("a folder");
    assert_eq!(
        stdout(&output),
        format!("{}\n1:two  words\nthrough\n", folder.display())
    );
}

#[tokio::test]
async fn proxies_of_the_computer_around_are_not_passed_on() {
    let machines = machines().await;
    let mut env = machines.exec(CLIENT_VM, "env").expect("built");
    env.env("https_proxy", "http://127.0.0.1:1")
        .env("GRPC_PROXY", "x")
        .env("KEPT", "yes");
    let seen = stdout(&env.output().await.expect("runs"));
    assert!(
        seen.contains("KEPT=yes") && !seen.to_lowercase().contains("proxy="),
        "{seen}"
    );
}

#[tokio::test]
async fn exit_codes_are_the_commands_own() {
    let machines = machines().await;
    for (script, expected) in [
        ("exit 0", 0),
        ("exit 1", 1),
        ("exit 42", 42),
        ("exit 125", 125),
    ] {
        let mut shell = machines.exec(CLIENT_VM, "sh").expect("built");
        let status = shell.args(["-c", script]).status().await.expect("runs");
        assert_eq!(status.code(), Some(expected), "{script}");
    }
    let cases: [(&[&str], i32, &str); 4] = [
        (
            &["exec", CLIENT_VM, "--", "/no/such/program"],
            127,
            "cannot run /no/such/program",
        ),
        (
            &["exec", CLIENT_VM, "--", "/etc/hostname"],
            126,
            "cannot run /etc/hostname",
        ),
        (
            &["exec", "no-such-vm", "--", "true"],
            125,
            "there are prod-booking-client-vm, prod-",
        ),
        (&["exec", CLIENT_VM], 2, "Usage: mock-gce exec"),
    ];
    for (args, expected, said) in cases {
        let output = machines
            .mock_gce(args)
            .expect("built")
            .output()
            .await
            .expect("runs");
        assert_eq!(output.status.code(), Some(expected), "{args:?}");
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    }
}

/// The process of a command that has said that it is ready, and what it says from then on.
async fn ready(command: &mut Child) -> (Pid, Lines<BufReader<ChildStdout>>) {
    let mut lines = BufReader::new(command.stdout.take().expect("piped")).lines();
    let first = lines.next_line().await.expect("reads");
    assert_eq!(first.as_deref(), Some("ready"));
    let pid = command
        .id()
        .and_then(|id| Pid::from_raw(id.try_into().ok()?));
    (pid.expect("runs"), lines)
}

#[tokio::test]
async fn signals_reach_the_command_itself() {
    let machines = machines().await;
    let script = "trap 'echo got it; exit 7' TERM; echo ready; while :; do read -t 1; done";
    let mut shell = machines.exec(CLIENT_VM, "bash").expect("built");
    let mut shell = shell
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
    let (pid, mut lines) = ready(&mut shell).await;
    kill_process(pid, Signal::TERM).expect("allowed");
    assert_eq!(
        lines.next_line().await.expect("reads").as_deref(),
        Some("got it")
    );
    assert_eq!(shell.wait().await.expect("ends").code(), Some(7));

    // Whoever runs this suite in the background may have had it ignored.
    let script = "echo ready; exec sleep 30";
    let mut sleep = machines.exec(CLIENT_VM, "env").expect("built");
    let mut sleep = sleep
        .args(["--default-signal=INT", "sh", "-c", script])
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
    let (pid, _) = ready(&mut sleep).await;
    kill_process(pid, Signal::INT).expect("allowed");
    assert_eq!(
        sleep.wait().await.expect("ends").signal(),
        Some(Signal::INT.as_raw())
    );
}

#[tokio::test]
async fn a_machine_sees_its_own_files_and_none_of_the_mocks_secrets() {
    let machines = machines().await;
    let token = machines.runtime_dir().join("operator.token");
    assert!(token.is_file());
    let mut cat = machines.exec(CLIENT_VM, "cat").expect("built");
    let output = cat.arg(&token).output().await.expect("runs");
    assert!(!output.status.success());
    assert!(
        stderr(&output).contains("No such file"),
        "{}",
        stderr(&output)
    );
}
