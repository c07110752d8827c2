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
//! | `mistakes.rs`, `planted.rs` | planted mistakes: each is caught, by the check that should |
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
mod rendered;
mod shared;
mod stub;
