//! What an identity token says: Google's claims about a VM.
//!
//! Google's "Verify VM identity", section "Token contents".

use serde_json::{Value, json};

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

/// The payload for `audience`, from `now_s` (seconds since the Unix epoch) on. With `licenses`, a full
/// token lists the image's licences, of which a mock has none.
pub fn claims(vm: &Vm, audience: &str, format: Format, licenses: bool, now_s: u64) -> Value {
    let mut claims = json!({
        "aud": audience,
        "azp": vm.unique_id,
        "exp": now_s.saturating_add(LIFETIME_S),
        "iat": now_s,
        "iss": ISSUER,
        "sub": vm.unique_id,
    });
    if format == Format::Full {
        let mut compute_engine = json!({
            "instance_creation_timestamp": vm.created_at_s,
            "instance_id": vm.instance_id.to_string(),
            "instance_name": vm.instance_name,
            "project_id": vm.project_id,
            "project_number": vm.project_number,
            "zone": vm.zone,
        });
        if licenses {
            compute_engine["license_id"] = json!([]);
        }
        claims["email"] = json!(vm.email);
        claims["email_verified"] = json!(true);
        claims["google"] = json!({ "compute_engine": compute_engine });
    }
    claims
}

#[cfg(test)]
#[path = "identity_token_tests.rs"]
mod tests;
