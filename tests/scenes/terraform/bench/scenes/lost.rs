//! Machines and disks that are lost, and what outlives them.

use std::{collections::BTreeSet, time::Duration};

use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::{BACKEND, journals, machine, scaled, smoke};
use crate::{
    bench::{
        Bench,
        world::{list, text},
    },
    documents::commands,
};

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

    // Or the root key is replaced, as it is printed: machines that come later are told of both keys.
    let published = || {
        let journal = bench.journal(&authority.name, "alts-authority");
        journal.matches("authority-roots has a new version").count()
    };
    let (count, roots) = (published(), ask("roots --output json").await);
    let document = bench.path("terraform/docs/operate.md");
    let printed = commands(&document, "A new root key");
    let line = ["/bin/bash", "-c", &printed[0]];
    let (well, said) = bench.says(&authority.name, &line).await;
    assert!(well, "{said}");
    let end = Instant::now() + Duration::from_secs(60);
    while published() == count {
        assert!(Instant::now() < end, "{}", journals(&bench));
        sleep(Duration::from_millis(100)).await;
    }
    let keys = |roots: &str| -> usize {
        let roots: Value = serde_json::from_str(roots).expect("JSON");
        list(&roots["keys"]).count()
    };
    let both = ask("roots --output json").await;
    assert_eq!((keys(&roots), keys(&both)), (1, 2), "{roots} {both}");
    // A handshaker that begins now has both, and the old one still signs.
    let client = "prod-booking-client-vm";
    let restart = ["systemctl", "restart", "alts-handshaker"];
    assert!(bench.says(client, &restart).await.0);
    smoke(&bench).await;
    let look = [
        "grep",
        "--only-matching",
        "[0-9a-f]\\{64\\}",
        "/run/alts-handshaker/serve.toml",
    ];
    let (well, said) = bench.says(client, &look).await;
    assert!(well && said.lines().count() == 2, "{said}");
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

    // A snapshot, a case that is only written after it, and then back to the snapshot: all by the commands that are printed.
    let printed = commands(&bench.path("terraform/docs/take-down.md"), "Take it down");
    let (well, said) = bench.paste::<&str>(&printed[1], &[]).await;
    assert!(well, "{said}");
    let later = create.replace("outlives", "later");
    let (well, said) = bench.books(BACKEND, &later).await;
    assert!(well, "{said}");
    let heading = "Snapshots, and restoring one";
    let printed = commands(&bench.path("terraform/docs/operate.md"), heading);
    let (list, back) = printed[0].split_once(" && ").expect("two commands");
    let (well, said) = bench.paste::<&str>(list, &[]).await;
    let name = said.lines().nth(1).unwrap_or_default();
    assert!(well && !name.is_empty(), "{said}");
    let (well, said) = bench.answer(&back.replace("NAME", name), "yes\n").await;
    assert!(well && said.contains("Apply complete!"), "{said}");
    scaled::answers(&bench, BACKEND).await;
    let (well, said) = bench.books(BACKEND, "cases get outlives").await;
    assert!(well && said.contains("Tonsillectomy"), "{said}");
    let (well, said) = bench.books(BACKEND, "cases get later").await;
    assert!(!well && said.contains("NOT_FOUND"), "{said}");
}
