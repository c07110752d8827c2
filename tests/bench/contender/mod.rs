//! The contenders: the same service over the same TCP, with different things in between.
//!
//! | file | for |
//! |---|---|
//! | `plain.rs` | nothing in between: what tonic itself costs |
//! | `tls.rs` | TLS 1.3 by rustls, on two cryptography providers |
//! | `alts.rs` | ALTS as an application uses it, with a handshaker for each end |

mod alts;
mod plain;
mod tls;

use std::{fmt, net::SocketAddr};

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tonic::{
    Status,
    body::Body,
    codegen::http,
    transport::{Endpoint, Server, server::Router},
};
use tower::ServiceExt;

pub(crate) use self::{alts::AltsSite, tls::Provider};
use crate::{
    load::{self, Channel, Client},
    worker::Worker,
};

/// What protects the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Security {
    /// Nothing.
    Plain,
    /// TLS 1.3, `TLS13_AES_128_GCM_SHA256`, mutual P-256 certificates, by rustls on this provider.
    Tls(Provider),
    /// ALTS on the back end that this program is built with.
    Alts,
}

impl fmt::Display for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain => f.write_str("plaintext"),
            Self::Tls(provider) => write!(f, "rustls/{provider}"),
            Self::Alts => f.write_str("ALTS"),
        }
    }
}

/// The size of HTTP/2 frames, set on both sides because the receiver decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Http2Frames {
    /// Whatever hyper does: 16 KiB.
    Default,
    /// As many bytes as fit into one 128 KiB ALTS frame with its overhead and HTTP/2's header.
    Large,
}

/// 128 KiB less an ALTS frame's 24 bytes and an HTTP/2 frame header's 9.
const LARGE_FRAME_LEN: u32 = 128 * 1024 - 24 - 9;

impl Http2Frames {
    fn max_frame_size(self) -> Option<u32> {
        match self {
            Self::Default => None,
            Self::Large => Some(LARGE_FRAME_LEN),
        }
    }
}

impl fmt::Display for Http2Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default h2",
            Self::Large => "128 KiB h2",
        })
    }
}

/// Where servers run and what they need: made once, used by every group.
#[derive(Debug)]
pub(crate) struct Arena {
    servers: Worker,
    identities: tls::Identities,
    alts: AltsSite,
}

impl Arena {
    /// Makes certificates and starts handshakers; servers will run on `servers`.
    ///
    /// # Errors
    /// When one of them cannot be made.
    pub(crate) async fn new(servers: Worker, handshakers: Worker) -> Result<Self> {
        Ok(Self {
            servers,
            identities: tls::Identities::generate()?,
            alts: AltsSite::start(handshakers).await?,
        })
    }

    /// Starts a server and tells how to reach it.
    ///
    /// # Errors
    /// When it cannot listen.
    pub(crate) async fn contender(
        &self,
        security: Security,
        frames: Http2Frames,
    ) -> Result<Contender> {
        let listener = self.servers.run(TcpListener::bind("127.0.0.1:0")).await??;
        let address = listener.local_addr()?;
        let router = Server::builder()
            .max_frame_size(frames.max_frame_size())
            .add_service(load::service());
        let connect = match security {
            Security::Plain => {
                self.serve(plain::serve(router, listener));
                Connect::Plain
            }
            Security::Tls(provider) => {
                self.serve(tls::serve(
                    router,
                    listener,
                    self.identities.server(provider)?,
                ));
                Connect::Tls(self.identities.client(provider)?)
            }
            Security::Alts => {
                self.serve(self.alts.serve(router, listener));
                Connect::Alts(self.alts.clone())
            }
        };
        let endpoint = Endpoint::from_shared(format!("http://{address}"))?
            .max_frame_size(frames.max_frame_size());
        Ok(Contender {
            security,
            frames,
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
    /// What is in between.
    pub(crate) security: Security,
    /// How large its HTTP/2 frames are.
    pub(crate) frames: Http2Frames,
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
            .with_context(|| format!("the first call over {}", self.security))?;
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
            for frames in [Http2Frames::Default, Http2Frames::Large] {
                let client = arena
                    .contender(security, frames)
                    .await
                    .unwrap()
                    .connected()
                    .await;
                let client = client.unwrap();
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
        let tls = arena
            .contender(Security::Tls(Provider::Ring), Http2Frames::Default)
            .await
            .unwrap();
        let alts = arena
            .contender(Security::Alts, Http2Frames::Default)
            .await
            .unwrap();
        for (mut wrong, how) in [(tls, Connect::Plain), (alts, Connect::Plain)] {
            wrong.connect = how;
            let error = wrong.connected().await.unwrap_err();
            assert!(
                format!("{error:#}").contains("the first call over"),
                "{error:#}"
            );
        }
    }
}
