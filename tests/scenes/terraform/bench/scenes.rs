//! What somebody sees who applied the configuration, ran the scripts, and switched things off.

use std::{fs, time::Duration};

use tokio::time::{Instant, sleep};

use super::{Bench, Machine, firewall::balancing};

/// A busy machine is not an error.
const PATIENCE: Duration = Duration::from_secs(60);

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
    let bench = Bench::up("terraform", "").await;
    bench.boot_all().await;
    let found = smoke(&bench).await;
    assert_eq!(found.len(), 5, "{found:?}");
    assert_eq!(found[1], "another machine cannot reach the backend");

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
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authoritys_key_outlives_its_machine() {
    let bench = Bench::up("terraform", "").await;
    bench.boot_all().await;
    smoke(&bench).await;
    // Another machine takes its place: the same script on an empty disk.
    let authority = machine(&bench, "prod-alts-authority-vm");
    let stop = ["systemctl", "stop", "alts-authority"];
    assert!(bench.says(&authority.name, &stop).await.0);
    let folder = bench.machine_folder(&authority.name);
    fs::remove_dir_all(folder.join("var/lib")).expect("it is there");
    fs::create_dir(folder.join("var/lib")).expect("a folder");
    let (well, said) = bench.boot(&authority).await;
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
async fn a_program_that_was_changed_in_the_bucket_is_not_installed() {
    let bench = Bench::up("terraform", "").await;
    let client = machine(&bench, "prod-booking-client-vm");
    let path = bench.path("target/cloud-release/linux-amd64/booking-web");
    let mut program = fs::read(&path).expect("a program");
    *program.last_mut().expect("it is not empty") ^= 1;
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
async fn with_one_backend_of_three_killed_bookings_go_on() {
    let bench = Bench::up("terraform/examples/scaled", "").await;
    bench.boot_all().await;
    let balancer = bench.world.balancer().expect("a load balancer");
    let machines = bench.world.machines();
    let backends: Vec<&Machine> = machines
        .iter()
        .filter(|machine| machine.name.starts_with(&balancer.machines))
        .collect();
    assert_eq!(backends.len(), 3);
    let client = "prod-booking-client-vm";
    bench.nft(client, &balancing(&balancer, &backends)).await;
    let call = [
        "booking-client",
        "--handshaker-address=127.0.0.1:18080",
        "--allow-untrusted-handshaker",
        "10.128.0.2:8080",
        "prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com",
    ];
    let end = Instant::now() + PATIENCE;
    loop {
        let mut answered = 0;
        for _ in 0..backends.len() {
            answered += usize::from(bench.says(client, &call).await.0);
        }
        if answered == backends.len() {
            break;
        }
        assert!(Instant::now() < end, "{}", journals(&bench));
        sleep(Duration::from_millis(500)).await;
    }
    for backend in &backends {
        let journal = bench.journal(&backend.name, "booking-server");
        assert!(
            journal.contains("Received request for booking info"),
            "{} is left out",
            backend.name
        );
    }

    // An example's outputs, and the pages before a group.
    assert_eq!(smoke(&bench).await.len(), 4);

    let stop = ["systemctl", "stop", "booking-server"];
    assert!(bench.says(&backends[1].name, &stop).await.0);
    // The health check notices; connections that begin from here on go to the others.
    let healthy = [backends[0], backends[2]];
    bench.nft(client, &balancing(&balancer, &healthy)).await;
    for _ in 0..6 {
        let (well, said) = bench.says(client, &call).await;
        assert!(well, "{said}");
        assert!(
            said.contains("Date of booking: 01-Jun-2024 11:30"),
            "{said}"
        );
    }
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
