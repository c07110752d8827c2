//! The client of the machine's handshaker: drives a handshake between a peer and the service
//! that holds the keys.
//!
//! | file | for |
//! |---|---|
//! | `address.rs` | where the handshaker is and whether it may be trusted |
//! | `relay.rs` | the conversation's rules, without I/O |
//! | `drive.rs` | the same over a socket and a `DoHandshake` call, in bounded time |
//! | `turns.rs` | whose turn it is: a bounded number of handshakes at once, of which nobody has all |
//! | `result.rs` | from a handshaker's result to keys, context and frame size |

mod address;
#[cfg(feature = "clap")]
mod args;
mod drive;
#[cfg(test)]
#[path = "tests/fake/mod.rs"]
pub(crate) mod fake;
mod relay;
mod result;
#[cfg(test)]
pub(crate) mod tests;
mod turns;

use std::{sync::Arc, time::Duration};

pub use address::DEFAULT_HANDSHAKER_ADDRESS;
#[cfg(feature = "clap")]
pub use args::HandshakerArgs;
pub use drive::Target;
pub(crate) use drive::WAITING_FOR_HANDSHAKER;
use tokio::sync::{OnceCell, Semaphore};
use tonic::transport::{Channel, Endpoint};
use turns::Turns;

use crate::{Error, record::aead::BackEnd};

/// Time for one whole client-side handshake, as in grpc-java and grpc-go.
const CLIENT_HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(20);
/// Time for one whole server-side handshake, as in grpc-go.
const SERVER_HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(30);
/// Time to connect to the handshaker itself, which is on this machine.
const HANDSHAKER_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A handshaker that says nothing for so long while a handshake is under way is asked whether it is
/// there, or for a third of the longest handshake: gRPC's servers take two pings without data, and hang
/// up at the third.
const HANDSHAKER_PING_INTERVAL: Duration = Duration::from_secs(10);
/// One that does not answer for so long is given up, so that the next handshake finds another connection.
const HANDSHAKER_PING_TIMEOUT: Duration = Duration::from_secs(5);
/// Handshakes under way at once, per side; more wait their turn. As in C-core and Go.
const MAX_CONCURRENT_HANDSHAKES: usize = 100;
/// What a peer may keep us waiting in one handshake while others wait for their turn: a few round trips.
const PATIENCE: Duration = Duration::from_secs(3);
/// Changes how many, as in every gRPC library.
const MAX_CONCURRENT_HANDSHAKES_ENV: &str = "GRPC_ALTS_MAX_CONCURRENT_HANDSHAKES";
/// Names the handshaker.
const ADDRESS_ENV: &str = "ALTS_HANDSHAKER_ADDRESS";
/// Accepts it off Google Compute Engine.
const ALLOW_UNTRUSTED_ENV: &str = "ALTS_ALLOW_UNTRUSTED_HANDSHAKER";

/// A handle on the machine's handshaker. Cheap to clone; clones share one HTTP/2 connection and
/// one bound on concurrent handshakes.
///
/// The handshaker binds a workload's credential to that connection: it is opened by the first
/// handshake and kept. It lives in the tokio runtime of that handshake, so a process with several
/// runtimes needs a handle for each.
#[derive(Debug, Clone)]
pub struct Handshaker(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    address: String,
    endpoint: Endpoint,
    /// Opened late, because a channel can only be made inside a runtime.
    channel: OnceCell<Channel>,
    client_turns: Turns,
    server_turns: Turns,
    client_timeout: Duration,
    server_timeout: Duration,
    patience: Duration,
    aead: BackEnd,
}

impl Handshaker {
    /// Starts from the defaults: the metadata server's handshaker, on Google Compute Engine only.
    #[must_use]
    pub fn builder() -> HandshakerBuilder {
        HandshakerBuilder::default()
    }

    /// Where the handshaker is, as `host:port`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.0.address
    }

    /// Connects to the handshaker now instead of at the first handshake.
    ///
    /// A handshaker ties a workload's credential to its connection, so a server that prepares has
    /// its credential from the start and not only from its first client on.
    ///
    /// # Errors
    /// [`Error::HandshakerUnreachable`]; a later handshake tries again.
    pub async fn prepare(&self) -> Result<(), Error> {
        let connect = async || self.0.endpoint.connect().await;
        let prepared = self.0.channel.get_or_try_init(connect).await;
        prepared
            .map(drop)
            .map_err(|error| Error::HandshakerUnreachable {
                address: self.0.address.clone(),
                detail: drive::innermost(&error),
            })
    }

    /// Waits for a connection that is being prepared, so that there is never a second one.
    async fn channel(&self) -> Channel {
        let connect = async || self.0.endpoint.connect_lazy();
        self.0.channel.get_or_init(connect).await.clone()
    }
}

/// Settings of a [`Handshaker`].
#[derive(Debug, Clone, Default)]
pub struct HandshakerBuilder {
    address: Option<String>,
    allow_untrusted: bool,
    handshake_timeout: Option<Duration>,
    max_concurrent: Option<usize>,
    patience: Option<Duration>,
    aead: Option<BackEnd>,
}

