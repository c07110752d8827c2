//! The commands of documents, run as they are printed: those of the handshaker, for people who
//! care nothing for hospitals, those of mock-gce, and those of the lessons about
//! ALTS and their Python.
//!
//! Every block marked `sh` is run, in order, by one shell. It stands where a reader stands: in the
//! repository, on a computer whose ports are free. What a reader does and a shell does not is wait
//! until a program that was sent to the background says that it is ready.

use std::{
    fmt::Write,
    path::Path,
    process::{Command, Output},
};

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Longer than all commands of a README take together on a busy machine, in seconds.
const PATIENCE_S: &str = "600";

/// Before the blocks: stop at the first command that fails, say which one runs, and leave nothing
/// behind. `settle` waits for one more program to be ready than there were at the last `mark`.
const PROLOGUE: &str = r#"
set -eu
ip link set lo up
cd "$REPOSITORY"
log=$HOME/log; exec > >(tee "$log") 2>&1
count() { grep --count --extended-regexp 'ready"| ready |started successfully' "$log" || true; }
mark() { marked=$(count); }
settle() {
  for _ in $(seq 100); do
    [ "$(count)" -gt "$marked" ] && return
    sleep 0.1
  done
  echo 'nothing has become ready after this' >&2
  return 1
}
leave() {
  cd "$REPOSITORY"
  jobs -p | xargs --no-run-if-empty kill 2> /dev/null || true
  target/debug/mock-gce down > /dev/null 2>&1 || true
}
trap leave EXIT
set -v
"#;

/// What is inside the fences marked `sh`.
fn blocks(readme: &str) -> Vec<&str> {
    let fenced = readme.split("\n```").skip(1).step_by(2);
    fenced
        .filter_map(|block| block.strip_prefix("sh\n"))
        .collect()
}

/// Whether a line leaves its program running in the background.
fn is_sent_to_the_background(line: &str) -> bool {
    let command = line.split("  #").next().unwrap_or(line).trim_end();
    command.ends_with(" &")
}

fn script(readme: &str, leave_out: impl Fn(&str) -> bool) -> String {
    let mut script = PROLOGUE.to_owned();
    for block in blocks(readme).into_iter().filter(|block| !leave_out(block)) {
        for line in block.lines() {
            let (before, after) = if is_sent_to_the_background(line) {
                ("mark\n", "settle\n")
            } else {
                ("", "")
            };
            write!(script, "{before}{line}\n{after}").expect("a string takes everything");
        }
    }
    script
}

/// Runs a script in a network of its own, with an empty home.
fn run(script: &str) -> Output {
    let home = tempfile::tempdir().expect("a folder");
    let path = format!(
        "{REPOSITORY}/target/interop-venv/bin:{}",
        std::env::var("PATH").unwrap_or_default()
    );
    let mut unshare = Command::new("unshare");
    unshare.args(["--map-root-user", "--mount", "--net", "--"]);
    unshare.args([
        "timeout",
        "--kill-after=10",
        PATIENCE_S,
        "bash",
        "-c",
        script,
    ]);
    // The compilers' caches may stay where they are; nothing else of ours is the reader's.
    for (name, of) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        if std::env::var_os(name).is_none()
            && let Some(home) = std::env::var_os("HOME")
        {
            unshare.env(name, Path::new(&home).join(of));
        }
    }
    unshare.env("GOCACHE", format!("{REPOSITORY}/target/go-cache"));
    // What cargo tells a test of its package is nobody else's, and a build that hears it is done anew.
    for (name, _) in std::env::vars_os() {
        let of_a_package = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "OUT_DIR"];
        if let Some(text) = name.to_str()
            && of_a_package.iter().any(|prefix| text.starts_with(prefix))
        {
            unshare.env_remove(&name);
        }
    }
    unshare
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env("XDG_STATE_HOME", home.path())
        .env("REPOSITORY", REPOSITORY)
        .env("PATH", path)
        .output()
        .expect("unshare runs; install util-linux")
}

