//! Mistakes about how people come to the pages.

use super::{By, Mistake, mistake};

pub(super) const MISTAKES: [Mistake; 7] = [
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
];
