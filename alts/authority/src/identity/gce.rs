//! Identity tokens of Compute Engine instances, verified. Pure: keys and time are given.
//!
//! The claims of any JWT, and Google's own under "google"."compute_engine".
//!
//! Source: Compute Engine's documentation, "Verifying the identity of instances", format `full`.

use alts_daemon::{config::values::some, http::TlsRoots};
use alts_handshake::Timestamp;
use serde::{Deserialize, Deserializer};

use super::{
    Claim, KeysLocation,
    jwks::Jwks,
    jwt::{self, TokenError, short},
    key_source,
};

/// Who signs Google's tokens.
pub const GOOGLE_ISSUER: &str = "https://accounts.google.com";

/// Whose identity tokens are accepted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Usually [`GOOGLE_ISSUER`].
    #[serde(default = "google_issuer")]
    pub issuer: String,
    /// Whose machines are served; empty is nobody.
    #[serde(deserialize_with = "projects")]
    pub projects: Vec<String>,
    /// Where the keys are that sign them.
    #[serde(default)]
    pub keys: KeysLocation,
    /// Whom to believe about an `https:` address.
    #[serde(
        rename = "keys_ca_file",
        default,
        deserialize_with = "key_source::roots"
    )]
    pub roots: TlsRoots,
}

fn google_issuer() -> String {
    GOOGLE_ISSUER.to_owned()
}

fn projects<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    some(
        from,
        "without a project no machine is admitted; list the projects",
    )
}

/// What Google says besides.
#[derive(Deserialize)]
struct Claims {
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
    google: Option<Google>,
}

#[derive(Deserialize)]
struct Google {
    compute_engine: Option<ComputeEngine>,
}

#[derive(Deserialize)]
struct ComputeEngine {
    instance_id: String,
    instance_name: String,
    project_id: String,
}

/// Verifies that `token` proves `claim`; returns the machine's number.
///
/// # Errors
/// The first thing found wrong.
pub fn verify(
    token: &str,
    claim: &Claim<'_>,
    keys: &Jwks,
    expectation: &Expectation,
    now: Timestamp,
) -> Result<String, TokenError> {
    let claims: Claims = jwt::verify(token, keys, &expectation.issuer, &claim.audience(), now)?;
    let email = claims.email.unwrap_or_default();
    if !claims.email_verified {
        return Err(TokenError::EmailNotVerified);
    }
    if email != claim.account.as_ref() {
        return Err(TokenError::Account(short(email)));
    }
    let google = claims.google.and_then(|google| google.compute_engine);
    let instance = google.ok_or(TokenError::NoInstance)?;
    if !expectation.projects.contains(&instance.project_id) {
        return Err(TokenError::Project(short(instance.project_id)));
    }
    if instance.instance_name != claim.machine.as_ref() {
        return Err(TokenError::Machine(short(instance.instance_name)));
    }
    Ok(short(instance.instance_id))
}

#[cfg(test)]
#[path = "gce_tests.rs"]
mod tests;
