//! Mistakes that would be applied well, and open, expose or lose something.

use super::{By, Mistake, mistake};

pub(super) const MISTAKES: [Mistake; 11] = [
    mistake(
        "an external address",
        "terraform/modules/machine/main.tf",
        [
            "network_ip = var.address\n",
            "network_ip = var.address\n    access_config {}\n",
        ],
        By::Policy,
        "google_compute_instance.this: it has an external address",
    ),
    mistake(
        "an open port",
        "terraform/modules/network/main.tf",
        [
            "ports    = [tostring(var.booking_port)]",
            "ports    = [\"1-65535\"]",
        ],
        By::Policy,
        "google_compute_firewall.booking: lets",
    ),
    mistake(
        "a rule for everybody",
        "terraform/modules/network/main.tf",
        ["[local.iap_range]", "[\"0.0.0.0/0\"]"],
        By::Policy,
        "google_compute_firewall.ssh: lets",
    ),
    mistake(
        "accounts swapped in the firewall rule",
        "terraform/modules/network/main.tf",
        [
            "[var.accounts[\"client\"]]\n  target_service_accounts = [var.accounts[\"server\"]]",
            "[var.accounts[\"server\"]]\n  target_service_accounts = [var.accounts[\"client\"]]",
        ],
        By::Policy,
        "no firewall rule lets the front end's account reach port 8080",
    ),
    mistake(
        "accounts swapped on the machines",
        "terraform/main.tf",
        [
            "account             = module.identity.emails[each.key]",
            "account             = module.identity.emails[each.key == \"client\" ? \"server\" : \"client\"]",
        ],
        By::Policy,
        "there is no prod-booking-client-vm prod-ot-booking-client-svc",
    ),
    mistake(
        "a role on the whole project",
        "terraform/modules/identity/main.tf",
        [
            "[\"roles/logging.logWriter\"",
            "[\"roles/editor\", \"roles/logging.logWriter\"",
        ],
        By::Policy,
        "roles/editor is granted on the whole project",
    ),
    mistake(
        "secure boot is off",
        "terraform/modules/machine/main.tf",
        [
            "enable_secure_boot          = true",
            "enable_secure_boot          = false",
        ],
        By::Policy,
        "enable_secure_boot is not on",
    ),
    mistake(
        "state is kept on a disk that is not there",
        "terraform/modules/machine/main.tf",
        ["device_name = \"state\"", "device_name = \"data\""],
        By::Policy,
        "it keeps its state on a disk state that is not attached to it",
    ),
    mistake(
        "labels are missing",
        "terraform/modules/release/main.tf",
        ["  labels                      = var.labels\n", ""],
        By::Policy,
        "google_storage_bucket.this: the label application is not ot-booking",
    ),
    mistake(
        "a machine verifies no checksum",
        "terraform/modules/software/templates/startup.sh.tftpl",
        ["${file.object} ${file.sha256}", "${file.object}"],
        By::Policy,
        "a program is fetched without a checksum",
    ),
    mistake(
        "a new release takes the last one away",
        "terraform/modules/release/main.tf",
        ["  deletion_policy = \"ABANDON\"\n", ""],
        By::Policy,
        "an apply takes the programs of the last release away",
    ),
];
