//! What an identity token says: Google's claims about a VM.
//!
//! Google's "Verify VM identity", section "Token contents".

use serde::Serialize;

/// Who issues Google's identity tokens.
pub const ISSUER: &str = "https://accounts.google.com";

/// How long one is good for.
pub const LIFETIME_S: u64 = 3600;

/// Longest audience, in bytes: a URL, and no more.
pub const MAX_AUDIENCE_LEN: usize = 2048;

/// A VM, as its tokens describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vm {
    /// Its account's name.
    pub email: String,
    /// Its account's number.
    pub unique_id: String,
    /// Its own number.
    pub instance_id: u64,
    /// Its name.
    pub instance_name: String,
    /// When it was made, in seconds since the Unix epoch.
    pub created_at_s: u64,
    /// Its project.
    pub project_id: String,
    /// Its project's number.
    pub project_number: u64,
    /// Its zone.
    pub zone: String,
}

/// How much a token tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The account's number alone.
    Standard,
    /// Its name, and the VM, too.
    Full,
}

/// The payload, in the order in which Google writes it.
#[derive(Clone, Debug, Serialize)]
pub struct Claims {
    aud: String,
    azp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
    exp: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    google: Option<Google>,
    iat: u64,
    iss: &'static str,
    sub: String,
}

#[derive(Clone, Debug, Serialize)]
struct Google {
    compute_engine: ComputeEngine,
}

#[derive(Clone, Debug, Serialize)]
struct ComputeEngine {
    instance_creation_timestamp: u64,
    instance_id: String,
    instance_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    license_id: Option<Vec<String>>,
    project_id: String,
    project_number: u64,
    zone: String,
}

impl Claims {
    /// For `audience`, from `now_s` (seconds since the Unix epoch) on. With `licenses`, a full token
    /// lists the image's licences, of which a mock has none.
    pub fn new(vm: &Vm, audience: &str, format: Format, licenses: bool, now_s: u64) -> Self {
        let full = format == Format::Full;
        let compute_engine = || ComputeEngine {
            instance_creation_timestamp: vm.created_at_s,
            instance_id: vm.instance_id.to_string(),
            instance_name: vm.instance_name.clone(),
            license_id: licenses.then(Vec::new),
            project_id: vm.project_id.clone(),
            project_number: vm.project_number,
            zone: vm.zone.clone(),
        };
        Self {
            aud: audience.to_owned(),
            azp: vm.unique_id.clone(),
            email: full.then(|| vm.email.clone()),
            email_verified: full.then_some(true),
            exp: now_s.saturating_add(LIFETIME_S),
            google: full.then(|| Google {
                compute_engine: compute_engine(),
            }),
            iat: now_s,
            iss: ISSUER,
            sub: vm.unique_id.clone(),
        }
    }
}

#[cfg(test)]
#[path = "identity_token_tests.rs"]
mod tests;
