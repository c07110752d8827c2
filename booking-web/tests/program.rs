//! The real program: it announces where it serves, answers, stops on a signal, and explains what
//! keeps it from starting.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Output, Stdio},
};

const ACCOUNT: &str = "prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com";

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_booking-web"));
    command.args(arguments);
    for name in [
        "ALTS_HANDSHAKER_ADDRESS",
        "ALTS_ALLOW_UNTRUSTED_HANDSHAKER",
        "OT_BACKEND",
        "OT_BACKEND_ACCOUNTS",
        "OT_WEB_LISTEN",
        "OT_WEB_PUBLIC_HOSTS",
        "RUST_LOG",
    ] {
        command.env_remove(name);
    }
    command
}

/// A running front end without a handshaker, before a backend that only listens; killed when
/// dropped.
struct FrontEnd {
    child: Child,
    log: BufReader<std::process::ChildStderr>,
    address: String,
    _backend: TcpListener,
}

impl FrontEnd {
    fn start() -> Self {
        let backend = TcpListener::bind("127.0.0.1:0").expect("binds");
        let mut child = program(&["--allow-untrusted-handshaker", "--listen=127.0.0.1:0"])
            .args(["--handshaker-address", &vacant(), "--log-format=json"])
            .env(
                "OT_BACKEND",
                backend.local_addr().expect("bound").to_string(),
            )
            .env("OT_BACKEND_ACCOUNTS", ACCOUNT)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut log = BufReader::new(child.stderr.take().expect("piped"));
        let mut line = String::new();
        while !line.contains("Booking web front end started") {
            line.clear();
            assert_ne!(
                log.read_line(&mut line).expect("a log"),
                0,
                "it ended without starting"
            );
        }
        assert!(line.contains(r#""level":"INFO""#), "{line}");
        let field = |name: &str| {
            let from = line
                .split(&format!("\"{name}\":\""))
                .nth(1)
                .expect("the field");
            from.split('"').next().expect("its end").to_owned()
        };
        let address = field("address");
        assert_eq!(field("url"), format!("http://{address}/"));
        Self {
            child,
            log,
            address,
            _backend: backend,
        }
    }

    fn ask(&self, head_and_body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        stream
            .write_all(head_and_body.as_bytes())
            .expect("it reads");
        let mut seen = String::new();
        stream
            .read_to_string(&mut seen)
            .expect("it answers in UTF-8");
        seen
    }

    fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        let kill = Command::new("kill")
            .args([signal, &pid])
            .status()
            .expect("kill runs");
        assert!(kill.success());
        let mut log = String::new();
        self.log.read_to_string(&mut log).expect("a log");
        (self.child.wait().expect("it ends").code(), log)
    }
}

impl Drop for FrontEnd {
    fn drop(&mut self) {
        // Already gone after `stop`; killing it again is harmless.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// An address that was free a moment ago: nobody listens there.
fn vacant() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
    listener.local_addr().expect("bound").to_string()
}

fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = program(arguments).output().expect("it starts");
    (status.code(), String::from_utf8(stderr).expect("UTF-8"))
}

#[test]
fn it_announces_itself_answers_and_stops_on_either_signal() {
    for signal in ["-TERM", "-INT"] {
        let front_end = FrontEnd::start();
        let health =
            front_end.ask("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assert!(
            health.starts_with("HTTP/1.1 200") && health.ends_with("ok\n"),
            "{health}"
        );
        let (code, log) = front_end.stop(signal);
        assert_eq!(code, Some(0), "{log}");
        assert!(log.contains("Booking web front end stopped"), "{log}");
    }
}

#[test]
fn without_a_handshaker_the_page_says_so_and_the_log_names_no_patient() {
    let front_end = FrontEnd::start();
    let form = "patient=PT-1204&doctor=DC-3904&description=stone";
    let page = front_end.ask(&format!(
        "POST /booking HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    ));
    assert!(page.starts_with("HTTP/1.1 503"), "{page}");
    assert!(
        page.contains("This front end cannot prove who it is"),
        "{page}"
    );
    assert!(page.contains("<code>UNAVAILABLE</code>"), "{page}");
    let (_, log) = front_end.stop("-TERM");
    assert!(
        log.contains("look-up refused") && log.contains("HandshakerUnreachable"),
        "{log}"
    );
    for secret in ["PT-1204", "DC-3904", "stone"] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[test]
fn a_wrong_command_line_exits_2_and_teaches() {
    let table: [(&[&str], &str); 4] = [
        (&[], "--backend"),
        (
            &["--backend=h:1", "--backend-account=a b"],
            "service account",
        ),
        (
            &[
                "--backend=h:1/x",
                "--backend-account=a@x",
                "--allow-untrusted-handshaker",
            ],
            "HOST:PORT",
        ),
        (
            &[
                "--backend=h:1",
                "--backend-account=a@x",
                "--allow-untrusted-handshaker",
                "--handshaker-address=nowhere",
            ],
            "HOST:PORT",
        ),
    ];
    for (arguments, remedy) in table {
        let (code, stderr) = refused(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.contains(remedy), "{arguments:?}: {stderr}");
    }
}

#[test]
fn an_address_that_is_taken_is_named_with_a_remedy_on_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("binds");
    let listen = taken.local_addr().expect("bound").to_string();
    let (code, stderr) = refused(&[
        "--backend=h:1",
        "--backend-account=a@x",
        "--allow-untrusted-handshaker",
        "--listen",
        &listen,
    ]);
    assert_eq!(code, Some(1), "{stderr}");
    let complaint = stderr
        .lines()
        .find(|line| line.starts_with("booking-web: "))
        .expect("a complaint");
    assert!(
        complaint.contains(&listen) && complaint.contains("--listen"),
        "{complaint}"
    );
}
