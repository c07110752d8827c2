//! Mistakes that Google's platform would answer with a refusal, or with something that does not work an hour later.

use super::{By, Mistake, mistake};

pub(super) const MISTAKES: [Mistake; 13] = [
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
        "settings of a package are there before the package",
        "terraform/modules/operations/agent.tf",
        [
            "      resources {\n        id = \"package\"\n",
            "      resources {\n        id = \"early\"\n\n        file {\n          path    = local.settings_file\n          state   = \"CONTENTS_MATCH\"\n          content = each.value.settings\n        }\n      }\n\n      resources {\n        id = \"package\"\n",
        ],
        By::Policy,
        "a file comes before the package that it belongs to",
    ),
    mistake(
        "an apply that waits for every machine",
        "terraform/modules/operations/agent.tf",
        ["  skip_await_rollout = true\n", ""],
        By::Policy,
        "an apply waits until every machine has carried it out",
    ),
    mistake(
        "a role is dropped, and the database that it owns is left",
        "terraform/modules/database/main.tf",
        [
            "  depends_on = [google_sql_user.this]\n}\n\nresource \"google_sql_user\" \"this\" {\n  project             = var.project_id\n  instance            = google_sql_database_instance.this.name\n  name                = local.user\n  password_wo         = var.password\n  password_wo_version = var.password_version\n  # It goes with its instance.\n  deletion_policy = \"ABANDON\"\n",
            "}\n\nresource \"google_sql_user\" \"this\" {\n  project             = var.project_id\n  instance            = google_sql_database_instance.this.name\n  name                = local.user\n  password_wo         = var.password\n  password_wo_version = var.password_version\n",
        ],
        By::Destroy,
        "cannot be dropped because some objects depend on it",
    ),
    mistake(
        "gcloud compute ssh may not look at the project",
        "terraform/modules/access/main.tf",
        ["concat([\"compute.projects.get\"], ", "concat([], "],
        By::PolicyWithLogins,
        "gcloud compute ssh asks for compute.projects.get",
    ),
    mistake(
        "a journal is asked for by somebody who may not read it",
        "terraform/outputs.tf",
        [
            "'sudo journalctl --follow --unit=alts-authority'",
            "'journalctl --follow --unit=alts-authority'",
        ],
        By::Policy,
        "who logs in by OS Login reads no journal without sudo",
    ),
];
