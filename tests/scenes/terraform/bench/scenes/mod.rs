//! What somebody sees who applied the configuration, ran the scripts, and switched things off.

use std::{collections::BTreeSet, fs, time::Duration};

use serde_json::Value;
use tokio::time::{Instant, sleep};

mod scaled;

use super::{
    Bench, Machine,
    release::next,
    world::{list, text},
};
use crate::documents::commands;

/// Google's agent, and when it was started.
const AGENT: &str = "google-cloud-ops-agent";
const STARTED: [&str; 5] = [
    "systemctl",
    "show",
    "--property=ActiveEnterTimestamp",
    "--value",
    AGENT,
];
/// Who may log in, where somebody may.
const ADA: &str = "user:ada@example.org";
/// Where the front end finds the backend.
const BACKEND: &str = "10.128.0.2:8080";

/// Nothing has to reach a far-away cloud: what is refused is refused at once.
const DRILL: [(&str, &str); 2] = [("OT_DRILL_PATIENCE_S", "60"), ("OT_DRILL_SETTLE_S", "3")];

/// The smoke test, which has to pass: what it found, a line each.
async fn smoke(bench: &Bench) -> Vec<String> {
    let port = free_port().to_string();
    let settings = [
        ("OT_SMOKE_PATIENCE_S", "60"),
        ("OT_SMOKE_PORT", port.as_str()),
    ];
    let (well, said) = bench.script("gce-smoke", &settings).await;
    assert!(well, "{said}\n{}", journals(bench));
    let found = said.lines().filter_map(|line| line.strip_prefix("ok "));
    found.map(|line| line.trim().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deployment_works_and_the_articles_drill_goes_as_in_the_article() {
    // By somebody who may log in and no more.
    let bench = Bench::up("terraform", &format!("ssh_members = [\"{ADA}\"]")).await;
    bench.boot_all().await;
    let found = smoke(&bench).await;
    assert_eq!(found.len(), 5, "{found:?}");
    assert_eq!(found[1], "another machine cannot reach the backend");
    assert!(found[4].starts_with("the theatre board"), "{found:?}");

    let (well, said) = bench.script("gce-drill", &DRILL).await;
    assert!(well, "{said}\n{}", journals(&bench));
    let seen: Vec<&str> = said
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().last())
        .collect();
    assert_eq!(
        seen,
        ["OK", "UNAVAILABLE", "OK", "OK", "UNKNOWN", "OK"],
        "{said}"
    );

    // And gone again, as the document about it says.
    let printed = commands(&bench.path("terraform/docs/take-down.md"), "Take it down");
    let (well, said) = bench.answer(&printed[0], "yes\n").await;
    assert!(well && said.contains("Destroy complete!"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ops_agent_is_installed_with_its_settings_and_journals_are_for_who_asks_by_sudo() {
    let bench = Bench::up("terraform", &format!("ssh_members = [\"{ADA}\"]")).await;
    bench.boot_all().await;
    let machines = bench.world.machines();
    for machine in &machines {
        assert_eq!(bench.world.policies(machine).len(), 1, "{}", machine.name);
        let (well, said) = bench.manage(machine).await;
        assert!(well, "{}: {said}", machine.name);
        // A second look finds everything as it should be: the agent was started after its settings were written, and stays.
        let (_, started) = bench.says(&machine.name, &STARTED).await;
        let (well, said) = bench.manage(machine).await;
        assert!(well, "{said}");
        assert_eq!(bench.says(&machine.name, &STARTED).await.1, started);
        // What it read then, which it says in its own time.
        let end = Instant::now() + Duration::from_secs(20);
        let counters = !machine.name.contains("authority");
        loop {
            let read = bench.journal(&machine.name, AGENT);
            let (_, last) = read.rsplit_once("logging:").unwrap_or_default();
            if last.contains("type: systemd_journald")
                && last.contains("127.0.0.1:18091") == counters
            {
                break;
            }
            assert!(Instant::now() < end, "{}: {read}", machine.name);
            sleep(Duration::from_millis(100)).await;
        }
    }
    let commands = bench.output("journals");
    assert_eq!(commands.as_object().expect("commands").len(), 3);
    for (role, command) in commands.as_object().expect("commands") {
        let (well, said) = bench.paste(command.as_str().expect("a command"), &[]).await;
        assert!(well && said.contains("alts-"), "{role}: {said}");
    }

    // Machines of today's image: who could log in before can after it.
    let port = free_port().to_string();
    let settings = [
        ("OT_SMOKE_PATIENCE_S", "60"),
        ("OT_SMOKE_PORT", port.as_str()),
    ];
    let (well, said) = bench.script("gce-renew", &settings).await;
    assert!(well, "{said}\n{}", journals(&bench));
    assert_eq!(said.matches(": made anew").count(), 3, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_front_end_without_roles_has_the_articles_question_and_says_so() {
    // The article's own deployment, on a network that somebody else made: the default one.
    let bench = Bench::up("terraform/examples/article", "").await;
    bench.boot_all().await;
    let found = smoke(&bench).await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[1].starts_with("the look-up, and no board"),
        "{found:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn people_come_through_their_balancer_and_nobody_comes_past_it() {
    let people = "people = { domain = \"ot.example.org\", roles = { \"ada@example.org\" = [\"coordinator\"] } }";
    let bench = Bench::up("terraform", people).await;
    bench.boot_all().await;
    // Through a tunnel there is a refusal, and the backend knows that the account acts for people.
    let found = smoke(&bench).await;
    let last = found.last().expect("it found something");
    assert!(last.starts_with("a refusal, and no page"), "{found:?}");
    let front_end = machine(&bench, "prod-booking-client-vm");
    let ask = |name: &'static str, host: &str, address: &str, path: &str| {
        let words = format!(
            "curl --silent --max-time 3 --output /dev/null --write-out %{{http_code}} --header Host:{host} http://{address}:8000{path}"
        );
        let bench = &bench;
        async move {
            let words: Vec<&str> = words.split(' ').collect();
            bench.says(name, &words).await.1
        }
    };
    // As the balancer's check asks, and as a page is asked for without an assertion, or under another name.
    for (host, path, status) in [
        ("ot.example.org", "/healthz", "200"),
        ("ot.example.org", "/", "403"),
        ("10.128.0.3", "/healthz", "421"),
    ] {
        let seen = ask("prod-booking-client-vm", host, "127.0.0.1", path).await;
        assert_eq!(seen.trim(), status, "{host}{path}");
    }
    // No other machine reaches the port.
    for other in ["prod-booking-service-vm", "prod-alts-authority-vm"] {
        let seen = ask(other, "ot.example.org", &front_end.address, "/healthz").await;
        assert_eq!(seen.trim(), "000", "{other}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authoritys_key_outlives_its_machine() {
    let bench = Bench::up("terraform", "").await;
    bench.boot_all().await;
    smoke(&bench).await;
    let authority = machine(&bench, "prod-alts-authority-vm");
    // Its disk is lost with it.
    let wipe = "rm --recursive --force /var/lib/private/alts-authority/*";
    let (well, said) = bench.says(&authority.name, &["/bin/sh", "-c", wipe]).await;
    assert!(well, "{said}");
    let (well, said) = bench.replace(&authority).await;
    assert!(well, "{said}");
    // A new process of the backend needs a new credential, which the old roots still verify.
    let restart = ["systemctl", "restart", "booking-server"];
    assert!(bench.says("prod-booking-service-vm", &restart).await.0);
    smoke(&bench).await;
    let journal = bench.journal(&authority.name, "alts-authority");
    assert!(
        journal.contains("the root keys are back from the secret"),
        "{journal}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_release_is_rolled_out_and_the_last_one_gone_back_to() {
    let bench = Bench::up("terraform", "").await;
    bench.boot_all().await;
    let client = machine(&bench, "prod-booking-client-vm");
    let of = |release: &str| {
        let program = bench.path(&format!("target/{release}/linux-amd64/booking-web"));
        fs::read(program).expect("a program")
    };
    let installed = || {
        let program = bench
            .machine_folder(&client.name)
            .join("usr/local/bin/booking-web");
        fs::read(program).expect("a program")
    };
    next(
        &bench.path("target/cloud-release"),
        &bench.path("target/release-2"),
    );
    let (last, new) = (of("cloud-release"), of("release-2"));
    assert_ne!(last, new);
    let heading = "A new release, and back to the last one";
    let printed = commands(&bench.path("terraform/docs/operate.md"), heading);
    for (line, program) in printed.iter().zip([&new, &last]) {
        let before = installed();
        let (well, said) = bench.answer(line, "yes\n").await;
        assert!(well && said.contains("Apply complete!"), "{said}");
        assert_eq!(installed(), before, "it comes with a boot");
        let (well, said) = bench.boot(&client).await;
        assert!(well, "{said}");
        assert!(installed() == *program, "{line}");
        smoke(&bench).await;
    }
    assert_eq!(printed.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_was_changed_in_the_bucket_is_not_installed() {
    let bench = Bench::up("terraform", "").await;
    let client = machine(&bench, "prod-booking-client-vm");
    let path = bench.path("target/cloud-release/linux-amd64/booking-web");
    let mut program = fs::read(&path).expect("a program");
    *program.last_mut().expect("it is not empty") ^= 1;
    // Replaced, not written into: other scenes have links to the same file.
    fs::remove_file(&path).expect("a program");
    fs::write(&path, program).expect("a file");
    let (well, said) = bench.boot(&client).await;
    assert!(!well, "{said}");
    assert!(
        said.contains("booking-web in the bucket has not the SHA-256 digest"),
        "{said}"
    );
    let installed = bench.machine_folder(&client.name).join("usr/local/bin");
    assert!(!installed.join("booking-web").exists());
    let (started, _) = bench
        .says(&client.name, &["systemctl", "is-active", "booking-web"])
        .await;
    assert!(!started, "nothing is started");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_revoked_stays_revoked_on_a_new_machine_of_the_authority() {
    let bench = Bench::up("terraform", "").await;
    bench.boot_all().await;
    smoke(&bench).await;
    let authority = machine(&bench, "prod-alts-authority-vm");
    let ask = async |what: &str| {
        let line =
            format!("alts-handshaker authority {what} --admin unix:/run/alts-authority/admin.sock");
        let (well, said) = bench.says(&authority.name, &["/bin/sh", "-c", &line]).await;
        assert!(well, "{what}: {said}");
        said
    };
    let issued = async || {
        let issued: Value = serde_json::from_str(&ask("issued --output json").await).expect("JSON");
        let ids = list(&issued).map(|one| text(&one["revocationId"]));
        ids.collect::<BTreeSet<String>>()
    };
    let before = issued().await;
    assert!(before.len() >= 2, "one of each account: {before:?}");
    let ids: Vec<&str> = before.iter().map(String::as_str).collect();
    ask(&format!("revoke {}", ids.join(" "))).await;

    let (well, said) = bench.replace(&authority).await;
    assert!(well, "{said}");
    // Programs that begin anew get certificates with ids that nobody had before, and go on; the old
    // ones are still on record.
    for name in ["prod-booking-service-vm", "prod-booking-client-vm"] {
        let restart = ["systemctl", "restart", "alts-handshaker"];
        assert!(bench.says(name, &restart).await.0, "{name}");
    }
    smoke(&bench).await;
    let revoked: Value = serde_json::from_str(&ask("crl show --output json").await).expect("JSON");
    let revoked: BTreeSet<String> = list(&revoked["revoked"]).map(text).collect();
    assert_eq!(revoked, before);
    let after = issued().await;
    let new = after.difference(&before).count();
    assert!(
        after.is_superset(&before) && new >= 2,
        "{after:?} {before:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_booked_outlives_the_backends_machine() {
    let bench = Bench::up("terraform", "").await;
    bench.boot_all().await;
    smoke(&bench).await;
    let create =
        "cases create --patient PT-7001 --procedure Tonsillectomy --duration 30 --id outlives";
    let (well, said) = bench.books(BACKEND, create).await;
    assert!(well, "{said}");
    let backend = machine(&bench, "prod-booking-service-vm");
    let (well, said) = bench.replace(&backend).await;
    assert!(well, "{said}");
    smoke(&bench).await;
    let (well, said) = bench.books(BACKEND, "cases get outlives").await;
    assert!(well && said.contains("Tonsillectomy"), "{said}");

    // The night's snapshot, a case that is only written after it, and then the disk is lost.
    let (disk, snapshot) = (
        bench.disk("prod-booking-service-vm-state"),
        bench.disk("snapshot"),
    );
    let (well, said) = bench
        .says(
            &backend.name,
            &["sync", "--file-system", "/var/lib/private/ot-booking"],
        )
        .await;
    assert!(well, "{said}");
    fs::copy(&disk, &snapshot).expect("a copy");
    let later = create.replace("outlives", "later");
    let (well, said) = bench.books(BACKEND, &later).await;
    assert!(well, "{said}");
    bench.power_off(&backend).await;
    // Written to the device itself, as a restored disk has it.
    restore(&snapshot, &disk);
    let (well, said) = bench.boot(&backend).await;
    assert!(well, "{said}");
    scaled::answers(&bench, BACKEND).await;
    let (well, said) = bench.books(BACKEND, "cases get outlives").await;
    assert!(well && said.contains("Tonsillectomy"), "{said}");
    let (well, said) = bench.books(BACKEND, "cases get later").await;
    assert!(!well && said.contains("NOT_FOUND"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_at_once() {
    let bench = Bench::up("terraform", "").await;
    let client = machine(&bench, "prod-booking-client-vm");
    let small = [
        "mount",
        "-t",
        "tmpfs",
        "-o",
        "size=64k",
        "none",
        "/usr/local/bin",
    ];
    let (well, said) = bench.says(&client.name, &small).await;
    assert!(well, "{said}");
    let (well, said) = bench.boot(&client).await;
    assert!(!well, "{said}");
    let told = "the disk is full: no room for alts-handshaker in /usr/local/bin, where ";
    assert!(said.contains(told), "{said}");
    assert_eq!(said.matches("curl: (23)").count(), 1, "tried once: {said}");

    // There is room again, and the role on the bucket arrives late: it is waited for, for as long as it takes.
    let (well, said) = bench
        .says(&client.name, &["umount", "/usr/local/bin"])
        .await;
    assert!(well, "{said}");
    let hurry = "printf '#!/bin/sh\\n' > /usr/local/sbin/sleep && chmod 0755 /usr/local/sbin/sleep";
    let (well, said) = bench.says(&client.name, &["/bin/sh", "-c", hurry]).await;
    assert!(well, "{said}");
    bench.roles_arrive_after(40);
    let (well, said) = bench.boot(&client).await;
    assert!(well, "{said}");
    assert_eq!(
        said.matches("could not be fetched from").count(),
        40,
        "{said}"
    );
}

/// A disk is as it was when a copy of it was made.
fn restore(copy: &std::path::Path, disk: &std::path::Path) {
    let mut from = fs::File::open(copy).expect("a copy");
    let mut to = fs::OpenOptions::new()
        .write(true)
        .open(disk)
        .expect("a disk");
    std::io::copy(&mut from, &mut to).expect("it takes it");
}

/// A port of this computer that nobody has right now.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

fn machine(bench: &Bench, name: &str) -> Machine {
    let machines = bench.world.machines().into_iter();
    let found = machines.into_iter().find(|machine| machine.name == name);
    found.unwrap_or_else(|| panic!("no machine {name}"))
}

/// What everybody said, for a failure's reader.
fn journals(bench: &Bench) -> String {
    let mut all = String::new();
    for machine in bench.world.machines() {
        for unit in [
            "alts-authority",
            "alts-handshaker",
            "booking-server",
            "booking-web",
        ] {
            let journal = bench.journal(&machine.name, unit);
            let lines: Vec<&str> = journal.lines().collect();
            let last = lines[lines.len().saturating_sub(12)..].join("\n");
            if !last.is_empty() {
                all.push_str(&format!("-- {} {unit}\n{last}\n", machine.name));
            }
        }
    }
    all
}
