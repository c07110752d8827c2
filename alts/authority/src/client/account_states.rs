//! Whether a peer's account may act *now*: asked of the authority for revocation at each handshake,
//! and remembered for a bounded time.
//!
//! An answer is signed over a fresh nonce and the account's name, so that nobody on the path can pass
//! off yesterday's, or one about somebody else. When the authority cannot be asked and what is
//! remembered is too old, the answer is no: whoever chooses this mode prefers certainty to service.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use alts::ServiceAccount;
use alts_handshake::Signed;
use parking_lot::Mutex as SyncMutex;
use tokio::{sync::Mutex, time::Instant};
use tonic::transport::Channel;

use super::{prover::MachineProver, status::cause};
use crate::{
    identity::Question,
    proto::authority::{
        AccountState, AccountStatesBody, GetAccountStatesRequest, authority_client::AuthorityClient,
    },
    statement::StatementError,
    verifier_feed::VerifierFeed,
};

/// Peers that are remembered. A machine has few.
const MAX_REMEMBERED: usize = 4096;

/// Asks, and remembers.
#[derive(Debug)]
pub struct AccountStates {
    client: AuthorityClient<Channel>,
    asker: Arc<MachineProver>,
    trust: VerifierFeed,
    max_age: Duration,
    known: SyncMutex<BTreeMap<ServiceAccount, Slot>>,
}

/// Held while asking: however many handshakes with one peer wait, the authority is asked once.
type Slot = Arc<Mutex<Option<(Instant, AccountState)>>>;

impl AccountStates {
    /// Answers are believed for `max_age`: the longest that disabling takes to arrive.
    pub fn new(
        client: AuthorityClient<Channel>,
        asker: Arc<MachineProver>,
        trust: VerifierFeed,
        max_age: Duration,
    ) -> Self {
        Self {
            client,
            asker,
            trust,
            max_age,
            known: SyncMutex::default(),
        }
    }

    /// Whether `account` may act, as of at most the configured age ago.
    ///
    /// # Errors
    /// Says why nobody knows.
    pub async fn state(&self, account: &ServiceAccount) -> Result<AccountState, String> {
        let slot = self.slot(account);
        let mut known = slot.lock().await;
        let fresh = known.filter(|(asked, _)| asked.elapsed() < self.max_age);
        if let Some((_, state)) = fresh {
            return Ok(state);
        }
        // Counted from before the question: the answer may be as old as that.
        let asked = Instant::now();
        let state = self.ask(account).await?;
        *known = Some((asked, state));
        Ok(state)
    }

    fn slot(&self, account: &ServiceAccount) -> Slot {
        let mut known = self.known.lock();
        if known.len() >= MAX_REMEMBERED && !known.contains_key(account) {
            // Rare and harmless: everybody is asked for again.
            known.clear();
        }
        Arc::clone(known.entry(account.clone()).or_default())
    }

    async fn ask(&self, account: &ServiceAccount) -> Result<AccountState, String> {
        let asker = self.asker.prove(Question::AccountStates).await;
        let asker = asker.map_err(|error| error.to_string())?;
        let nonce = asker.nonce.clone();
        let question = GetAccountStatesRequest {
            asker: Some(asker),
            service_account: account.to_string(),
        };
        let answer = self.client.clone().get_account_states(question).await;
        let signed = answer.map_err(|status| cause(&status))?.into_inner();
        let trust = self.trust.current();
        let opened = Signed::<AccountStatesBody>::from(signed).open(|id| trust.roots().get(id));
        let (body, _) = opened.map_err(|error| StatementError::from(error).to_string())?;
        state_of(account, &nonce, &body).ok_or_else(|| StatementError::NotAnAnswer.to_string())
    }
}

/// What the body says of `account`, if it answers the question about that one account: the nonce
/// alone does not tell, for whoever carried the question may have put another name into it.
fn state_of(
    account: &ServiceAccount,
    nonce: &[u8],
    body: &AccountStatesBody,
) -> Option<AccountState> {
    let told = body.account.as_ref()?;
    (body.nonce == nonce && told.service_account == account.as_str()).then(|| told.state())
}
