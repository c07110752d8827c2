//! Tokens of Kubernetes service accounts: read in the pod, verified by the authority.
//!
//! ```text
//!   "iss": the cluster     "sub": "system:serviceaccount:NAMESPACE:NAME"   -- accounts[sub] --> the account
//!   "kubernetes.io": { "pod": { "name": the machine, "uid": its number } }
//! ```
//!
//! Whom a service account speaks as is the configuration's decision: the token only says which one it is.
//!
//! Source: Kubernetes' documentation, "Managing Service Accounts" and "Configure Service Accounts for Pods".

use std::{collections::BTreeMap, path::Path};

use alts::ServiceAccount;
use alts_daemon::http::TlsRoots;
use alts_handshake::Timestamp;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{
    Claim, KeysLocation,
    jwks::Jwks,
    jwt::{self, MAX_TOKEN_LEN, TokenError, short},
    key_source::{self, read_bounded},
};

/// A cluster whose pods are served.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// Who signs its tokens, and says where the keys are.
    #[serde(deserialize_with = "key_source::issuer")]
    pub issuer: KeysLocation,
    /// The name by which tokens are meant for this authority, and for nobody else.
    pub audience: String,
    /// Whom to believe about the issuer's address.
    #[serde(
        rename = "issuer_ca_file",
        default,
        deserialize_with = "key_source::roots"
    )]
    pub roots: TlsRoots,
    /// Whom the pods of a service account speak as, by the `sub` of its tokens.
    pub accounts: BTreeMap<String, ServiceAccount>,
}

impl Cluster {
    /// What would serve nobody, or whom others' tokens serve: the key, what is wrong, and a remedy.
    pub(crate) fn problem(&self) -> Option<(&'static str, &'static str)> {
        let (issuer, audience) = (self.issuer.to_string(), self.audience.as_str());
        let is_clusters = audience == issuer || audience.starts_with("https://kubernetes.default");
        if audience.is_empty() || is_clusters {
            let problem = "tokens of this audience are made for others, or for nobody; name one that no \
                           other service answers to, such as \"alts-authority.ot-booking\"";
            return Some(("audience", problem));
        }
        if self.accounts.is_empty() {
            let problem =
                "without an account no pod is admitted; list them by the `sub` of their tokens";
            return Some(("accounts", problem));
        }
        let is_idle = self.roots != TlsRoots::default() && !self.issuer.is_https();
        is_idle.then_some((
            "issuer_ca_file",
            "`issuer_ca_file` belongs to an `issuer` with an https: address",
        ))
    }
}

/// What Kubernetes says besides.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    #[serde(rename = "kubernetes.io")]
    bound: Option<Bound>,
}

#[derive(Deserialize)]
struct Bound {
    pod: Option<Pod>,
}

#[derive(Deserialize)]
struct Pod {
    name: String,
    uid: String,
}

impl Claims {
    fn into_pod(self) -> Result<Pod, TokenError> {
        let pod = self.bound.and_then(|bound| bound.pod);
        pod.ok_or(TokenError::NoPod)
    }
}

/// The token that Kubernetes keeps in a file of a pod. It is replaced long before it ends: to be read
/// anew for every proof.
///
/// # Errors
/// Says why there is none, and what to do.
pub async fn projected(file: &Path) -> Result<Zeroizing<String>, String> {
    let token = read_bounded(file.to_owned(), MAX_TOKEN_LEN).await;
    let token = token.and_then(|bytes| {
        let text = std::str::from_utf8(&bytes).map_err(std::io::Error::other)?;
        Ok(Zeroizing::new(text.trim_ascii().to_owned()))
    });
    token.map_err(|error| {
        let file = file.display();
        format!(
            "the token file {file} cannot be read: {error}; mount a projected serviceAccountToken \
             volume there, whose audience is the authority's"
        )
    })
}

/// The pod that a token says it is bound to, for whom it was given to.
///
/// # Errors
/// When it is bound to none.
pub fn own_pod(token: &str) -> Result<String, TokenError> {
    let claims: Claims = jwt::unverified(token)?;
    Ok(claims.into_pod()?.name)
}

/// Verifies that `token` lets its pod make `claim`; returns the pod's number.
///
/// The token covers neither the claim's nonce nor its key, as Google's do: whoever has it may make any
/// claim of this pod while it lives. That is why it only travels sealed (see `sealed`).
///
/// # Errors
/// The first thing found wrong.
pub fn verify(
    token: &str,
    claim: &Claim<'_>,
    keys: &Jwks,
    cluster: &Cluster,
    now: Timestamp,
) -> Result<String, TokenError> {
    let issuer = cluster.issuer.to_string();
    let claims: Claims = jwt::verify(token, keys, &issuer, &cluster.audience, now)?;
    match cluster.accounts.get(&claims.sub) {
        None => return Err(TokenError::Subject(short(claims.sub))),
        Some(account) if account != claim.account => {
            return Err(TokenError::Account(account.to_string()));
        }
        Some(_) => {}
    }
    let pod = claims.into_pod()?;
    if pod.name != claim.machine.as_ref() {
        return Err(TokenError::Machine(short(pod.name)));
    }
    Ok(short(pod.uid))
}

#[cfg(test)]
#[path = "kubernetes_tests.rs"]
mod tests;
