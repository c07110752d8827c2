//! How programs come to a machine: another release and the last one again, one that was changed on the way, one for which there is no room.

use std::fs;

use super::{machine, smoke};
use crate::{
    bench::{Bench, release::next},
    documents::commands,
};

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
