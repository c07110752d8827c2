//! What somebody sees who applied the configuration, ran the scripts, and switched things off.

use std::time::Duration;

use tokio::time::{Instant, sleep};

mod lost;
mod programs;
mod scaled;

use super::{Bench, Machine};
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
    ok(bench, bench.script("gce-smoke", &patience()).await)
}

/// What a smoke test found, which has to have passed.
fn ok(bench: &Bench, (well, said): (bool, String)) -> Vec<String> {
    assert!(well, "{said}\n{}", journals(bench));
    let found = said.lines().filter_map(|line| line.strip_prefix("ok "));
    found.map(|line| line.trim().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deployment_works_and_the_articles_drill_goes_as_in_the_article() {
    // By somebody who may log in and no more.
    let bench = Bench::up("terraform", &format!("ssh_members = [\"{ADA}\"]")).await;
    bench.boot_all().await;
    let printed = commands(&bench.path("terraform/README.md"), "Apply it");
    let (look, drill) = printed[1].split_once(" && ").expect("two commands");
    let found = ok(&bench, bench.paste(look, &patience()).await);
    assert_eq!(found.len(), 5, "{found:?}");
    assert_eq!(found[1], "another machine cannot reach the backend");
    assert!(found[4].starts_with("the theatre board"), "{found:?}");

    let (well, said) = bench.paste(drill, &DRILL).await;
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
    let journals_of = bench.output("journals");
    assert_eq!(journals_of.as_object().expect("commands").len(), 3);
    for (role, command) in journals_of.as_object().expect("commands") {
        let (well, said) = bench
            .paste::<&str>(command.as_str().expect("a command"), &[])
            .await;
        assert!(well && said.contains("alts-"), "{role}: {said}");
    }

    // Machines of today's image: who could log in before can after it.
    let printed = commands(&bench.path("terraform/docs/operate.md"), "Patches");
    let (well, said) = bench.paste(&printed[0], &patience()).await;
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

/// For a smoke test: nothing is far away here, and others look at the same time.
fn patience() -> [(&'static str, String); 2] {
    [
        ("OT_SMOKE_PATIENCE_S", "60".to_owned()),
        ("OT_SMOKE_PORT", free_port().to_string()),
    ]
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
