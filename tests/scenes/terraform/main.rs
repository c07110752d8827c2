//! The Terraform configuration, without Google: real `terraform` before a stub that serves the Google provider's schema.
//!
//! | file | what it holds the configuration to |
//! |---|---|
//! | `ladder.rs` | formatted, valid for three major releases of the provider, tested, planned, applied, planned again to nothing, destroyed |
//! | `policy.rs` | what a plan may and may not contain |
//! | `platform.rs` | what Google's platform would make of a plan |
//! | `people.rs` | how people come to the pages, where they do |
//! | `rendered.rs` | units, scripts and settings that the machines get, before the programs that read them |
//! | `conventions.rs` | files, names, types and tables as readers of modules expect them |
//! | `alerts.rs` | alerts, evaluated over an hour in which what they are for happens |
//! | `documents.rs` | commands in the documents |
//! | `kubernetes` | the example for GKE, which is no Terraform: manifests and the settings in them |
//! | `refused.rs` | what is refused before anything is made or lost, and the printed commands from there on |
//! | `mistakes.rs`, `planted` | planted mistakes: each is caught, by the check that should |
//!
//! What broke on the platform, or would have, and what holds it now:
//!
//! | on the platform | held by |
//! |---|---|
//! | dpkg asks about settings that are there before their package, and the Ops Agent is never installed | `bench::scenes::the_ops_agent_is_installed_with_its_settings_and_journals_are_for_who_asks_by_sudo`, `platform.rs` (`packages`), planted |
//! | the default subnet has no way to Google's APIs | `refused::a_default_subnet_without_a_nat_is_refused_before_anything_is_made` |
//! | an alert on a metric that nobody has counted yet is refused | `stub/order.rs`, planted; a window too short: `platform.rs` (`windows`), planted |
//! | the drill without its project, without its variable in the examples, with a database, in a group | `ladder::so_are_the_examples`, `bench::scenes::scaled::one_database_is_behind_three_backends_and_lets_nobody_in_unencrypted` |
//! | `gcloud compute ssh` looks at the project; machines of a group have nobody's grants | `platform.rs` (`logins`), planted; the bench's scenes with `ssh_members` |
//! | who logs in by OS Login reads no journal | `platform.rs` (`logins`), planted; the scene of the Ops Agent |
//! | the newest Terraform tells a missing argument at `init` | `mistakes::a_missing_argument_is_told_by_the_oldest_and_the_newest_terraform` |
//! | a database's role is not dropped | `stub/order.rs`, planted |
//! | an API is not enabled, or too late | `platform.rs` (`enabled`), `stub/order.rs`, planted |
//! | health checks make machines anew that are still fetching | `bench::healing` |
//! | a start that gives up | `bench::scenes::a_full_disk_is_told_at_once`, which waits for a role as well |
//! | a database's other address or authority is not made known | `ladder::a_database_that_is_made_anew_is_made_known` |
//! | the last release goes before the next one is there | `ladder::a_new_release_is_there_before_the_last_one_goes_and_that_one_can_be_gone_back_to`, planted |
//! | grants on a machine go with it | `ladder::a_machine_that_is_made_anew_keeps_who_may_log_in` |
//! | an apply waits for a rollout on every machine | `platform.rs`, planted |
//! | a label of a boot disk makes its machine anew on older providers | `ladder::another_label_makes_no_machine_anew` |
//! | a protected machine is not deleted | `refused::a_protected_machine_is_told_before_any_is_made_anew` |
//! | the authority's disk, or a backend's, is lost | `bench::scenes`: `the_authoritys_key_outlives_its_machine`, `what_was_booked_outlives_the_backends_machine` |
//!
//! `configuration.rs` copies the configuration and runs `terraform` in the copy, `shared.rs` keeps what several tests look at; `stub/` is the
//! provider. What needs Google is not here, and
//! `terraform/README.md` says what that is.

mod alerts;
mod bench;
mod configuration;
mod conventions;
mod documents;
mod kubernetes;
mod ladder;
mod mistakes;
mod people;
mod plan;
mod planted;
mod platform;
mod policy;
mod refused;
mod rendered;
mod shared;
mod stub;
