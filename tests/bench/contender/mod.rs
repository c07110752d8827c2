//! The contenders: the same service over the same TCP, with different things in between.
//!
//! | file | for |
//! |---|---|
//! | `setup.rs` | which contenders there are |
//! | `plain.rs` | nothing in between: what tonic itself costs |
//! | `tls.rs` | TLS 1.3 by rustls, on two cryptography providers |
//! | `alts.rs` | ALTS as an application uses it, with a handshaker for each end |

mod alts;
mod plain;
mod setup;
mod tls;

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tonic::{
    Status,
    body::Body,
    codegen::http,
    transport::{Endpoint, Server, server::Router},
};
use tower::ServiceExt;

pub(crate) use self::{
    alts::AltsSite,
    setup::{Handshakes, Http2Frames, Security, Setup},
    tls::Provider,
};
use crate::{
    load::{self, Channel, Client},
    worker::Worker,
};

/// Where servers run and what they need: made once, used by every group.
#[derive(Debug)]
pub(crate) struct Arena {
    servers: Worker,
    identities: tls::Identities,
    alts: AltsSite,
    resuming_alts: AltsSite,
}

impl Arena {
    /// Makes certificates and starts handshakers; servers will run on `servers`.
    ///
    /// # Errors
    /// When one of them cannot be made.
    pub(crate) async fn new(servers: Worker, handshakers: Worker) -> Result<Self> {
        let handshakers = Arc::new(handshakers);
        Ok(Self {
            servers,
            identities: tls::Identities::generate()?,
            alts: AltsSite::start(&handshakers, Handshakes::Full).await?,
            resuming_alts: AltsSite::start(&handshakers, Handshakes::Resumed).await?,
        })
    }

    /// Starts a server and tells how to reach it.
    ///
    /// # Errors
    /// When it cannot listen.
    pub(crate) async fn contender(&self, setup: Setup) -> Result<Contender> {
        let listener = self.servers.run(TcpListener::bind("127.0.0.1:0")).await??;
        let address = listener.local_addr()?;
        let router = Server::builder()
            .max_frame_size(setup.frames.max_frame_size())
            .add_service(load::service());
        let connect = match setup.security {
            Security::Plain => {
                self.serve(plain::serve(router, listener));
                Connect::Plain
            }
            Security::Tls(provider) => {
                let acceptor = self.identities.server(provider, setup.handshakes)?;
                self.serve(tls::serve(router, listener, acceptor));
                Connect::Tls(self.identities.client(provider, setup.handshakes)?)
            }
            Security::Alts => {
                let site = match setup.handshakes {
                    Handshakes::Full => &self.alts,
                    Handshakes::Resumed => &self.resuming_alts,
                };
                self.serve(site.serve(router, listener));
                Connect::Alts(site.clone())
            }
        };
        let endpoint = Endpoint::from_shared(format!("http://{address}"))?
            .max_frame_size(setup.frames.max_frame_size());
        Ok(Contender {
            setup,
            address,
            endpoint,
            connect,
        })
    }

    fn serve(&self, serving: impl Future<Output = Result<()>> + Send + 'static) {
        self.servers.spawn(async {
            if let Err(error) = serving.await {
                // Its callers fail too, and with them the run; this says why.
                eprintln!("bench: a server ended: {error:#}");
            }
        });
    }
}

/// One server and the way to it.
#[derive(Debug)]
pub(crate) struct Contender {
    /// What makes it different.
    pub(crate) setup: Setup,
    address: SocketAddr,
    endpoint: Endpoint,
    connect: Connect,
}

#[derive(Debug)]
enum Connect {
    Plain,
    Tls(tls::Dialler),
    Alts(AltsSite),
}

impl Contender {
    /// Where its server listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// A new channel, which connects and shakes hands at its first call.
    pub(crate) fn client(&self) -> Client {
        let endpoint = self.endpoint.clone();
        let channel = match &self.connect {
            Connect::Plain => boxed(endpoint.connect_lazy()),
            Connect::Tls(dialler) => {
                boxed(endpoint.connect_with_connector_lazy(dialler.connector()))
            }
            Connect::Alts(site) => boxed(site.channel(endpoint)),
        };
        Client::new(channel)
    }

    /// A channel that has made its first call.
    ///
    /// # Errors
    /// When the contender cannot be reached.
    pub(crate) async fn connected(&self) -> Result<Client> {
        let client = self.client();
        load::echo(client.clone(), bytes::Bytes::from_static(b"first"))
            .await
            .with_context(|| format!("the first call over {}", self.setup.security))?;
        Ok(client)
    }
}

fn boxed<S>(service: S) -> Channel
where
    S: tower::Service<http::Request<Body>, Response = Response> + Clone + Send + Sync + 'static,
    S::Future: Send,
    S::Error: Into<tower::BoxError>,
{
    Channel::new(service.map_err(|error| Status::from_error(error.into())))
}

type Response = http::Response<Body>;
/// A server that lacks only its connections.
type Serving = Router;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{Direction, Transfer};

    async fn arena() -> Arena {
        let servers = Worker::start("servers", None).unwrap();
        let handshakers = Worker::start("handshakers", None).unwrap();
        Arena::new(servers, handshakers).await.unwrap()
    }

    #[tokio::test]
    async fn every_contender_moves_the_same_bytes_both_ways() {
        let arena = arena().await;
        for security in [
            Security::Plain,
            Security::Tls(Provider::AwsLc),
            Security::Tls(Provider::Ring),
            Security::Alts,
        ] {
            let setup = Setup::of(security);
            for setup in [setup, setup.frames(Http2Frames::Large), setup.resuming()] {
                let contender = arena.contender(setup).await.unwrap();
                let client = contender.connected().await.unwrap();
                for direction in [Direction::Up, Direction::Down] {
                    let transfer = Transfer {
                        direction,
                        message_len: 300_000,
                        messages: 5,
                    };
                    transfer.run(&client).await.unwrap();
                }
            }
        }
    }

    #[tokio::test]
    async fn a_contender_is_as_secure_as_it_says() {
        let arena = arena().await;
        for security in [Security::Tls(Provider::Ring), Security::Alts] {
            let mut contender = arena.contender(Setup::of(security)).await.unwrap();
            contender.connect = Connect::Plain;
            let error = contender.connected().await.unwrap_err();
            assert!(
                format!("{error:#}").contains("the first call over"),
                "{error:#}"
            );
        }
    }
}
