//! The program as a process: what it prints, how it exits, what a signal does.
//!
//! The handshaker it is given is never reached: connections that prove something are the business
//! of the suite's end-to-end tests.

#![expect(
    clippy::unwrap_used,
    reason = "tests; clippy sees only those marked as such"
)]

use std::{
    fs,
    io::{self, BufRead as _, BufReader, Read},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use tempfile::TempDir;

const ACCOUNT: &str = "prod-ot-booking-client-svc@grpc-alts-demo.iam.gserviceaccount.com";

/// The program in `directory`, with nothing but what the tests give it.
fn program(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_booking-server"));
    command
        .current_dir(directory)
        .env_clear()
        .stdin(Stdio::null());
    command
}

/// The same, as far as a laptop needs it to start.
fn server(directory: &Path) -> Command {
    let mut command = program(directory);
    command.args([
        "--allow-untrusted-handshaker",
        "--handshaker-address",
        "127.0.0.1:9",
    ]);
    command.args(["--listen", "127.0.0.1:0", ACCOUNT]);
    command
}

/// A server that has started; killed with the test.
struct Running {
    child: Child,
    log: BufReader<Box<dyn Read>>,
    address: String,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(Box::new(child.stderr.take().unwrap()) as Box<dyn Read>);
        let mut seen = String::new();
        let address = loop {
            let from = seen.len();
            assert_ne!(
                log.read_line(&mut seen).unwrap(),
                0,
                "it ended without starting:\n{seen}"
            );
            let line = &seen[from..];
            if line.contains("Booking OT service started successfully!") {
                break line
                    .split("address=")
                    .nth(1)
                    .unwrap_or(line)
                    .trim()
                    .to_owned();
            }
        };
        Self {
            child,
            log,
            address,
        }
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", name, &id])
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What a program that failed said, which must be one line on standard error and nothing else.
fn one_line(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    let said: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("booking-server: "))
        .collect();
    assert_eq!(said.len(), 1, "{text}");
    assert_eq!(text.lines().last(), Some(said[0]), "{text}");
    assert!(output.stdout.is_empty());
    assert_eq!(output.status.code(), Some(1), "{text}");
    said[0].to_owned()
}

#[test]
fn a_command_line_without_accounts_is_a_usage_error_that_teaches() {
    let directory = TempDir::new().unwrap();
    let output = program(directory.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    for expected in [ACCOUNT, "--allow-client", "OT_ALLOWED_CLIENTS", "--help"] {
        assert!(text.contains(expected), "{expected} is not in:\n{text}");
    }
    assert_eq!(
        fs::read_dir(directory.path()).unwrap().count(),
        0,
        "it left something behind"
    );
}

#[test]
fn accounts_may_come_from_the_environment_and_yield_to_the_command_line() {
    let directory = TempDir::new().unwrap();
    let table: [(&[&str], &str); 3] = [
        (&[], "allowed=[\"one@env\", \"two@env\"]"),
        (&["one@line"], "allowed=[\"one@line\"]"),
        (&["--allow-client", "two@line"], "allowed=[\"two@line\"]"),
    ];
    for (args, expected) in table {
        let mut command = program(directory.path());
        command.env("OT_ALLOWED_CLIENTS", "one@env,two@env");
        command.args([
            "--allow-untrusted-handshaker",
            "--handshaker-address",
            "127.0.0.1:9",
        ]);
        // Far enough to say who is allowed, and no further.
        command
            .args(["--database-url", "sqlite:no/such/ot.db"])
            .args(args);
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(
            text.contains(expected),
            "{args:?}: {expected} is not in:\n{text}"
        );
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn help_names_every_flag_with_its_environment_and_shows_how_to_start() {
    let directory = TempDir::new().unwrap();
    let output = program(directory.path()).arg("--help").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    for expected in [
        "OT_ALLOWED_CLIENTS",
        "OT_LISTEN",
        "OT_DATABASE_URL",
        "ALTS_HANDSHAKER_ADDRESS",
        "--drain-timeout",
        "--log-format",
        "--log-patient-ids",
        "--seed",
        "Examples:",
    ] {
        assert!(text.contains(expected), "{expected} is not in:\n{text}");
    }
}

#[test]
fn a_server_starts_stops_on_a_signal_and_starts_again() {
    let directory = TempDir::new().unwrap();
    for signal in ["TERM", "INT"] {
        let mut running = Running::start(&mut server(directory.path()));
        assert!(
            running.address.starts_with("127.0.0.1:"),
            "{}",
            running.address
        );
        running.signal(signal);
        let status = running.child.wait().unwrap();
        let rest: Vec<_> = running.log.by_ref().lines().map(Result::unwrap).collect();
        assert_eq!(status.code(), Some(0), "SIG{signal}: {rest:?}");
        let drained = rest.iter().any(|line| line.contains("drained"));
        assert!(drained, "SIG{signal}: {rest:?}");
    }
    let mut files: Vec<_> = fs::read_dir(directory.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    assert_eq!(
        files,
        ["ot-booking.db", "ot-booking.db.lock"],
        "the log was not folded in"
    );
}

#[test]
fn a_server_whose_log_nobody_reads_any_more_goes_on_and_stops_in_order() {
    let directory = TempDir::new().unwrap();
    let mut running = Running::start(&mut server(directory.path()));
    // Closes the reading end of the pipe.
    running.log = BufReader::new(Box::new(io::empty()));
    running.signal("TERM");
    assert_eq!(running.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_second_server_on_the_same_database_says_who_has_it() {
    let directory = TempDir::new().unwrap();
    let first = Running::start(&mut server(directory.path()));
    let line = one_line(&server(directory.path()).output().unwrap());
    assert!(
        line.contains(&format!("(process {})", first.child.id())),
        "{line}"
    );
    assert!(line.contains("--database-url"), "{line}");
}

#[test]
fn a_server_that_was_killed_leaves_nothing_in_the_way_of_the_next() {
    let directory = TempDir::new().unwrap();
    for _ in 0..3 {
        let running = Running::start(&mut server(directory.path()));
        running.signal("KILL");
    }
    Running::start(&mut server(directory.path()));
}

#[test]
fn a_port_that_is_taken_is_named() {
    let directory = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = program(directory.path());
    command.args([
        "--allow-untrusted-handshaker",
        "--handshaker-address",
        "127.0.0.1:9",
    ]);
    command.args([
        "--database-url",
        "sqlite::memory:",
        "--listen",
        &address,
        ACCOUNT,
    ]);
    let line = one_line(&command.output().unwrap());
    assert!(
        line.contains(&address) && line.contains("--listen"),
        "{line}"
    );
}

#[test]
fn a_file_that_is_not_ours_is_left_alone() {
    let directory = TempDir::new().unwrap();
    let letter = directory.path().join("letter.txt");
    fs::write(&letter, "Dear Dr").unwrap();
    let mut command = server(directory.path());
    command.env("OT_DATABASE_URL", "sqlite:letter.txt");
    let line = one_line(&command.output().unwrap());
    assert!(
        line.contains("letter.txt is not an SQLite database"),
        "{line}"
    );
    assert_eq!(fs::read_to_string(&letter).unwrap(), "Dear Dr");
}

#[test]
fn every_line_is_json_where_that_was_asked_for() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("letter.txt"), "Dear Dr").unwrap();
    let mut command = server(directory.path());
    command.args([
        "--log-format",
        "json",
        "--database-url",
        "sqlite:letter.txt",
    ]);
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    let last = lines.last().unwrap();
    assert_eq!(last["level"], "ERROR");
    assert!(
        last["fields"]["message"]
            .as_str()
            .unwrap()
            .contains("is not an SQLite database"),
        "{last}"
    );
}
