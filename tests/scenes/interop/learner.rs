//! The Python of `docs/learn/python`, which follows the specification: it enrols with our authority,
//! shakes hands with our handshaker on either side, and exchanges records with our library.
//!
//! ```text
//!   authority <--- enrols --- docs/learn/python  <=== ALTS ===>  this program, by the library
//!       ^                     (its own handshaker)                     | DoHandshake
//!       '-------------------------------------------------- alts-handshaker serve
//! ```

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use alts::{AltsStream, Handshaker, ServiceAccount, Target};
use tempfile::TempDir;
use tests::{
    CLIENT_ACCOUNT as LEARNER, SERVER_ACCOUNT as OURS,
    process::{Process, program},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, split},
    net::{TcpListener, TcpStream},
    process::Command,
};

/// Records of one byte, more than one key protects.
const MORE_THAN_ONE_KEY: usize = (1 << 16) + 300;

/// Longer than a frame of either side.
const LONG: usize = 300_000;

/// An authority, a handshaker of ours that it certified, and a folder for the Python.
struct Book {
    folder: TempDir,
    handshaker: Handshaker,
    _processes: [Process; 2],
}

impl Book {
    async fn open() -> Self {
        let folder = TempDir::new().expect("a folder");
        let at = folder.path();
        let write = |name: &str, text: String| std::fs::write(at.join(name), text).expect(name);
        write("enrolment.secret", "3".repeat(64));
        write("authority.toml", authority_config(at));
        let mut authority = starts(&["authority", "--config"], at, "authority.toml");
        let ready = authority.announced("authority ready").await.expect("runs");
        let text = |field: &str| ready[field].as_str().expect("a text").to_owned();
        let root = root_key(&text("admin")).await;
        for (name, machine, account) in
            [("ours", "our-vm", OURS), ("learner", "learner-vm", LEARNER)]
        {
            let config = serve_config(at, name, machine, account, &text("address"), &root);
            write(&format!("{name}.toml"), config);
        }
        let mut serve = starts(&["serve", "--config"], at, "ours.toml");
        let ready = serve.announced("handshaker ready").await.expect("runs");
        let handshaker = Handshaker::builder()
            .address(ready["address"].as_str().expect("a text"))
            .allow_untrusted(true)
            .build()
            .expect("an address");
        Self {
            folder,
            handshaker,
            _processes: [authority, serve],
        }
    }

    /// A program of the Python's, for the learner's machine.
    fn python(&self, script: &str, words: &[&str]) -> Command {
        let mut command = Command::new(interpreter());
        command
            .arg(root().join(script))
            .arg(self.folder.path().join("learner.toml"))
            .args(words)
            .kill_on_drop(true);
        command
    }

