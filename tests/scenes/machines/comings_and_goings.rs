//! Up, down, side by side, and after every kind of death: nothing is lost that should stay, and
//! nothing stays that should go.

use std::{fs, os::unix::process::ExitStatusExt, path::Path, process::Stdio, time::Duration};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tests::{
    SERVER_ACCOUNT,
    machines::{ARTICLE, CLIENT_VM, MachineSuite, Machines, SERVER_VM},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::Command,
    time::timeout,
};

use super::{machines, stderr, stdout};

/// How long the kernel and the keepers may take to clear away; a busy computer is not an error.
const GONE_TIMEOUT: Duration = Duration::from_secs(30);

fn pid(value: &Value) -> Pid {
    let raw = value["pid"].as_i64().expect("a number");
    Pid::from_raw(raw.try_into().expect("small")).expect("positive")
}

/// Processes in a network namespace or with a mount of these machines.
fn survivors(marks: &[String], networks: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").expect("reads").flatten() {
        let folder = entry.path();
        let stat = fs::read_to_string(folder.join("stat")).unwrap_or_default();
        let ended = stat
            .rsplit_once(") ")
            .is_some_and(|(_, rest)| rest.starts_with('Z'));
        if ended {
            continue;
        }
        let network = fs::read_link(folder.join("ns/net")).unwrap_or_default();
        let mounts = fs::read_to_string(folder.join("mountinfo")).unwrap_or_default();
        let inside = networks.iter().any(|name| Path::new(name) == network);
        if inside || marks.iter().any(|mark| mounts.contains(mark)) {
            found.push(stat);
        }
    }
    found
}

/// What identifies everything of these machines while they are up.
fn traces(machines: &Machines) -> (Vec<String>, Vec<String>) {
    let record = machines.record().expect("it is up");
    let keepers = record["machines"].as_array().expect("machines");
    let all = keepers
        .iter()
        .map(|machine| &machine["keeper"])
        .chain([&record["cloud"]]);
    let networks = all.map(|process| {
        let link = format!("/proc/{}/ns/net", process["pid"]);
        fs::read_link(link).expect("it runs").display().to_string()
    });
    let networks: Vec<String> = networks.collect();
    let entries = fs::read_dir(machines.runtime_dir())
        .expect("reads")
        .flatten();
    let marks = entries
        .map(|entry| entry.file_name().display().to_string())
        .filter(|name| name.starts_with("machines-"))
        .collect::<Vec<_>>();
    assert_eq!((networks.len(), marks.len()), (4, 1));
    (marks, networks)
}

