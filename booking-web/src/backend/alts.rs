//! The booking service over gRPC and ALTS: the one file that knows both worlds.
//!
//! One channel for the life of the program. It connects when first asked, carries all look-ups
//! side by side, and connects anew by itself after the backend was restarted.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use alts::{AltsChannel, HandshakerArgs, ServiceAccount};
use tower::util::BoxCloneSyncService;

use super::{
    channel::{Backend, GrpcChannel, Pending},
    client::BackendClient,
    observed::Observed,
    reply::Lookup,
};

/// The booking service at one address, accepted only as one of the expected accounts.
pub struct AltsBackend {
    dialled: Dialled,
    channel: Mutex<GrpcChannel>,
}

/// Everything that it takes to dial again.
struct Dialled {
    handshaker: HandshakerArgs,
    address: String,
    accounts: Vec<ServiceAccount>,
}

impl Dialled {
    fn dial(&self) -> Result<GrpcChannel, alts::Error> {
        let mut builder = AltsChannel::builder(self.handshaker.build()?);
        for account in &self.accounts {
            builder = builder.target_service_account(account.clone());
        }
        let channel = Observed(builder.connect_lazy(&self.address)?);
        Ok(BoxCloneSyncService::new(channel))
    }
}

impl AltsBackend {
    /// Prepares the channel; connects when first asked.
    ///
    /// # Errors
    /// When `address` is not `HOST:PORT`, or the handshaker cannot be used.
    pub fn new(
        handshaker: HandshakerArgs,
        address: &str,
        accounts: &[ServiceAccount],
    ) -> Result<Self, alts::Error> {
        let dialled = Dialled {
            handshaker,
            address: address.to_owned(),
            accounts: accounts.to_vec(),
        };
        let channel = Mutex::new(dialled.dial()?);
        Ok(Self { dialled, channel })
    }
}

impl std::fmt::Debug for AltsBackend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AltsBackend").finish_non_exhaustive()
    }
}

impl Backend for AltsBackend {
    fn look_up(&self, lookup: Lookup, person: Option<String>, timeout: Duration) -> Pending<'_> {
        let client = BackendClient::new(self.channel(), person, timeout, Arc::default());
        Box::pin(async move { client.look_up(lookup).await })
    }

    fn channel(&self) -> GrpcChannel {
        let channel = self.channel.lock().unwrap_or_else(PoisonError::into_inner);
        channel.clone()
    }

    fn reconnect(&self) {
        match self.dialled.dial() {
            Ok(new) => *self.channel.lock().unwrap_or_else(PoisonError::into_inner) = new,
            // It could be dialled at the start, with the same words.
            Err(error) => tracing::error!(%error, "cannot make a new connection"),
        }
    }
}
