//! Tests of `files.rs`.

use super::*;

#[test]
fn every_machine_and_the_metadata_server_have_their_names() {
    let hosts = hosts(&Config::article());
    for line in [
        "127.0.0.1 localhost",
        "10.128.0.2 prod-booking-service-vm.us-central1-a.c.grpc-alts-demo.internal \
             prod-booking-service-vm",
        "169.254.169.254 metadata.google.internal metadata.google.internal. metadata",
    ] {
        assert!(hosts.lines().any(|found| found == line), "{line}\n{hosts}");
    }
}