impl HandshakerBuilder {
    /// Starts from what `ALTS_HANDSHAKER_ADDRESS` and `ALTS_ALLOW_UNTRUSTED_HANDSHAKER` say: the variables
    /// that every program of this workspace reads. An empty variable, `0`, `false`, `no`, `off`, `n` or `f` is as none.
    #[must_use]
    pub fn from_env() -> Self {
        let address = std::env::var(ADDRESS_ENV).ok();
        let allowed = std::env::var(ALLOW_UNTRUSTED_ENV).ok();
        Self::from_variables(address, allowed.as_deref())
    }

    fn from_variables(address: Option<String>, allowed: Option<&str>) -> Self {
        let allowed = allowed.unwrap_or_default().to_lowercase();
        Self {
            address: address.filter(|address| !address.is_empty()),
            allow_untrusted: !["", "0", "false", "no", "off", "n", "f"].contains(&&*allowed),
            ..Self::default()
        }
    }

    /// Uses the handshaker at `host:port` instead of [`DEFAULT_HANDSHAKER_ADDRESS`].
    #[must_use]
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// Accepts a handshaker off Google Compute Engine, where nothing vouches for it.
    ///
    /// Whoever runs that handshaker decides who everybody is: a warning is logged.
    #[must_use]
    pub fn allow_untrusted(mut self, allow: bool) -> Self {
        self.allow_untrusted = allow;
        self
    }

    /// Bounds every handshake, instead of 20 s as a client and 30 s as a server. Behind a
    /// [`crate::AltsIncoming`] it has no more time than [`crate::ServerLimits::opening`], 10 s by default.
    #[must_use]
    pub fn handshake_timeout(mut self, timeout: Duration) -> Self {
        self.handshake_timeout = Some(timeout);
        self
    }

    /// Bounds how many handshakes are under way at once, per side; more wait their turn. No target, and no
    /// remote address of an [`crate::AltsIncoming`] (of IPv6, no /64), has more than a quarter of them.
    ///
    /// Default: `GRPC_ALTS_MAX_CONCURRENT_HANDSHAKES`, or 100.
    #[must_use]
    pub fn max_concurrent_handshakes(mut self, max: usize) -> Self {
        self.max_concurrent = Some(max.clamp(1, Semaphore::MAX_PERMITS));
        self
    }

    /// Bounds how long a peer may keep a handshake waiting while others wait for their turn, instead of 3 s;
    /// it is less the more of them wait. While nobody does, a handshake has all its time.
    #[must_use]
    pub fn patience_when_busy(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }

    /// Protects the connections with this back end.
    ///
    /// Default: the one that `ALTS_AEAD` names, or else `ring`, where both are compiled in.
    #[must_use]
    pub fn aead(mut self, back_end: BackEnd) -> Self {
        self.aead = Some(back_end);
        self
    }

    /// Checks the platform and the address. Nothing is dialled yet.
    ///
    /// # Errors
    /// [`Error::NotOnGce`] off Google Compute Engine without [`Self::allow_untrusted`];
    /// [`Error::Misconfigured`] when the address cannot be one, or `ALTS_AEAD` names no back end of this build.
    pub fn build(self) -> Result<Handshaker, Error> {
        let on_gce = address::on_gce();
        if !on_gce && !self.allow_untrusted {
            return Err(Error::NotOnGce);
        }
        let address = self
            .address
            .unwrap_or_else(|| DEFAULT_HANDSHAKER_ADDRESS.to_owned());
        let longest = self.handshake_timeout.unwrap_or(SERVER_HANDSHAKE_TIMEOUT);
        let endpoint = address::endpoint(&address)?
            .connect_timeout(HANDSHAKER_CONNECT_TIMEOUT)
            .http2_keep_alive_interval(HANDSHAKER_PING_INTERVAL.max(longest / 3))
            .keep_alive_timeout(HANDSHAKER_PING_TIMEOUT)
            .tcp_nodelay(true);
        if !on_gce {
            tracing::warn!(
                handshaker = %address,
                "Untrusted ALTS mode is enabled and we cannot guarantee the trustworthiness of \
                 the ALTS handshaker service"
            );
        }
        let max = self
            .max_concurrent
            .unwrap_or_else(address::max_concurrent_from_env);
        let aead = self.aead.map_or_else(BackEnd::from_env, Ok)?;
        Ok(Handshaker(Arc::new(Inner {
            address,
            endpoint,
            channel: OnceCell::new(),
            client_turns: Turns::new(max),
            server_turns: Turns::new(max),
            client_timeout: self.handshake_timeout.unwrap_or(CLIENT_HANDSHAKE_TIMEOUT),
            server_timeout: self.handshake_timeout.unwrap_or(SERVER_HANDSHAKE_TIMEOUT),
            patience: self.patience.unwrap_or(PATIENCE),
            aead,
        })))
    }
}
