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
mod tests {
    use super::*;

    #[test]
    fn a_machine_gets_the_same_token_until_little_of_it_is_left() {
        let account: ServiceAccount = "svc@p".parse().unwrap();
        let mut tokens = AccessTokens::default();
        let mut at =
            |now_s, entropy: u8| tokens.for_machine("vm", &account, &[], now_s, &[entropy; 32]);
        let first = at(1000, 1);
        assert_eq!(first.expires_in_s, 3600);
        let again = at(4299, 2);
        assert_eq!(again.access_token, first.access_token);
        assert_eq!(again.expires_in_s, 301);
        let next = at(4300, 3);
        assert_ne!(next.access_token, first.access_token);
        assert_eq!(next.expires_in_s, 3600);
        // The first is good to its end, and not a second longer.
        assert!(tokens.worth(&first.access_token, 4599).is_some());
        assert!(tokens.worth(&first.access_token, 4600).is_none());
        assert!(tokens.worth(&next.access_token, 4600).is_some());
    }

    #[test]
    fn tokens_of_the_past_are_forgotten() {
        let account: ServiceAccount = "svc@p".parse().unwrap();
        let mut tokens = AccessTokens::default();
        for hour in 0..100_u64 {
            let entropy = [u8::try_from(hour).unwrap(); 32];
            tokens.for_machine("vm", &account, &[], hour * 3600, &entropy);
            assert!(tokens.granted.len() <= 2);
        }
    }

    #[test]
    fn what_nobody_gave_is_worth_nothing() {
        let mut tokens = AccessTokens::default();
        let operator = tokens.for_operator(&[7; 32]);
        assert_eq!(tokens.worth(&operator, 0).unwrap().bearer, Bearer::Operator);
        for token in ["", "ya29.c.", &operator[..operator.len() - 1]] {
            assert!(tokens.worth(token, 0).is_none(), "{token}");
        }
        let shown = format!("{tokens:?}");
        assert!(!shown.contains(&operator), "{shown}");
    }
}
