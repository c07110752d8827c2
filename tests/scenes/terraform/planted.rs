//! The mistakes that are planted: what is changed in a good configuration, who has to notice, and in which words.

/// Who has to notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// `terraform validate`.
    Validate,
    /// `terraform plan`.
    Plan,
    /// `terraform apply`, with somebody to write to.
    Apply,
    /// A second `terraform plan` after an apply: it must have nothing to do.
    SecondPlan,
    /// The policy on the plan.
    Policy,
    /// The same with people who come through Identity-Aware Proxy.
    PolicyWithPeople,
    /// systemd.
    Systemd,
    /// bash and shellcheck.
    Shell,
    /// The suite's programs.
    Settings,
    /// A run of `terraform test`: its file, its name.
    Test(&'static str, &'static str),
}

/// One mistake.
pub(crate) struct Mistake {
    pub(crate) name: &'static str,
    pub(crate) file: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) by: By,
    /// Words that the check says about it.
    pub(crate) told: &'static str,
}

const fn mistake(
    name: &'static str,
    file: &'static str,
    [from, to]: [&'static str; 2],
    by: By,
    told: &'static str,
) -> Mistake {
    Mistake {
        name,
        file,
        from,
        to,
        by,
        told,
    }
}

pub(crate) const MISTAKES: [Mistake; 45] = [
    mistake(
        "Google's balancer and its checks do not reach the pages",
        "terraform/modules/people/main.tf",
        [
            "[\"35.191.0.0/16\", \"130.211.0.0/22\"]",
            "[\"35.191.0.0/16\"]",
        ],
        By::PolicyWithPeople,
        "no firewall rule lets Google's balancer reach port 8000",
    ),
    mistake(
        "the whole internet reaches the pages past their balancer",
        "terraform/modules/people/main.tf",
        ["\"130.211.0.0/22\"]", "\"130.211.0.0/22\", \"0.0.0.0/0\"]"],
        By::PolicyWithPeople,
        "google_compute_firewall.this: lets",
    ),
    mistake(
        "the proxy is off that the pages believe",
        "terraform/modules/people/main.tf",
        ["enabled = true", "enabled = false"],
        By::Test(
            "tests/deployment.tftest.hcl",
            "people_come_through_identity_aware_proxy",
        ),
        "told to believe a proxy that is switched off",
    ),
    mistake(
        "a check at a page that needs an assertion",
        "terraform/modules/people/main.tf",
        ["\"/healthz\"", "\"/\""],
        By::PolicyWithPeople,
        "the pages answer a probe at /healthz and under their own name",
    ),
    mistake(
        "a check under a name that the pages do not answer to",
        "terraform/modules/people/main.tf",
        ["    host         = var.domain\n", ""],
        By::PolicyWithPeople,
        "the pages answer a probe at /healthz and under their own name",
    ),
    mistake(
        "everybody is let in",
        "terraform/modules/people/main.tf",
        [
            "  member              = each.key",
            "  member              = \"allAuthenticatedUsers\"",
        ],
        By::PolicyWithPeople,
        "it is granted to everybody",
    ),
    mistake(
        "the machine and what it is told go round in a circle",
        "terraform/modules/people/main.tf",
        [
            "  network = var.network\n\n  named_port",
            "  network   = var.network\n  instances = [var.machine.self_link]\n\n  named_port",
        ],
        By::Validate,
        "Cycle:",
    ),
    mistake(
        "a rule that refuses comes before those that let in",
        "terraform/modules/network/main.tf",
        ["priority    = 65000", "priority    = 900"],
        By::Policy,
        "google_compute_firewall.deny outranks module.network.google_compute_firewall.booking",
    ),
    mistake(
        "a machine's account may not read what its programs are told to read",
        "terraform/modules/authority/main.tf",
        ["toset([\"client\", \"server\"])", "toset([\"server\"])"],
        By::Policy,
        "machine[\"client\"].google_compute_instance.this: its account lacks roles/secretmanager.secretAccessor on prod-ot-booking-authority-roots",
    ),
    mistake(
        "an API is not enabled",
        "terraform/main.tf",
        ["\"osconfig\", ", ""],
        By::Policy,
        "the API osconfig.googleapis.com is needed and not enabled",
    ),
    mistake(
        "nothing waits for the APIs",
        "terraform/main.tf",
        [
            "  load_balanced  = local.group\n\n  depends_on = [google_project_service.this]\n",
            "  load_balanced  = local.group\n",
        ],
        By::Apply,
        "compute.googleapis.com was not enabled yet when the first google_compute_",
    ),
    mistake(
        "a load balancer that balances what it cannot see",
        "terraform/modules/backend-group/main.tf",
        ["\"CONNECTION\"", "\"UTILIZATION\""],
        By::Validate,
        "balancing_mode UTILIZATION is refused",
    ),
    mistake(
        "packages for another release of Debian than the image's",
        "terraform/main.tf",
        ["codename = \"trixie\"", "codename = \"bookworm\""],
        By::Policy,
        "google-cloud-ops-agent-bookworm-all is not for debian-cloud/debian-13",
    ),
    mistake(
        "an alert on what nobody has counted yet",
        "terraform/modules/operations/main.tf",
        ["      disable_metric_validation = true\n", ""],
        By::Apply,
        "no metric is known that",
    ),
    mistake(
        "a rate over a time with one count in it",
        "terraform/modules/operations/main.tf",
        ["window = \"5m\"", "window = \"1m\""],
        By::Policy,
        "[1m] is not two times the 60 s between two counts",
    ),
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
        "a typing error in a unit",
        "terraform/modules/software/templates/booking-web.service.tftpl",
        ["Restart=always", "Restart=allways"],
        By::Systemd,
        "Failed to parse service restart specifier",
    ),
    mistake(
        "a typing error in a script",
        "terraform/modules/software/templates/startup.sh.tftpl",
        ["chmod \"$2\" \"$1.new\"", "chmod $2 \"$1.new\""],
        By::Shell,
        "SC2086",
    ),
    mistake(
        "a setting that the handshaker does not know",
        "terraform/modules/software/templates/serve.toml.tftpl",
        ["listen =", "lisen ="],
        By::Settings,
        "unknown field `lisen`",
    ),
    mistake(
        "a role that the backend does not know",
        "terraform/modules/software/main.tf",
        ["concat([\"legacy\"]", "concat([\"legcy\"]"],
        By::Settings,
        "there is no role \\\"legcy\\\"",
    ),
    mistake(
        "a flag that the backend does not know",
        "terraform/modules/software/templates/booking-server.service.tftpl",
        ["--seed", "--sead"],
        By::Settings,
        "unexpected argument '--sead'",
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