/// Runs the commands of these documents, one after the other in one shell, and returns what they print.
fn must_hold(documents: &[&str], leave_out: impl Fn(&str) -> bool) -> String {
    let read = |name: &&str| std::fs::read_to_string(Path::new(REPOSITORY).join(name)).expect(name);
    let text: String = documents.iter().map(read).collect();
    let output = run(&script(&text, leave_out));
    let (said, complained) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success(),
        "a command of {documents:?} fails ({}):\n{said}\n{complained}",
        output.status
    );
    said.into_owned()
}

#[test]
fn the_handshakers_commands_work_as_printed() {
    let said = must_hold(
        &[
            "alts/handshaker/docs/tutorial.md",
            "alts/handshaker/docs/how-to.md",
        ],
        |_| false,
    );
    let account = tests::CLIENT_ACCOUNT;
    // Python, Go, C++ and Java each as a test of its own, and one call between two machines.
    for line in [
        format!("{account} TSI_PRIVACY_AND_INTEGRITY"),
        format!("{account} INTEGRITY_AND_PRIVACY"),
        format!("{account} privacy and integrity"),
        format!("proved to be {}", tests::SERVER_ACCOUNT),
        "Healthy.".to_owned(),
        "Something is wrong.".to_owned(),
    ] {
        assert!(said.contains(&line), "{line} was to be printed:\n{said}");
    }
    assert_eq!(
        said.matches("INTEGRITY_AND_PRIVACY").count(),
        2,
        "by Go and by Java:\n{said}"
    );
}

#[test]
fn mock_gces_commands_work_as_printed() {
    // Google's command line is not everywhere; IAM's other clients are, and have tests of their own.
    let has_gcloud = tests::machines::gcloud_is_here();
    if !has_gcloud {
        eprintln!("there is no gcloud here: the block with its commands is not run");
    }
    let said = must_hold(&["alts/mock-gce/README.md"], |block| {
        block.contains("gcloud") && !has_gcloud
    });
    assert!(
        said.contains("Date of booking: 01-Jun-2024 11:30"),
        "{said}"
    );
    assert!(said.contains(tests::CLIENT_ACCOUNT), "{said}");
}

#[test]
fn the_pythons_commands_work_as_printed() {
    let said = must_hold(&["docs/learn/python/README.md"], |_| false);
    let [alice, bob] =
        ["alice", "bob"].map(|name| format!("{name}@lessons.iam.gserviceaccount.com"));
    for line in [
        format!("{bob} on bob-vm, full handshake"),
        format!("{bob} on bob-vm, resumed"),
        format!("the handshaker speaks for {alice}"),
        format!("127.0.0.1:9000 proved to be {bob}, resuming an earlier session"),
        "heard: hello".to_owned(),
        "\nOK\n".to_owned(),
    ] {
        assert!(said.contains(&line), "{line} was to be printed:\n{said}");
    }
}

