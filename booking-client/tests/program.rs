//! The real program: what a shell sees on stdout, on stderr and as exit code when nobody answers.
//! Calls that succeed need a handshaker and a backend and are played by the workspace's `tests`.

use std::{
    net::TcpListener,
    process::{Command, Output, Stdio},
};

const SERVER: &str = "prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com";

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_booking-client"));
    command.args(arguments);
    for name in [
        "ALTS_HANDSHAKER_ADDRESS",
        "ALTS_ALLOW_UNTRUSTED_HANDSHAKER",
        "RUST_LOG",
    ] {
        command.env_remove(name);
    }
    command
}

fn run(arguments: &[&str]) -> Output {
    program(arguments).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

#[track_caller]
fn assert_ends(output: &Output, code: i32) -> String {
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "stderr: {stderr}");
    stderr
}

#[test]
fn without_arguments_it_teaches_and_exits_2() {
    let stderr = assert_ends(&run(&[]), 2);
    assert!(stderr.contains("<ADDRESS> <ACCOUNT>..."), "{stderr}");
    assert!(stderr.contains("--help"), "{stderr}");
}

#[test]
fn a_wrong_command_line_exits_2_and_says_what_to_write() {
    let table: [(&[&str], &str); 6] = [
        (&["localhost:8080"], "name at least one after the address"),
        (&["localhost", SERVER], "write HOST:PORT"),
        (&[SERVER, "localhost:8080"], "comes first"),
        (&["localhost:8080,"], "remove the extra comma"),
        (
            &["--timeout", "5", "localhost:8080", SERVER],
            "for example 5s",
        ),
        (&["--output", "xml", "localhost:8080", SERVER], "json"),
    ];
    for (arguments, remedy) in table {
        let output = run(arguments);
        let stderr = assert_ends(&output, 2);
        assert!(stderr.contains(remedy), "{arguments:?}: {stderr}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
    }
}

#[test]
fn help_and_version_exit_0_even_when_nobody_reads_them() {
    for flag in ["--help", "-h", "--version"] {
        assert_ends(&run(&[flag]), 0);
        let mut child = program(&[flag])
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        drop(child.stdout.take());
        assert_eq!(child.wait().expect("ends").code(), Some(0), "{flag}");
    }
}

#[test]
fn a_handshaker_that_is_not_there_is_unavailable_with_cause_and_remedy_on_one_line() {
    // A port that was free a moment ago: nobody listens there.
    let vacant = TcpListener::bind("127.0.0.1:0")
        .expect("binds")
        .local_addr()
        .expect("bound");
    let backend = TcpListener::bind("127.0.0.1:0").expect("binds");
    let backend = backend.local_addr().expect("bound").to_string();
    let output = run(&[
        "--allow-untrusted-handshaker",
        "--handshaker-address",
        &vacant.to_string(),
        "--timeout",
        "10s",
        &backend,
        SERVER,
    ]);
    let stderr = assert_ends(&output, 3);
    let complaints: Vec<&str> = stderr
        .lines()
        .filter(|line| line.starts_with("booking-client: "))
        .collect();
    let [complaint] = complaints[..] else {
        panic!("one complaint, not: {stderr}")
    };
    assert!(
        complaint.starts_with("booking-client: UNAVAILABLE: "),
        "{complaint}"
    );
    assert!(complaint.contains("; "), "{complaint}");
    assert_eq!(text(&output.stdout), "");
}

#[test]
fn a_server_that_never_speaks_costs_no_more_than_the_timeout() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("binds");
    let silent = silent.local_addr().expect("bound").to_string();
    let output = run(&[
        "--allow-untrusted-handshaker",
        "--handshaker-address",
        &silent,
        "--timeout=200ms",
        &silent,
        SERVER,
    ]);
    let stderr = assert_ends(&output, 3);
    assert!(
        stderr.contains("booking-client: DEADLINE_EXCEEDED: no answer within 200ms; "),
        "{stderr}"
    );
}
