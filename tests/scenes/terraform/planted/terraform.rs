//! Mistakes that Terraform itself notices, by the provider's schema, a plan, a run of its tests or a second plan.

use super::{By, Mistake, mistake};

pub(super) const MISTAKES: [Mistake; 15] = [
    mistake(
        "an argument is misspelt",
        "terraform/modules/machine/main.tf",
        ["allow_stopping_for_update", "allow_stoping_for_update"],
        By::Validate,
        "Did you mean \"allow_stopping_for_update\"?",
    ),
    mistake(
        "an argument of a block is misspelt",
        "terraform/modules/machine/main.tf",
        [
            "enable_secure_boot          ",
            "enable_secureboot           ",
        ],
        By::Validate,
        "An argument named \"enable_secureboot\" is not expected here",
    ),
    mistake(
        "a word that the provider does not know",
        "terraform/modules/network/main.tf",
        ["\"REGIONAL\"", "\"LOCAL\""],
        By::Validate,
        "expected google_compute_network.routing_mode to be one of REGIONAL, GLOBAL",
    ),
    mistake(
        "a value of the wrong type",
        "terraform/modules/machine/main.tf",
        ["size   = 10", "size   = \"ten\""],
        By::Validate,
        "a number is required",
    ),
    mistake(
        "a reference to nothing",
        "terraform/modules/network/main.tf",
        [
            "google_compute_network.this[0].id\n  ip_cidr_range",
            "google_compute_network.that[0].id\n  ip_cidr_range",
        ],
        By::Validate,
        "Reference to undeclared resource",
    ),
    mistake(
        "a type of resource that does not exist",
        "terraform/modules/network/main.tf",
        [
            "\"google_compute_firewall\" \"ssh\"",
            "\"google_compute_firewall_rule\" \"ssh\"",
        ],
        By::Validate,
        "does not support resource type \"google_compute_firewall_rule\"",
    ),
    mistake(
        "a module is not told what it needs",
        "terraform/main.tf",
        ["  booking_port   = var.port\n", ""],
        By::Validate,
        "The argument \"booking_port\" is required",
    ),
    mistake(
        "a value for what only the provider decides",
        "terraform/modules/identity/main.tf",
        [
            "account_id   = each.value",
            "account_id   = each.value\n  unique_id    = \"1\"",
        ],
        By::Validate,
        "unique_id is decided by the provider and cannot be set",
    ),
    mistake(
        "tags beside accounts in a firewall rule",
        "terraform/modules/network/main.tf",
        [
            "source_service_accounts = [var.accounts[\"client\"]]\n",
            "source_service_accounts = [var.accounts[\"client\"]]\n  target_tags = [\"backend\"]\n",
        ],
        By::Validate,
        "source_service_accounts conflicts with target_tags",
    ),
    mistake(
        "an account id that Google refuses",
        "terraform/modules/naming/main.tf",
        ["\"ot-booking-svc\"", "\"OT-booking-svc\""],
        By::Plan,
        "\"prod-OT-booking-svc\" is no name of 6 to 30",
    ),
    mistake(
        "a tampered program",
        "target/cloud-release/linux-amd64/booking-server",
        ["echo", "sudo echo"],
        By::Plan,
        "linux-amd64/booking-server is missing or is not the one that SHA256SUMS names",
    ),
    mistake(
        "a program without a checksum in the release",
        "target/cloud-release/SHA256SUMS",
        ["linux-amd64/booking-web", "linux-amd64/booking-wep"],
        By::Plan,
        "no line for linux-amd64/booking-web",
    ),
    mistake(
        "an account that is disabled when it is created",
        "terraform/modules/identity/main.tf",
        ["contains(var.disabled, each.key)", "true"],
        By::SecondPlan,
        "disabled",
    ),
    mistake(
        "a machine's state goes with its boot disk",
        "terraform/modules/software/main.tf",
        ["authority = \"alts-authority\"", "authority = null"],
        By::Test(
            "tests/deployment.tftest.hcl",
            "what_must_outlive_a_machine_is_on_a_disk_of_its_own",
        ),
        "outlive their machines",
    ),
    mistake(
        "a validation that lets everything pass",
        "terraform/variables.tf",
        [
            "contains([\"suite\", \"google\"], var.handshaker)",
            "length(var.handshaker) > 0",
        ],
        By::Test("tests/refusals.tftest.hcl", "there_are_two_handshakers"),
        "var.handshaker",
    ),
];
