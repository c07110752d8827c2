//! tonic over TLS 1.3 by rustls, with suite and key exchange pinned to what ALTS uses.
//!
//! tonic's own TLS leaves the suite to rustls, which prefers AES-256: so it is plugged in here
//! the way ALTS is, through a connector and an incoming stream. Both ends show certificates, as
//! both ends of ALTS do, and sessions are resumed only where they are with ALTS.

use std::{
    fmt, io,
    pin::Pin,
    sync::Arc,
    task::{Context as TaskContext, Poll},
};

use anyhow::{Context, Result};
use hyper_util::rt::TokioIo;
use rcgen::{CertificateParams, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::{
    TlsAcceptor, TlsConnector,
    rustls::{
        self, CipherSuite, ClientConfig, NamedGroup, RootCertStore, ServerConfig,
        client::Resumption,
        crypto::CryptoProvider,
        pki_types::{CertificateDer, PrivateKeyDer, ServerName},
        server::WebPkiClientVerifier,
    },
    server::TlsStream,
};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{codegen::http::Uri, transport::server::Connected};
use tower::util::BoxCloneSyncService;

use super::{Handshakes, Serving};

/// HTTP/2's name in ALPN.
const ALPN_H2: &[u8] = b"h2";
/// The name in the server's certificate.
const SERVER_NAME: &str = "server.bench";
/// Connections that may be ready and not yet taken by the server.
const READY_CONNECTIONS: usize = 64;

/// Whose cryptography rustls uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Provider {
    /// `aws-lc-rs`, rustls' default.
    AwsLc,
    /// `ring`.
    Ring,
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AwsLc => "aws-lc",
            Self::Ring => "ring",
        })
    }
}

impl Provider {
    /// Leaves `TLS13_AES_128_GCM_SHA256` and X25519 and nothing else.
    fn pinned(self) -> Arc<CryptoProvider> {
        let mut provider = match self {
            Self::AwsLc => rustls::crypto::aws_lc_rs::default_provider(),
            Self::Ring => rustls::crypto::ring::default_provider(),
        };
        provider
            .cipher_suites
            .retain(|suite| suite.suite() == CipherSuite::TLS13_AES_128_GCM_SHA256);
        provider
            .kx_groups
            .retain(|group| group.name() == NamedGroup::X25519);
        Arc::new(provider)
    }
}

/// Certificates of an authority, a server and a client, all P-256.
#[derive(Debug)]
pub(crate) struct Identities {
    roots: Arc<RootCertStore>,
    server: Identity,
    client: Identity,
}

#[derive(Debug)]
struct Identity {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Identities {
    /// Makes all of them anew.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub(crate) fn generate() -> Result<Self> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = CertificateParams::new(["authority.bench".to_owned()])?;
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let mut roots = RootCertStore::empty();
        roots.add(params.self_signed(&key)?.der().clone())?;
        let authority = Issuer::new(params, key);
        Ok(Self {
            roots: Arc::new(roots),
            server: Identity::issue(&authority, SERVER_NAME)?,
            client: Identity::issue(&authority, "client.bench")?,
        })
    }

