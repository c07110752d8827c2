//! The booking service over gRPC and ALTS: the one file that knows both worlds.
//!
//! One channel for the life of the program. It connects when first asked, carries all look-ups
//! side by side, and connects anew by itself after the backend was restarted.

use std::{sync::Arc, time::Duration};

use alts::{AltsChannel, Error, HandshakerArgs, ServiceAccount};
use parking_lot::Mutex;

use super::{
    channel::{Backend, GrpcChannel, Pending},
    client::BackendClient,
    observed::observed,
    reply::Lookup,
};

/// The booking service at one address, accepted only as one of the expected accounts.
pub struct AltsBackend {
    /// Makes another channel to it.
    dial: Box<dyn Fn() -> Result<GrpcChannel, Error> + Send + Sync>,
    channel: Mutex<GrpcChannel>,
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
    ) -> Result<Self, Error> {
        let (address, accounts) = (address.to_owned(), accounts.to_vec());
        let dial = move || {
            let mut builder = AltsChannel::builder(handshaker.build()?);
            for account in &accounts {
                builder = builder.target_service_account(account.clone());
            }
            builder.connect_lazy(&address).map(observed)
        };
        Ok(Self {
            channel: Mutex::new(dial()?),
            dial: Box::new(dial),
        })
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
        let channel = self.channel.lock();
        channel.clone()
    }

    fn reconnect(&self) {
        match (self.dial)() {
            Ok(new) => *self.channel.lock() = new,
            // It could be dialled at the start, with the same words.
            Err(error) => tracing::error!(%error, "cannot make a new connection"),
        }
    }
}
