//! What all faces of the mock share: the accounts, the keys, the clock. Every question of fact or
//! time that a request raises is answered here.

use std::sync::{Arc, Mutex, PoisonError};

use alts::ServiceAccount;
use alts_authority::{certificate_authority::CertificateAuthority, directory::Account};
use alts_daemon::{clock::Clock, rng};
use alts_handshake::Seed;

use crate::{
    config::{Config, Machine},
    identity::{
        access_token::{AccessTokens, Bearer, Grant, Issued},
        identity_token::{Format, Vm, claims},
        signing_key::SigningKey,
    },
    metadata::facts::instance_id,
};

/// Why a workload gets no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoToken {
    /// Its account is switched off.
    #[error("service account {0} is disabled; enable it")]
    Disabled(ServiceAccount),
    /// Its account was deleted.
    #[error("service account {0} does not exist; create or undelete it")]
    Gone(ServiceAccount),
    /// The system or the key fails.
    #[error("no token can be made: {0}; see the mock's log")]
    Internal(String),
}

/// A project that runs.
#[derive(Debug)]
pub struct Project {
    /// As it was configured.
    pub config: Config,
    /// Its accounts.
    pub accounts: Arc<CertificateAuthority>,
    clock: Clock,
    key: SigningKey,
    tokens: Mutex<AccessTokens>,
    created_at_s: u64,
}

impl Project {
    /// Its machines are created now.
    pub fn new(
        config: Config,
        accounts: Arc<CertificateAuthority>,
        clock: Clock,
        key: SigningKey,
    ) -> Self {
        Self {
            created_at_s: clock.now().as_unix_s(),
            config,
            accounts,
            clock,
            key,
            tokens: Mutex::default(),
        }
    }

    /// The public keys that verify identity tokens.
    pub fn jwks(&self) -> serde_json::Value {
        self.key.jwks()
    }

    /// An account by its name.
    pub fn account(&self, email: &ServiceAccount) -> Option<Account> {
        let mut accounts = self.accounts.accounts().into_iter();
        accounts.find(|account| account.email == *email)
    }

    /// The account of a machine, if it may have tokens.
    fn enabled_account(&self, machine: &Machine) -> Result<Account, NoToken> {
        match self.account(&machine.account) {
            None => Err(NoToken::Gone(machine.account.clone())),
            Some(account) if account.disabled => Err(NoToken::Disabled(machine.account.clone())),
            Some(account) => Ok(account),
        }
    }

    /// Proves to `audience` who a workload on `machine` is.
    ///
    /// # Errors
    /// When its account may have no token, or none can be made.
    pub fn identity_token(
        &self,
        machine: &Machine,
        audience: &str,
        format: Format,
        licenses: bool,
    ) -> Result<String, NoToken> {
        let account = self.enabled_account(machine)?;
        let vm = Vm {
            email: account.email.to_string(),
            unique_id: account.unique_id,
            instance_id: instance_id(&self.config, machine),
            instance_name: machine.name.to_string(),
            created_at_s: self.created_at_s,
            project_id: self.config.project.clone(),
            project_number: self.config.project_number(),
            zone: self.config.zone.clone(),
        };
        let now_s = self.clock.now().as_unix_s();
        let claims = claims(&vm, audience, format, licenses, now_s);
        let signed = self.key.sign(&claims);
        signed.map_err(|error| NoToken::Internal(error.to_string()))
    }

    /// Lets a workload on `machine` use this cloud's interfaces.
    ///
    /// # Errors
    /// When its account may have no token, or none can be made.
    pub fn access_token(&self, machine: &Machine) -> Result<Issued, NoToken> {
        let account = self.enabled_account(machine)?;
        let entropy = entropy()?;
        let now_s = self.clock.now().as_unix_s();
        let (name, scopes) = (machine.name.as_ref(), &machine.scopes);
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(tokens.for_machine(name, &account.email, scopes, now_s, &entropy))
    }

    /// Lets whoever brought this cloud up do everything.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn operator_token(&self) -> Result<String, NoToken> {
        let entropy = entropy()?;
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(tokens.for_operator(&entropy))
    }

    /// What an access token is worth; nothing while its account is disabled or gone, however long
    /// it was good for.
    pub fn worth(&self, access_token: &str) -> Option<Grant> {
        let now_s = self.clock.now().as_unix_s();
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let grant = tokens.worth(access_token, now_s)?.clone();
        drop(tokens);
        match &grant.bearer {
            Bearer::Operator => Some(grant),
            Bearer::Account(email) => {
                let account = self.account(email)?;
                (!account.disabled).then_some(grant)
            }
        }
    }
}

fn entropy() -> Result<Seed, NoToken> {
    rng::seed().map_err(|error| NoToken::Internal(error.to_string()))
}