async fn all_gone(marks: &[String], networks: &[String]) {
    let gone = async {
        while !survivors(marks, networks).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    assert!(
        timeout(GONE_TIMEOUT, gone).await.is_ok(),
        "left behind: {:?}",
        survivors(marks, networks)
    );
}

#[tokio::test]
async fn down_leaves_nothing_behind_and_says_so() {
    let machines = machines().await;
    let (marks, networks) = traces(&machines);
    let mut sleep = machines.exec(CLIENT_VM, "sleep").expect("built");
    let mut sleep = sleep.arg("1000").spawn().expect("runs");
    // It is in there before the lights go out.
    let inside = async {
        while survivors(&marks, &networks).len() < 5 {
            tokio::task::yield_now().await;
        }
    };
    timeout(GONE_TIMEOUT, inside).await.expect("it runs inside");

    assert_eq!(
        machines.says(&["down"]).await.expect("goes down"),
        "tests is down\n"
    );
    let ended = sleep.wait().await.expect("ends");
    assert_eq!(ended.signal(), Some(Signal::TERM.as_raw()));
    assert_eq!(survivors(&marks, &networks), Vec::<String>::new());
    assert!(!machines.folder().join("mock-gce").exists());
    assert_eq!(
        machines.says(&["down"]).await.expect("is down"),
        "tests was not up\n"
    );
    let refused = machines
        .says(&["machines"])
        .await
        .expect_err("none")
        .to_string();
    assert!(
        refused.contains("tests is not up; bring it up: mock-gce up --name tests"),
        "{refused}"
    );
}

#[tokio::test]
async fn when_the_cloud_is_killed_everything_in_it_ends_by_itself() {
    let machines = machines().await;
    let (marks, networks) = traces(&machines);
    let mut stubborn = machines.exec(SERVER_VM, "bash").expect("built");
    let script = "trap '' TERM; echo on; while :; do read -t 1; done";
    let mut stubborn = stubborn
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
    // It is in there, and deaf to a polite request, before the plug is pulled.
    let mut lines = BufReader::new(stubborn.stdout.take().expect("piped")).lines();
    let line = lines.next_line().await.expect("reads");
    assert_eq!(line.as_deref(), Some("on"));
    let record = machines.record().expect("it is up");
    kill_process(pid(&record["cloud"]), Signal::KILL).expect("allowed");

    let ended = stubborn.wait().await.expect("ends");
    assert_eq!(ended.signal(), Some(Signal::KILL.as_raw()));
    all_gone(&marks, &networks).await;
    let refused = machines
        .says(&["machines"])
        .await
        .expect_err("none")
        .to_string();
    assert!(
        refused.contains("has crashed; clear away what is left: mock-gce down"),
        "{refused}"
    );
    assert_eq!(
        machines.says(&["down"]).await.expect("goes down"),
        "tests is down\n"
    );
    assert!(!machines.folder().join("mock-gce").exists());
}

#[tokio::test]
async fn after_the_worst_crash_down_finds_what_is_left() {
    let machines = machines().await;
    let (marks, networks) = traces(&machines);
    let mut orphan = machines.exec(SERVER_VM, "sleep").expect("built");
    let mut orphan = orphan.arg("1000").spawn().expect("runs");
    let inside = async {
        while survivors(&marks, &networks).len() < 5 {
            tokio::task::yield_now().await;
        }
    };
    timeout(GONE_TIMEOUT, inside).await.expect("it runs inside");
    let record = machines.record().expect("it is up");
    // First the keepers, so that nobody can tidy up; and the record is worth nothing.
    for machine in record["machines"].as_array().expect("machines") {
        kill_process(pid(&machine["keeper"]), Signal::KILL).expect("allowed");
    }
    // Without machines a cloud ends by itself; either way it is no more.
    let _ = kill_process(pid(&record["cloud"]), Signal::KILL);
    fs::write(machines.runtime_dir().join("record.json"), "{").expect("writes");

    assert_eq!(
        machines.says(&["down"]).await.expect("goes down"),
        "tests is down\n"
    );
    let ended = orphan.wait().await.expect("ends");
    assert_eq!(ended.signal(), Some(Signal::KILL.as_raw()));
    all_gone(&marks, &networks).await;
    assert!(!machines.folder().join("mock-gce").exists());
}

#[tokio::test]
async fn two_mocks_side_by_side_do_not_meet() {
    let (one, other) = tokio::join!(machines(), machines());
    let mut listen = one.exec(SERVER_VM, "bash").expect("built");
    let mut shells = Vec::new();
    for machines in [&one, &other] {
        let mut shell = machines.exec(CLIENT_VM, "cat").expect("built");
        shell.arg("/proc/self/mountinfo");
        shells.push(stdout(&shell.output().await.expect("runs")));
    }
    assert_ne!(shells[0], shells[1]);
    // Both have the same addresses, and a program in one is not seen from the other.
    let serve = "import socket; s = socket.create_server(('0.0.0.0', 8080)); \
        print('on', flush=True); s.accept()";
    listen.args(["-c", &format!("exec python3 -c \"{serve}\"")]);
    let mut listening = listen.stdout(Stdio::piped()).spawn().expect("runs");
    let mut out = listening.stdout.take().expect("piped");
    let mut on = [0; 3];
    out.read_exact(&mut on).await.expect("listens");
    for (machines, reached) in [(&other, false), (&one, true)] {
        let mut shell = machines.exec(CLIENT_VM, "bash").expect("built");
        shell.args(["-c", "exec 3<>/dev/tcp/10.128.0.2/8080"]);
        let output = shell.output().await.expect("runs");
        assert_eq!(output.status.success(), reached, "{}", stderr(&output));
    }
    let api = |machines: &Machines| machines.record().expect("up")["api"].clone();
    assert_ne!(api(&one), api(&other));
    other.says(&["down"]).await.expect("goes down");
    assert!(
        one.says(&["machines"])
            .await
            .expect("still up")
            .contains("up")
    );
}

#[tokio::test]
async fn an_account_stays_disabled_when_the_mock_is_killed_and_brought_up_again() {
    let mut suite = MachineSuite::start().await.expect("starts");
    tests::drill::Scene::switch(&mut suite, SERVER_ACCOUNT, false)
        .await
        .expect("disables");
    let record = suite.machines.record().expect("it is up");
    kill_process(pid(&record["cloud"]), Signal::KILL).expect("allowed");
    suite
        .machines
        .bring_up(ARTICLE)
        .await
        .expect("comes up again");
    tests::drill::Scene::restart_server(&mut suite)
        .await
        .expect("starts");
    let status = |seen: anyhow::Result<tests::drill::Seen>| seen.expect("runs").status;
    assert_eq!(status(tests::drill::call(&suite).await), "UNKNOWN");
    tests::drill::Scene::switch(&mut suite, SERVER_ACCOUNT, true)
        .await
        .expect("enables");
    assert_eq!(status(tests::drill::call(&suite).await), "OK");
    suite.stop().await.expect("stops");
}

#[tokio::test]
async fn a_cloud_that_is_killed_while_it_comes_up_leaves_room_for_the_next() {
    let machines = Machines::not_up().expect("room");
    let mut up = machines.mock_gce(&["up"]).expect("built");
    let up = up.stderr(Stdio::piped()).stdout(Stdio::piped());
    let up = up.spawn().expect("runs");
    let written = async {
        loop {
            match machines.record() {
                Ok(record) => return record,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    };
    let record = timeout(GONE_TIMEOUT, written).await.expect("it begins");
    kill_process(pid(&record["cloud"]), Signal::KILL).expect("allowed");
    let output = up.wait_with_output().await.expect("ends");
    // Nobody can be sure to have been faster than three machines.
    if !output.status.success() {
        let said = stderr(&output);
        assert!(said.contains("the cloud process ended"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    machines.bring_up(ARTICLE).await.expect("comes up");
    assert!(machines.call_from(CLIENT_VM).await.is_ok());
    machines.says(&["down"]).await.expect("goes down");
    assert!(!machines.folder().join("mock-gce").exists());
}

#[tokio::test]
async fn a_second_up_is_refused_and_disturbs_nobody() {
    let machines = machines().await;
    let before = machines.record().expect("it is up");
    let refused = machines
        .bring_up(ARTICLE)
        .await
        .expect_err("it is up")
        .to_string();
    assert!(refused.contains("tests is up already"), "{refused}");
    assert_eq!(machines.record().expect("it is up"), before);
}

#[tokio::test]
async fn what_cannot_come_up_says_why_and_leaves_nothing() {
    let machines = Machines::not_up().expect("room");
    let refused = machines
        .bring_up("project = \"p\"\n")
        .await
        .expect_err("no machine")
        .to_string();
    assert!(
        refused.contains("machines.toml:1: there is no machine"),
        "{refused}"
    );
    assert!(!machines.runtime_dir().exists());

    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("binds");
    let address = taken.local_addr().expect("an address").to_string();
    let mut up = machines
        .mock_gce(&["up", "--api", &address])
        .expect("built");
    let output = up.output().await.expect("runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("choose another --api"),
        "{}",
        stderr(&output)
    );
    assert_eq!(stderr(&output).lines().count(), 1);
}

#[tokio::test]
async fn where_neither_root_nor_user_namespaces_are_to_be_had_it_says_what_to_do() {
    let machines = Machines::not_up().expect("room");
    // Somebody without any power, where nobody may make a namespace.
    let nobody = "echo 0 > /proc/sys/user/max_user_namespaces && \
        exec setpriv --inh-caps=-all --bounding-set=-all \"$@\"";
    let up = machines.mock_gce(&["up"]).expect("built");
    let up = up.as_std();
    let mut powerless = Command::new("unshare");
    powerless
        .args(["--user", "--map-root-user", "sh", "-c", nobody, "sh"])
        .arg(up.get_program())
        .args(up.get_args())
        .envs(
            up.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    let output = powerless.output().await.expect("unshare runs");
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(
        said.contains("cannot make machines here: user.max_user_namespaces")
            && said.contains("sudo sysctl -w user.max_user_namespaces=15000`, or run this as root"),
        "{said}"
    );
    assert!(!machines.runtime_dir().exists());
}

#[tokio::test]
async fn machines_are_listed_for_people_and_for_programs() {
    let machines = machines().await;
    let table = machines.says(&["machines"]).await.expect("is up");
    assert!(table.starts_with("MACHINE "), "{table}");
    assert_eq!(table.lines().count(), 4);
    let json = machines
        .says(&["machines", "--output", "json"])
        .await
        .expect("is up");
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json[1]["name"], SERVER_VM);
    assert_eq!(json[1]["address"], "10.128.0.2");
    assert_eq!(json[1]["state"], "up");
    assert_eq!(json[1]["serviceAccount"], SERVER_ACCOUNT);

    let record = machines.record().expect("it is up");
    kill_process(pid(&record["machines"][1]["keeper"]), Signal::KILL).expect("allowed");
    let off = async {
        loop {
            let table = machines.says(&["machines"]).await.expect("is up");
            if table
                .lines()
                .nth(2)
                .is_some_and(|line| line.contains(" off "))
            {
                return;
            }
        }
    };
    timeout(GONE_TIMEOUT, off)
        .await
        .expect("it is seen to be off");
    let refused = machines.says(&["exec", SERVER_VM, "--", "true"]).await;
    assert!(
        refused
            .expect_err("off")
            .to_string()
            .contains("is off; bring the mock down")
    );
}