    /// What accepts connections.
    ///
    /// # Errors
    /// When rustls does not take the configuration.
    pub(crate) fn server(&self, provider: Provider, handshakes: Handshakes) -> Result<TlsAcceptor> {
        let crypto = provider.pinned();
        let verifier = WebPkiClientVerifier::builder_with_provider(
            Arc::clone(&self.roots),
            Arc::clone(&crypto),
        )
        .build()?;
        let mut config = ServerConfig::builder_with_provider(crypto)
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_client_cert_verifier(verifier)
            .with_single_cert(
                vec![self.server.certificate.clone()],
                self.server.key.clone_key(),
            )?;
        config.alpn_protocols = vec![ALPN_H2.to_vec()];
        if handshakes == Handshakes::Full {
            config.send_tls13_tickets = 0;
        }
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// What opens connections.
    ///
    /// # Errors
    /// When rustls does not take the configuration.
    pub(crate) fn client(&self, provider: Provider, handshakes: Handshakes) -> Result<Dialler> {
        let mut config = ClientConfig::builder_with_provider(provider.pinned())
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_root_certificates(Arc::clone(&self.roots))
            .with_client_auth_cert(
                vec![self.client.certificate.clone()],
                self.client.key.clone_key(),
            )?;
        config.alpn_protocols = vec![ALPN_H2.to_vec()];
        if handshakes == Handshakes::Full {
            config.resumption = Resumption::disabled();
        }
        Ok(Dialler(Arc::new(config)))
    }
}

impl Identity {
    fn issue(authority: &Issuer<'_, KeyPair>, name: &str) -> Result<Self> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let certificate = CertificateParams::new([name.to_owned()])?.signed_by(&key, authority)?;
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(anyhow::Error::msg)?;
        Ok(Self {
            certificate: certificate.der().clone(),
            key,
        })
    }
}

/// Opens TLS connections.
#[derive(Debug, Clone)]
pub(crate) struct Dialler(Arc<ClientConfig>);

type Connector =
    BoxCloneSyncService<Uri, TokioIo<tokio_rustls::client::TlsStream<TcpStream>>, tower::BoxError>;

impl Dialler {
    /// What tonic's `Endpoint` takes.
    pub(crate) fn connector(&self) -> Connector {
        let config = Arc::clone(&self.0);
        Connector::new(tower::service_fn(move |uri: Uri| {
            let config = Arc::clone(&config);
            async move { Ok(TokioIo::new(dial(config, &uri).await?)) }
        }))
    }
}

async fn dial(
    config: Arc<ClientConfig>,
    uri: &Uri,
) -> Result<tokio_rustls::client::TlsStream<TcpStream>> {
    let address = uri.authority().context("an address to dial")?.as_str();
    let socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let name = ServerName::try_from(SERVER_NAME)?;
    Ok(TlsConnector::from(config).connect(name, socket).await?)
}

/// Serves until the task is dropped. Handshakes run beside accepting, as in tonic's own TLS.
pub(crate) async fn serve(
    router: Serving,
    listener: TcpListener,
    acceptor: TlsAcceptor,
) -> Result<()> {
    let (ready, incoming) = mpsc::channel(READY_CONNECTIONS);
    let accepting = async move {
        loop {
            let (socket, _) = listener.accept().await?;
            socket.set_nodelay(true)?;
            let (acceptor, ready) = (acceptor.clone(), ready.clone());
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(socket).await {
                    // The server is gone: so is the need for this connection.
                    drop(ready.send(Ok::<_, io::Error>(Secured(stream))).await);
                }
            });
        }
    };
    tokio::select! {
        served = router.serve_with_incoming(ReceiverStream::new(incoming)) => Ok(served?),
        failed = accepting => failed,
    }
}

/// A server's TLS stream in a shape that tonic takes; everything is passed on.
#[derive(Debug)]
struct Secured(TlsStream<TcpStream>);

impl Connected for Secured {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Secured {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Secured {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio_rustls::rustls::HandshakeKind;

    use super::*;
    use crate::{
        contender::{Arena, Connect, Security, Setup},
        worker::Worker,
    };

    #[tokio::test]
    async fn suite_and_kind_of_handshake_are_what_is_claimed() {
        let servers = Worker::start("servers", None).unwrap();
        let handshakers = Worker::start("handshakers", None).unwrap();
        let arena = Arena::new(servers, handshakers).await.unwrap();
        for provider in [Provider::AwsLc, Provider::Ring] {
            let setup = Setup::of(Security::Tls(provider));
            for (setup, expected) in [
                (setup, HandshakeKind::Full),
                (setup.resuming(), HandshakeKind::Resumed),
            ] {
                let contender = arena.contender(setup).await.unwrap();
                contender.connected().await.unwrap();
                let Connect::Tls(dialler) = &contender.connect else {
                    panic!("not TLS")
                };
                let uri = format!("http://{}", contender.address()).parse().unwrap();
                let stream = dial(Arc::clone(&dialler.0), &uri).await.unwrap();
                let (_, session) = stream.get_ref();
                assert_eq!(session.handshake_kind(), Some(expected), "{setup:?}");
                let suite = session.negotiated_cipher_suite().unwrap().suite();
                assert_eq!(suite, CipherSuite::TLS13_AES_128_GCM_SHA256);
                assert_eq!(session.alpn_protocol(), Some(ALPN_H2));
            }
        }
    }
}
