//! Who may call: a list of service accounts, checked before any handler runs.
//!
//! Outcomes and messages are those of grpc-java's `AuthorizationUtil.clientAuthorizationCheck`:
//! no ALTS context, or an account that is not in the list, is `PERMISSION_DENIED`; an empty list
//! allows nobody. Names are compared exactly. A list that changes while a server runs is a
//! predicate, asked for every call: [`ClientAuthorizationLayer::allowing`].

use std::{
    collections::BTreeSet,
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::{Extensions, Request, Response};
use tonic::{Status, body::Body, transport::server::TcpConnectInfo};
use tower::{Layer, Service};

use super::AltsConnectInfo;
use crate::{AltsContext, ServiceAccount};

/// Checks a request's peer against the accounts that may call.
///
/// # Errors
/// `PERMISSION_DENIED`: `Peer ALTS AuthContext not found` when the request did not come over
/// ALTS, `Client <account> is not authorized` when its account is not in the list.
pub fn client_authorization_check<'a>(
    extensions: &Extensions,
    allowed: impl IntoIterator<Item = &'a ServiceAccount>,
) -> Result<(), Status> {
    check(extensions, |peer| {
        allowed.into_iter().any(|account| account == peer)
    })
}

fn check(
    extensions: &Extensions,
    allows: impl FnOnce(&ServiceAccount) -> bool,
) -> Result<(), Status> {
    let info = extensions.get::<AltsConnectInfo>().ok_or_else(no_context)?;
    let peer = info.context().peer_service_account();
    if allows(peer) {
        return Ok(());
    }
    Err(Status::permission_denied(format!(
        "Client {peer} is not authorized"
    )))
}

pub(super) fn no_context() -> Status {
    Status::permission_denied("Peer ALTS AuthContext not found")
}

/// What the layer saw and decided, for logs and audits.
#[derive(Debug)]
#[non_exhaustive]
pub enum AuthorizationEvent<'a> {
    /// A call has arrived and is about to be judged.
    Entered {
        /// The verified caller; `None` when it did not come over ALTS.
        peer: Option<&'a AltsContext>,
        /// The method, as `/package.Service/method`.
        path: &'a str,
    },
    /// The call was refused; no handler has run or will.
    Refused {
        /// The verified caller; `None` when it did not come over ALTS.
        peer: Option<&'a AltsContext>,
        /// The method, as `/package.Service/method`.
        path: &'a str,
        /// What the caller is told.
        status: &'a Status,
    },
}

type Observer = Arc<dyn Fn(&AuthorizationEvent<'_>) + Send + Sync>;

type Allows = Arc<dyn Fn(&ServiceAccount) -> bool + Send + Sync>;

/// A tower layer that lets only listed accounts through to the services behind it.
///
/// Give it to `tonic::transport::Server::layer`. Handlers behind it find the peer's address in
/// `tonic::Request::remote_addr`, too. A refused call is answered by the layer itself:
/// the handler is not called, its message is not even decoded.
#[derive(Clone)]
pub struct ClientAuthorizationLayer {
    allows: Allows,
    observer: Option<Observer>,
}

impl ClientAuthorizationLayer {
    /// Allows these accounts and nobody else.
    #[must_use]
    pub fn new(allowed: impl IntoIterator<Item = ServiceAccount>) -> Self {
        let allowed: BTreeSet<_> = allowed.into_iter().collect();
        Self::allowing(Arc::new(move |peer| allowed.contains(peer)))
    }

    /// Allows the accounts that `allows` says may call, and nobody else. It is asked for every
    /// call, so it must be quick.
    #[must_use]
    pub fn allowing(allows: Arc<dyn Fn(&ServiceAccount) -> bool + Send + Sync>) -> Self {
        Self {
            allows,
            observer: None,
        }
    }

    /// Tells `observer` of every call and every refusal.
    #[must_use]
    pub fn observe(mut self, observer: Arc<dyn Fn(&AuthorizationEvent<'_>) + Send + Sync>) -> Self {
        self.observer = Some(observer);
        self
    }

    fn judge(&self, extensions: &Extensions, path: &str) -> Result<(), Status> {
        let info = extensions.get::<AltsConnectInfo>();
        let peer = info.map(AltsConnectInfo::context);
        self.tell(&AuthorizationEvent::Entered { peer, path });
        let judged = check(extensions, |peer| (self.allows)(peer));
        if let Some(info) = info {
            info.judged(judged.is_err());
        }
        if let Err(status) = &judged {
            self.tell(&AuthorizationEvent::Refused { peer, path, status });
        }
        judged
    }

    fn tell(&self, event: &AuthorizationEvent<'_>) {
        if let Some(observer) = &self.observer {
            observer(event);
        }
    }
}

impl fmt::Debug for ClientAuthorizationLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientAuthorizationLayer")
            .finish_non_exhaustive()
    }
}

impl<S> Layer<S> for ClientAuthorizationLayer {
    type Service = ClientAuthorization<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ClientAuthorization {
            layer: self.clone(),
            inner,
        }
    }
}

/// The service that [`ClientAuthorizationLayer`] makes.
#[derive(Debug, Clone)]
pub struct ClientAuthorization<S> {
    layer: ClientAuthorizationLayer,
    inner: S,
}

impl<S, B> Service<Request<B>> for ClientAuthorization<S>
where
    S: Service<Request<B>, Response = Response<Body>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let info = request.extensions().get::<AltsConnectInfo>();
        if let Some(remote_addr) = info.and_then(AltsConnectInfo::remote_addr) {
            // Where `tonic::Request::remote_addr` looks for it.
            request.extensions_mut().insert(TcpConnectInfo {
                local_addr: None,
                remote_addr: Some(remote_addr),
            });
        }
        match self.layer.judge(request.extensions(), request.uri().path()) {
            Ok(()) => Box::pin(self.inner.call(request)),
            Err(status) => Box::pin(std::future::ready(Ok(status.into_http()))),
        }
    }
}
