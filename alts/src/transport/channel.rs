//! A client's channel: what generated tonic clients take, with ALTS underneath.
//!
//! tonic's own `Channel` turns every failure to connect into `UNAVAILABLE` and knows nothing of
//! peers. This one keeps the cause (`status.rs` has the table) and puts the verified peer's
//! [`AltsContext`] into the extensions of every response.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use http::{Request, Response, Uri};
use http_body_util::BodyExt;
use tonic::{
    Status,
    body::Body,
    transport::{Channel, Endpoint},
};
use tower::{Service, ServiceExt};

use super::{
    AltsConnector, deadline,
    failure::{explain, metadata_too_large, status_of, too_late},
};
use crate::{AltsContext, Error, Handshaker, ServiceAccount};

/// A lazily connected, self-healing channel to one address. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AltsChannel {
    channel: Channel,
    connector: AltsConnector,
}

/// Settings of an [`AltsChannel`].
#[derive(Debug, Clone)]
pub struct AltsChannelBuilder {
    handshaker: Handshaker,
    targets: Vec<ServiceAccount>,
}

impl AltsChannel {
    /// Starts with no target accounts: anybody may be at the other end.
    #[must_use]
    pub fn builder(handshaker: Handshaker) -> AltsChannelBuilder {
        AltsChannelBuilder {
            handshaker,
            targets: Vec::new(),
        }
    }

    /// Puts ALTS under an endpoint of your making, with its HTTP/2 settings.
    ///
    /// The endpoint's URI must be `http://host:port`. Its timeouts do not cover connecting: the
    /// connector has its own. Back-off and peers are the channel's, not shared with other channels
    /// that are made from clones of `connector`.
    #[must_use]
    pub fn from_endpoint(endpoint: Endpoint, connector: AltsConnector) -> Self {
        let connector = connector.for_another_address();
        let channel = with_secure_origin(endpoint).connect_with_connector_lazy(connector.clone());
        Self { channel, connector }
    }

    /// What the peer proved on the connection that was made last; `None` before the first.
    #[must_use]
    pub fn peer(&self) -> Option<AltsContext> {
        self.connector.history().last().cloned()
    }
}

impl AltsChannelBuilder {
    /// Names an account that may be at the other end; repeat it for any-of.
    #[must_use]
    pub fn target_service_account(mut self, account: ServiceAccount) -> Self {
        self.targets.push(account);
        self
    }

    /// Names several accounts, any of which may be at the other end.
    #[must_use]
    pub fn target_service_accounts(
        mut self,
        accounts: impl IntoIterator<Item = ServiceAccount>,
    ) -> Self {
        self.targets.extend(accounts);
        self
    }

    /// A channel to `host:port` that connects at its first call. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`Error::Misconfigured`] when the address cannot be one.
    pub fn connect_lazy(self, address: &str) -> Result<AltsChannel, Error> {
        let connector = AltsConnector::new(self.handshaker, self.targets);
        Ok(AltsChannel::from_endpoint(endpoint(address)?, connector))
    }

    /// A channel to `host:port` that is connected already. Later losses heal as with
    /// [`Self::connect_lazy`].
    ///
    /// # Errors
    /// [`Error::Misconfigured`] when the address cannot be one, or why there is no connection.
    pub async fn connect(self, address: &str) -> Result<AltsChannel, Error> {
        let endpoint = with_secure_origin(endpoint(address)?);
        let connector = AltsConnector::new(self.handshaker, self.targets);
        match endpoint.connect_with_connector(connector.clone()).await {
            Ok(channel) => Ok(AltsChannel { channel, connector }),
            Err(error) => Err(Error::find(&error).cloned().unwrap_or(Error::PeerClosed {
                during: "before HTTP/2 had begun on it",
            })),
        }
    }
}

fn endpoint(address: &str) -> Result<Endpoint, Error> {
    let wrong = || {
        Error::Misconfigured(format!(
            "address {address:?} is not HOST:PORT, such as 10.128.0.2:8080"
        ))
    };
    if address.contains(['/', '@', '?', '#']) {
        return Err(wrong());
    }
    let endpoint = Endpoint::from_shared(format!("http://{address}")).map_err(|_| wrong())?;
    let uri = endpoint.uri();
    if uri.host().is_none_or(str::is_empty) || uri.port_u16().is_none() {
        return Err(wrong());
    }
    Ok(endpoint)
}

/// Sends `https` as `:scheme`, as C-core and Java do inside ALTS. tonic itself refuses to dial an
/// `https` address, so that is left as it is.
fn with_secure_origin(endpoint: Endpoint) -> Endpoint {
    let origin = endpoint.uri().authority().cloned().and_then(|authority| {
        let origin = Uri::builder().scheme("https").authority(authority);
        origin.path_and_query("/").build().ok()
    });
    match origin {
        Some(origin) => endpoint.origin(origin),
        None => endpoint,
    }
}

impl Service<Request<Body>> for AltsChannel {
    type Response = Response<Body>;
    type Error = Status;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Status>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        // Readiness is awaited inside the call: tonic would flatten an error given here.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let Self { channel, connector } = self.clone();
        let limit = deadline::of(request.headers());
        let answered = answer(channel, connector, request);
        Box::pin(async move {
            match limit {
                None => answered.await,
                Some(limit) => tokio::time::timeout(limit, answered)
                    .await
                    .unwrap_or_else(|_| Err(too_late())),
            }
        })
    }
}

async fn answer(
    channel: Channel,
    connector: AltsConnector,
    request: Request<Body>,
) -> Result<Response<Body>, Status> {
    let began = connector.history().now();
    let outcome = channel.oneshot(request).await;
    let history = connector.history();
    let ends = history.ends_since(&began);
    let response = outcome.map_err(|error| status_of(&error, &ends))?;
    if response.status() == http::StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE {
        return Err(metadata_too_large());
    }
    let mut response =
        response.map(|body| Body::new(body.map_err(move |status| explain(status, &ends))));
    if let Some(context) = history.claim(&began) {
        response.extensions_mut().insert(context.clone());
    }
    Ok(response)
}