    /// What the Python prints that dials us `times` times, and our end of each: `serves` has it.
    async fn dials<Served>(
        &self,
        command: impl FnOnce(&str) -> Command,
        times: usize,
        serves: impl AsyncFn(TcpStream) -> Served,
    ) -> (String, Vec<Served>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound").to_string();
        let mut command = command(&address);
        let ours = async {
            let mut served = Vec::new();
            for _ in 0..times {
                let (stream, _) = listener.accept().await.expect("it dials");
                served.push(serves(stream).await);
            }
            served
        };
        let (output, served) = tokio::join!(command.output(), ours);
        let output = output.expect("Python runs");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{complaint}");
        (String::from_utf8_lossy(&output.stdout).into_owned(), served)
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn interpreter() -> PathBuf {
    let python = root().join("target/interop-venv/bin/python");
    assert!(
        python.is_file(),
        "there is no Python for this; run: scripts/test --install interop"
    );
    python
}

fn starts(verb: &[&str], folder: &Path, config: &str) -> Process {
    let mut command = Command::new(program("alts-handshaker").expect("built"));
    command.args(verb).arg(folder.join(config));
    command.args(["--log-format", "json"]);
    Process::start("alts-handshaker", command).expect("starts")
}

fn authority_config(folder: &Path) -> String {
    let enrolled = [("our-vm", OURS), ("learner-vm", LEARNER)].map(|(machine, account)| {
        format!(
            "[[enrolment]]\nmachine = \"{machine}\"\nservice_accounts = [\"{account}\"]\n\
             secret_file = \"enrolment.secret\"\n"
        )
    });
    let state = folder.join("authority");
    let head = format!("listen = \"127.0.0.1:0\"\nstate_dir = {state:?}\n");
    head + &enrolled.concat()
}

fn serve_config(
    folder: &Path,
    name: &str,
    machine: &str,
    account: &str,
    authority: &str,
    root: &str,
) -> String {
    let state = folder.join(name);
    format!(
        "machine = \"{machine}\"\nservice_account = \"{account}\"\nlisten = [\"127.0.0.1:0\"]\n\
         state_dir = {state:?}\n[authority]\naddress = \"{authority}\"\nroots = [\"{root}\"]\n\
         [identity]\nsource = \"static\"\nsecret_file = \"enrolment.secret\"\n"
    )
}

async fn root_key(admin: &str) -> String {
    let mut command = Command::new(program("alts-handshaker").expect("built"));
    command.args(["authority", "roots", "--output", "json", "--admin", admin]);
    let roots = crate::world::outcome(command).await;
    roots["keys"][0].as_str().expect("a key").to_owned()
}

/// Sends back what it hears; the peer's account and whether the session was resumed, then what ended it.
async fn echoes(accepted: Result<AltsStream<TcpStream>, alts::Error>) -> (String, String) {
    let mut stream = match accepted {
        Ok(stream) => stream,
        Err(error) => return (String::new(), error.to_string()),
    };
    let who = who(&stream);
    let mut buffer = vec![0; 1 << 16];
    let end = loop {
        match stream.read(&mut buffer).await {
            Ok(0) => break "end".to_owned(),
            Ok(len) => {
                let sent = stream.write_all(&buffer[..len]).await;
                if let Err(error) = sent.and(stream.flush().await) {
                    break error.to_string();
                }
            }
            Err(error) => break error.to_string(),
        }
    };
    (who, end)
}

fn who(stream: &AltsStream<TcpStream>) -> String {
    let context = stream.context();
    let attributes = context.peer_attributes();
    format!(
        "{} {} {}",
        context.peer_service_account(),
        attributes["alts.handshake"],
        attributes["alts.resumed"]
    )
}

#[tokio::test]
async fn pythons_own_tests_hold() {
    let mut command = Command::new(interpreter());
    command
        .args(["-m", "unittest"])
        .current_dir(root().join("docs/learn/python"));
    let output = command.output().await.expect("Python runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("Ran ") && said.ends_with("OK\n"), "{said}");
}

#[tokio::test]
async fn python_dials_us_then_resumes_and_its_records_are_ours() {
    let book = Book::open().await;
    let text = "x".repeat(100_000);
    let words = ["--times", "3", "--target", OURS, "--say", &text];
    let (said, served) = book
        .dials(
            |address| {
                book.python(
                    "docs/learn/python/alts.py",
                    &[&["dial", address], &words[..]].concat(),
                )
            },
            3,
            async |stream| echoes(book.handshaker.accept(stream).await).await,
        )
        .await;
    let seen: Vec<_> = served
        .iter()
        .map(|(who, end)| (who.as_str(), end.as_str()))
        .collect();
    let [full, resumed] =
        ["false", "true"].map(|resumed| format!("{LEARNER} alts-local/2 {resumed}"));
    assert_eq!(
        seen,
        [(&*full, "end"), (&*resumed, "end"), (&*resumed, "end")]
    );
    let heard = format!("heard: {text}\n");
    let [full, resumed] =
        ["full handshake", "resumed"].map(|how| format!("{OURS} on our-vm, {how}\n{heard}"));
    assert_eq!(said, full + &resumed.repeat(2));
}

#[tokio::test]
async fn we_dial_python_then_resume_and_keys_change_each_way() {
    let book = Book::open().await;
    let words = ["accept", "127.0.0.1:0", "--times", "3"];
    let mut command = book.python("docs/learn/python/alts.py", &words);
    let mut python = command.stdout(Stdio::piped()).spawn().expect("Python runs");
    let mut printed = BufReader::new(python.stdout.take().expect("piped")).lines();
    let ready = printed.next_line().await.expect("UTF-8").expect("a line");
    let address = ready.strip_prefix("accept ready on ").expect(&ready);
    let target = Target {
        name: address,
        accounts: &[LEARNER.parse::<ServiceAccount>().expect("an account")],
    };
    for (records, len, resumed) in [
        (1, LONG, "false"),
        (MORE_THAN_ONE_KEY, 1, "true"),
        (1, 5, "true"),
    ] {
        let socket = TcpStream::connect(address).await.expect("it listens");
        let stream = book.handshaker.connect(socket, target).await.expect("ALTS");
        assert_eq!(who(&stream), format!("{LEARNER} alts-local/2 {resumed}"));
        let (mut hears, mut says) = split(stream);
        let mut heard = vec![0; records * len];
        let sends = async {
            for _ in 0..records {
                says.write_all(&vec![7; len]).await.expect("sent");
                says.flush().await.expect("sent");
            }
        };
        let (_, all) = tokio::join!(sends, hears.read_exact(&mut heard));
        all.expect("all of it comes back");
        assert!(heard.iter().all(|byte| *byte == 7));
    }
}

#[tokio::test]
async fn neither_side_takes_what_was_altered_or_what_is_not_certified() {
    const NOT_VERIFIED: &str = "it could not verify us";
    const TAG: &str = "a frame failed authentication";
    let book = Book::open().await;
    // What happens; what our library says; what the Python says.
    let table = [
        ("nothing", "end", "ended"),
        (
            "ClientInit is altered",
            NOT_VERIFIED,
            "did not prove who it is",
        ),
        (
            "ClientFinished is altered",
            "did not prove its identity",
            "",
        ),
        ("a record is altered", TAG, ""),
        ("a record is replayed", TAG, ""),
        (
            "ServerInit is altered",
            NOT_VERIFIED,
            "did not prove who it is",
        ),
        (
            "ServerFinished is altered",
            NOT_VERIFIED,
            "did not prove who it is",
        ),
        (
            "the server's record is altered",
            "",
            "the record 0 was altered",
        ),
        (
            "the server's record is replayed",
            "",
            "not the one that is due",
        ),
        (
            "the certificate is another authority's",
            "unknown authority",
            "with code 4",
        ),
        (
            "the certificate is for another account",
            "does not let the machine",
            "with code 4",
        ),
        ("the certificate has expired", "it expired", "with code 4"),
    ];
    let cases = table.map(|(case, ..)| case);
    let (said, served) = book
        .dials(
            |address| book.python("tests/interop/cheat.py", &[&[address], &cases[..]].concat()),
            cases.len(),
            async |stream| echoes(book.handshaker.accept(stream).await).await,
        )
        .await;
    assert_eq!(said.lines().count(), cases.len(), "{said}");
    for (((case, ours, its), said), (_, end)) in table.iter().zip(said.lines()).zip(served) {
        assert!(end.contains(ours), "{case}: we say {end}");
        assert!(said.contains(its), "{case}: Python says {said}");
        let well = said == "ended" && end == "end";
        assert_eq!(well, *case == "nothing", "{case}: {said} {end}");
    }
}
