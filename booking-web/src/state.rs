//! What every request shares: the backend, how people sign in, and the limits. Cheap to clone.

use std::{sync::Arc, time::Duration};

use crate::{
    accounts::Accounts,
    backend::{Backend, BackendHandle},
    host_policy::HostPolicy,
    imports::Imports,
    live::{self, Hub},
    visitor::{SignIn, Way},
};

/// How long a request may take beyond the backend's time, to send its form and be rendered.
const FORM_TIME: Duration = Duration::from_secs(5);
/// A page asks for several things, one after the other at most this often.
const ROUNDS: u32 = 3;

/// Shared by all requests; lives as long as the program.
#[derive(Clone)]
pub struct AppState {
    /// Who answers.
    pub(crate) backend: BackendHandle,
    /// The accounts the backend may prove to be, for people to read.
    pub(crate) expected: Arc<[String]>,
    /// Under which names the front end answers.
    pub(crate) hosts: Arc<HostPolicy>,
    /// How people sign in.
    pub(crate) sign_in: Arc<SignIn>,
    /// Logs of past cases on their way in.
    pub(crate) imports: Arc<Imports>,
    /// News for open pages.
    pub(crate) live: Arc<Hub>,
    /// Where accounts may be switched, if anywhere.
    pub(crate) accounts: Option<Arc<Accounts>>,
}

impl AppState {
    /// Puts the shared parts together. `expected` are the accounts that `backend` accepts.
    pub fn new(
        backend: impl Backend,
        expected: impl IntoIterator<Item = String>,
        backend_timeout: Duration,
        hosts: HostPolicy,
        sign_in: SignIn,
    ) -> Self {
        Self {
            backend: BackendHandle::new(backend, backend_timeout),
            expected: expected.into_iter().collect(),
            hosts: Arc::new(hosts),
            live: Arc::new(Hub::new(sign_in.seal.nonce())),
            sign_in: Arc::new(sign_in),
            imports: Arc::default(),
            accounts: None,
        }
    }

    /// Lets people switch the cloud's accounts.
    #[must_use]
    pub fn with_accounts(self, accounts: Accounts) -> Self {
        Self {
            accounts: Some(Arc::new(accounts)),
            ..self
        }
    }

    /// Follows the backend's changes until [`close`](Self::close); what comes reaches open pages.
    pub async fn follow(self) {
        // The proxy's keys, before anybody waits for them.
        if let Way::Iap(iap) = &self.sign_in.way {
            Arc::clone(iap)
                .key(String::new(), jiff::Timestamp::now())
                .await;
        }
        live::follow(self.backend, self.live).await;
    }

    /// Ends the streams of open pages, which would otherwise never be done.
    pub fn close(&self) {
        self.live.close();
    }

    /// How long a whole request may take before it is answered with a page that says so.
    pub(crate) fn request_timeout(&self) -> Duration {
        self.backend.timeout * ROUNDS + FORM_TIME
    }
}

impl std::fmt::Debug for AppState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppState")
            .field("expected", &self.expected)
            .field("hosts", &self.hosts)
            .finish_non_exhaustive()
    }
}
