//! Access tokens: opaque to whoever carries them, known to whoever gave them.
//!
//! Kept by their hashes: a lookup takes as long for a good guess as for a bad one, and no dump of
//! this memory holds a token that is not in use.

use std::collections::BTreeMap;

use alts::ServiceAccount;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// How long one is good for.
pub const LIFETIME_S: u64 = 3600;

/// A token with less time than this left is not given again: Google's metadata server keeps the same
/// habit, so that nobody receives a token that expires at once.
pub const MIN_LEFT_S: u64 = 300;

/// What a token is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// On whose behalf.
    pub bearer: Bearer,
    /// For what, at most.
    pub scopes: Vec<String>,
    /// The first second in which it is worth nothing, since the Unix epoch.
    pub expires_at_s: u64,
}

/// On whose behalf a call is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// The project's owner, outside the machines.
    Operator,
    /// A service account.
    Account(ServiceAccount),
}

/// A token on its way to a workload. Not for logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Issued {
    /// The token.
    pub access_token: String,
    /// How long it is still good.
    pub expires_in_s: u64,
}

impl std::fmt::Debug for Issued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Issued(for {} s)", self.expires_in_s)
    }
}

/// All tokens that are good.
#[derive(Debug, Default)]
pub struct AccessTokens {
    granted: BTreeMap<[u8; 32], Grant>,
    /// The newest of each machine: at most two are good at any time.
    newest: BTreeMap<String, Newest>,
}

struct Newest {
    token: String,
    expires_at_s: u64,
}

impl std::fmt::Debug for Newest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Newest(until {})", self.expires_at_s)
    }
}

impl AccessTokens {
    /// A token for a workload on `machine`: the one it got last, or a new one of `entropy`.
    pub fn for_machine(
        &mut self,
        machine: &str,
        account: &ServiceAccount,
        scopes: &[String],
        now_s: u64,
        entropy: &[u8; 32],
    ) -> Issued {
        if let Some(newest) = self.newest.get(machine)
            && newest.expires_at_s > now_s + MIN_LEFT_S
        {
            return Issued {
                access_token: newest.token.clone(),
                expires_in_s: newest.expires_at_s - now_s,
            };
        }
        self.granted.retain(|_, grant| grant.expires_at_s > now_s);
        let expires_at_s = now_s + LIFETIME_S;
        let grant = Grant {
            bearer: Bearer::Account(account.clone()),
            scopes: scopes.to_vec(),
            expires_at_s,
        };
        let token = self.grant(grant, entropy);
        let newest = Newest {
            token: token.clone(),
            expires_at_s,
        };
        self.newest.insert(machine.to_owned(), newest);
        Issued {
            access_token: token,
            expires_in_s: LIFETIME_S,
        }
    }

    /// A token for whoever brought this cloud up, good as long as the cloud is there.
    pub fn for_operator(&mut self, entropy: &[u8; 32]) -> String {
        let grant = Grant {
            bearer: Bearer::Operator,
            scopes: vec![CLOUD_PLATFORM.to_owned()],
            expires_at_s: u64::MAX,
        };
        self.grant(grant, entropy)
    }

    fn grant(&mut self, grant: Grant, entropy: &[u8; 32]) -> String {
        // Google's begin like this; nothing may be read out of the rest.
        let token = format!("ya29.c.{}", URL_SAFE_NO_PAD.encode(entropy));
        self.granted.insert(name(&token), grant);
        token
    }

    /// What a token is worth now; `None` when nothing.
    pub fn worth(&self, token: &str, now_s: u64) -> Option<&Grant> {
        let grant = self.granted.get(&name(token))?;
        (grant.expires_at_s > now_s).then_some(grant)
    }
}

/// The scope that includes every other.
pub const CLOUD_PLATFORM: &str = "https://www.googleapis.com/auth/cloud-platform";

fn name(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

#[cfg(test)]
#[path = "access_token_tests.rs"]
mod tests;