#[test]
fn the_lessons_go_as_their_pages_say() {
    let pages = [
        "why",
        "identity",
        "handshake",
        "keys",
        "resumption",
        "records",
        "listening",
        "revocation",
        "believing",
    ];
    let pages = pages.map(|page| format!("docs/learn/{page}.md"));
    let said = must_hold(&pages.each_ref().map(String::as_str), |_| false);
    let [alice, bob, carol] =
        ["alice", "bob", "carol"].map(|name| format!("{name}@lessons.iam.gserviceaccount.com"));
    for line in [
        format!("refused: this is {bob}, and we want {carol}"),
        format!("nothing: Bob believes that this is {alice}"),
        format!("signs for Bob: alice-vm may vouch for {alice}, and not for {bob}"),
        "edits its certificate: a signature over 'alts-local/2 master' is wrong".to_owned(),
        "has its own authority: 'alts-local/2 master' was signed by nobody".to_owned(),
        format!("127.0.0.1:9000 proved to be {bob}, resuming an earlier session"),
        "Alice: a session with server@p.iam\n   Bob:   the peer did not prove who it is".to_owned(),
        "thief: the peer did not prove who it is".to_owned(),
        "ee: the thief does not have it\nes: the thief has it\nse: the thief has it\n".to_owned(),
        format!("{:28} Bob: the peer gave up, with code 5", "ee, es, se"),
        format!("{:28} Bob: a session with client@p.iam\n", "without se"),
        "second: a session with server@p.iam, resumed; 2 agreements".to_owned(),
        "Alice, once more:   a session with client@p.iam\n".to_owned(),
        "who has copied it:  the peer gave up".to_owned(),
        "who has Bob's key:  a session with client@p.iam, resumed\n".to_owned(),
        "plaintext:   b'hello'".to_owned(),
        "as sent        one two three".to_owned(),
        "left out       one (the record 1 was altered".to_owned(),
        "record  65535: AES key 4fbb112eda206249ad8f2d78236d40db, hello".to_owned(),
        "record  65536: AES key 3361ce969f7741e90c2bee8ec82dc346, hello".to_owned(),
        "client-vm: yes, server-vm: no, bob.internal:8080: yes\n".to_owned(),
        "a refusal         carol@p.iam: yes\n".to_owned(),
        "a record          'yes': no, 27 bytes".to_owned(),
        "1 Alice runs; does Bob take her connection? yes\n".to_owned(),
        "2 Alice's account is disabled; does Bob take it? yes\n".to_owned(),
        "3 Can another Alice start? no: the authority refuses IssueMaster".to_owned(),
        "4 The account is enabled; can another Alice start? yes\n".to_owned(),
        "5 Her machine's certificate is revoked; does Bob take her connection? yes\n".to_owned(),
        "6 And Bob who was started anew, and fetched the list? no: it is revoked".to_owned(),
        "7 And Alice who was started anew, and has another certificate? yes\n".to_owned(),
        "1 revoked; list of ".to_owned(),
        "without single use:\n    test_a_ticket_is_good_once\nwithout whom a machine may vouch for:\n    \
         test_a_machine_vouches_for_its_own_account_alone\nwithout the direction in the nonce:\n"
            .to_owned(),
        "    test_a_record_that_is_replayed_or_left_out_or_reflected_ends_it\n    \
         test_each_record_has_a_nonce_of_its_own_and_the_directions_differ\n"
            .to_owned(),
    ] {
        assert!(said.contains(&line), "{line} was to be printed:\n{said}");
    }
}

#[test]
fn the_tests_that_a_lesson_names_are_there() {
    let read = |name: &str| std::fs::read_to_string(Path::new(REPOSITORY).join(name)).expect(name);
    let listed = Command::new("git")
        .args(["ls-files", "alts/*.rs", "docs/learn/*.py"])
        .current_dir(REPOSITORY)
        .output()
        .expect("git runs");
    let sources: String = String::from_utf8_lossy(&listed.stdout)
        .lines()
        .map(read)
        .collect();
    let page = read("docs/learn/believing.md");
    let named = page
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| word.matches('_').count() > 2 && !word.contains(char::is_whitespace));
    let named: Vec<_> = named.collect();
    assert!(named.len() > 15, "{named:?}");
    for test in named {
        let there = ["fn", "def"].map(|word| sources.contains(&format!("{word} {test}(")));
        assert!(there.contains(&true), "{test} is named and is not there");
    }
}

#[test]
fn what_is_run_is_what_is_fenced_and_nothing_else() {
    let readme = "a\n```sh\none &  # and why\ntwo\n```\n```toml\nthree\n```\nb\n```sh\nfour\n```\n";
    assert_eq!(blocks(readme), ["one &  # and why\ntwo", "four"]);
    let script = script(readme, |block| block == "four");
    assert!(
        script.ends_with("mark\none &  # and why\nsettle\ntwo\n"),
        "{script}"
    );
}
