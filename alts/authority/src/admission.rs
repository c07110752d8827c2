//! Which machine may ask for which account: the authority's check of a proof.

use std::{collections::BTreeMap, sync::Arc};

use alts::ServiceAccount;
use alts_daemon::config::values::some;
use alts_handshake::{MachineName, Timestamp};
use serde::{Deserialize, Deserializer};

use crate::accepted_proofs::{AcceptedProofs, NotAccepted, PROOF_WINDOW};
use crate::identity::{
    Claim, KeySource, KeySourceError, Proof, Question,
    enrolment::EnrolmentSecret,
    gce,
    jwt::{self, MAX_TOKEN_LEN, TokenError},
    kubernetes::{self, Cluster},
    sealed,
};
use crate::root_keys::RootKeys;

/// Why a machine is not served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The secret is wrong, or there is none. Which of the two is not told.
    #[error(
        "the machine {0} is not enrolled with this secret; compare the enrolment secret on both \
         sides"
    )]
    NotEnrolled(MachineName),
    /// Enrolled, for other accounts.
    #[error(
        "the machine {machine} is not enrolled for {account}; add the account to its [[enrolment]]"
    )]
    AccountNotEnrolled {
        /// Who asks.
        machine: MachineName,
        /// For whom.
        account: ServiceAccount,
    },
    /// A proof of another time.
    #[error(
        "the machine {machine} asked at {asked_at_s} by its clock, and it is {now_s} here; set both \
         clocks, then ask again"
    )]
    NotNow {
        /// Who asks.
        machine: MachineName,
        /// When, as it says; seconds since the Unix epoch.
        asked_at_s: u64,
        /// And by the authority's clock.
        now_s: u64,
    },
    /// A proof of before the authority started, which does not know whether it was accepted then.
    #[error(
        "the machine {0} asked before this authority started, by the machine's clock; ask again, or \
         set the machine's clock"
    )]
    BeforeStart(MachineName),
    /// A proof that serves no more, or that would be one too many.
    #[error(transparent)]
    NotAccepted(#[from] NotAccepted),
    /// The authority takes no tokens.
    #[error("this authority accepts no identity tokens; add [gce] to its configuration")]
    GceOff,
    /// The authority serves no cluster.
    #[error(
        "this authority accepts no tokens of pods; add their cluster as [[kubernetes]] to its configuration"
    )]
    KubernetesOff,
    /// A token for another authority, or for this one as it was.
    #[error(
        "the identity token is sealed to a root key that this authority does not have, or for another \
         question; compare `roots` in the machine's configuration with `alts-handshaker authority roots`"
    )]
    Sealed,
    /// The token proves nothing.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The token cannot be checked. What the publisher of the keys said is no stranger's business.
    #[error("the key set {} cannot be had; the authority's log says why", .0.location)]
    Keys(#[from] Arc<KeySourceError>),
}

/// A machine that shares a secret with the authority.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolled {
    /// Which one it is.
    pub machine: MachineName,
    /// Whom it may vouch for.
    #[serde(rename = "service_accounts", deserialize_with = "accounts")]
    pub accounts: Vec<ServiceAccount>,
    /// What it shares.
    #[serde(rename = "secret_file", deserialize_with = "EnrolmentSecret::in_file")]
    pub secret: EnrolmentSecret,
}

fn accounts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<ServiceAccount>, D::Error> {
    some(from, "a machine is enrolled for at least one account")
}

/// Everybody who may ask.
#[derive(Debug)]
pub struct Admission {
    /// By secret.
    pub enrolled: BTreeMap<MachineName, Enrolled>,
    /// By identity token, and Google's keys.
    pub gce: Option<(gce::Expectation, Arc<KeySource>)>,
    /// By a pod's token, sealed, and its cluster's keys.
    pub clusters: Vec<(Cluster, Arc<KeySource>)>,
    /// Since when proofs are remembered.
    pub since: Timestamp,
    /// Those that were accepted.
    pub accepted: AcceptedProofs,
}

impl Admission {
    /// Checks a proof of a claim: its time, whose it is, and that nobody showed it before. Returns Compute
    /// Engine's number of the machine, or Kubernetes' of the pod; of an enrolled one, nothing.
    pub(crate) async fn admit(
        &self,
        claim: &Claim<'_>,
        proof: &Proof,
        roots: &RootKeys,
        now: Timestamp,
    ) -> Result<String, Refused> {
        self.check_time(claim, now)?;
        let instance_id = self.verify(claim, proof, roots, now).await?;
        // Its answer is about this moment and bound to the nonce, and a machine may ask at every
        // handshake: there is nothing to gain by a second one, and much to remember.
        if claim.question != Question::AccountStates {
            self.accepted.accept(claim, now)?;
        }
        Ok(instance_id)
    }

    fn check_time(&self, claim: &Claim<'_>, now: Timestamp) -> Result<(), Refused> {
        let machine = claim.machine.clone();
        let (asked_at_s, now_s) = (claim.asked_at.as_unix_s(), now.as_unix_s());
        if asked_at_s.abs_diff(now_s) > PROOF_WINDOW.as_secs() {
            return Err(Refused::NotNow {
                machine,
                asked_at_s,
                now_s,
            });
        }
        match claim.asked_at < self.since {
            true => Err(Refused::BeforeStart(machine)),
            false => Ok(()),
        }
    }

    async fn verify(
        &self,
        claim: &Claim<'_>,
        proof: &Proof,
        roots: &RootKeys,
        now: Timestamp,
    ) -> Result<String, Refused> {
        match proof {
            Proof::Enrolment(mac) => self.admit_enrolled(claim, mac),
            Proof::GceToken(token) => {
                let (google, keys) = self.gce.as_ref().ok_or(Refused::GceOff)?;
                let keys = keys.keys(&jwt::key_name(token)?).await?;
                Ok(gce::verify(token, claim, &keys, google, now)?)
            }
            Proof::SealedToken(_) if self.clusters.is_empty() => Err(Refused::KubernetesOff),
            Proof::SealedToken(sealed) if sealed.len() > MAX_TOKEN_LEN + sealed::OVERHEAD => {
                Err(TokenError::TooLong(sealed.len() - sealed::OVERHEAD).into())
            }
            Proof::SealedToken(sealed) => {
                let token = roots.unseal(sealed, claim).ok_or(Refused::Sealed)?;
                let issuer = jwt::claimed_issuer(&token)?;
                let mut clusters = self.clusters.iter();
                let cluster = clusters.find(|(cluster, _)| cluster.issuer.to_string() == issuer);
                let (cluster, keys) =
                    cluster.ok_or_else(|| TokenError::Issuer(jwt::short(issuer)))?;
                let keys = keys.keys(&jwt::key_name(&token)?).await?;
                Ok(kubernetes::verify(&token, claim, &keys, cluster, now)?)
            }
        }
    }

    fn admit_enrolled(&self, claim: &Claim<'_>, mac: &[u8; 32]) -> Result<String, Refused> {
        let enrolled = self
            .enrolled
            .get(claim.machine)
            .filter(|enrolled| enrolled.secret.verifies(claim, mac))
            .ok_or_else(|| Refused::NotEnrolled(claim.machine.clone()))?;
        if enrolled.accounts.contains(claim.account) {
            return Ok(String::new());
        }
        Err(Refused::AccountNotEnrolled {
            machine: claim.machine.clone(),
            account: claim.account.clone(),
        })
    }
}

#[cfg(test)]
#[path = "admission_tests.rs"]
mod tests;
