//! As much of an HTTP client as identity needs: one GET, bounded in size and time.
//!
//! Plain `http:` reaches the metadata server and a key set beside the authority; `https:` reaches
//! Google's key set, verified against the roots that Mozilla trusts or against those of a file.

use std::{io, sync::Arc, time::Duration};

use http_body_util::{BodyExt, Empty, Limited};
use hyper::{
    Request, StatusCode, Uri,
    body::Bytes,
    client::conn::http1,
    header::{self, HeaderMap},
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

/// The whole exchange: the metadata server is on the same host, a key set is small.
const GET_TIMEOUT: Duration = Duration::from_secs(5);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// Not an address this client can use.
    #[error("{0:?} is no http: or https: address")]
    BadUrl(String),
    /// The connection, or TLS.
    #[error("cannot reach {host}: {source}")]
    Unreachable {
        /// Whom.
        host: String,
        /// What the system says.
        source: io::Error,
    },
    /// It did not speak HTTP, or too much of it.
    #[error("{host} answered badly: {cause}")]
    BadAnswer {
        /// Who.
        host: String,
        /// In what way.
        cause: String,
    },
    /// Another status than 200.
    #[error("{host} answered {status}")]
    Status {
        /// Who.
        host: String,
        /// What.
        status: StatusCode,
    },
    /// It took too long.
    #[error("{0} did not answer within 5 s")]
    TimedOut(String),
}

/// Whom to believe at the other end of `https:`. By default whom Mozilla believes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsRoots(Option<Vec<CertificateDer<'static>>>);

impl TlsRoots {
    /// These certificates alone, as PEM.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn from_pem(text: &str) -> Result<Self, String> {
        let roots = CertificateDer::pem_slice_iter(text.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| format!("its PEM is damaged: {error}"))?;
        if roots.is_empty() {
            return Err("there is no certificate in it; it holds PEM".to_owned());
        }
        let mut store = RootCertStore::empty();
        for root in &roots {
            let added = store.add(root.clone());
            added.map_err(|error| format!("a certificate in it is damaged: {error}"))?;
        }
        Ok(Self(Some(roots)))
    }

    fn store(&self) -> RootCertStore {
        match &self.0 {
            None => RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
            Some(roots) => {
                let mut store = RootCertStore::empty();
                store.add_parsable_certificates(roots.iter().cloned());
                store
            }
        }
    }
}

/// An answer with status 200.
#[derive(Debug)]
pub struct Answer {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// Gets `url`. A body above `max_len` bytes is refused before it is buffered.
pub async fn get(
    url: &str,
    headers: &[(&'static str, &'static str)],
    max_len: usize,
) -> Result<Answer, HttpError> {
    get_believing(&TlsRoots::default(), url, headers, max_len).await
}

/// The same; who answers to `https:` must have a certificate of `roots`.
pub async fn get_believing(
    roots: &TlsRoots,
    url: &str,
    headers: &[(&'static str, &'static str)],
    max_len: usize,
) -> Result<Answer, HttpError> {
    let bad = || HttpError::BadUrl(url.to_owned());
    let uri: Uri = url.parse().map_err(|_| bad())?;
    let host = uri.host().ok_or_else(bad)?.to_owned();
    let whole = async {
        let (tls, default_port) = match uri.scheme_str() {
            Some("http") => (false, 80),
            Some("https") => (true, 443),
            _ => return Err(bad()),
        };
        let unreachable = |source| HttpError::Unreachable {
            host: host.clone(),
            source,
        };
        // Brackets belong to the URL, not to the IPv6 address in it.
        let name = host.trim_matches(['[', ']']);
        let port = uri.port_u16().unwrap_or(default_port);
        let tcp = TcpStream::connect((name, port))
            .await
            .map_err(unreachable)?;
        if tls {
            let io = over_tls(roots, name, tcp).await.map_err(unreachable)?;
            exchange(io, &uri, headers, max_len).await
        } else {
            exchange(tcp, &uri, headers, max_len).await
        }
    };
    timeout(GET_TIMEOUT, whole)
        .await
        .map_err(|_| HttpError::TimedOut(host.clone()))?
}

/// The same over a connection that is there already.
pub async fn get_over(
    io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    url: &str,
    headers: &[(&'static str, &'static str)],
    max_len: usize,
) -> Result<Answer, HttpError> {
    let uri: Uri = url.parse().map_err(|_| HttpError::BadUrl(url.to_owned()))?;
    timeout(GET_TIMEOUT, exchange(io, &uri, headers, max_len))
        .await
        .map_err(|_| HttpError::TimedOut(url.to_owned()))?
}

async fn over_tls(
    roots: &TlsRoots,
    name: &str,
    tcp: TcpStream,
) -> io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots.store())
        .with_no_client_auth();
    let server = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
    TlsConnector::from(Arc::new(config))
        .connect(server, tcp)
        .await
}

async fn exchange(
    io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    uri: &Uri,
    headers: &[(&'static str, &'static str)],
    max_len: usize,
) -> Result<Answer, HttpError> {
    let host = uri.host().unwrap_or_default().to_owned();
    let bad = |cause: String| HttpError::BadAnswer {
        host: host.clone(),
        cause,
    };
    let (mut sender, connection) = http1::handshake(TokioIo::new(io))
        .await
        .map_err(|error| bad(error.to_string()))?;
    // Ends with the exchange: the sender is dropped, and with it the connection.
    tokio::spawn(connection);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = uri.authority().map_or(host.as_str(), |a| a.as_str());
    let mut request = Request::get(path).header(header::HOST, authority);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request
        .body(Empty::<Bytes>::new())
        .map_err(|error| bad(error.to_string()))?;
    let response = sender
        .send_request(request)
        .await
        .map_err(|error| bad(error.to_string()))?;
    let (parts, body) = response.into_parts();
    if parts.status != StatusCode::OK {
        return Err(HttpError::Status {
            host,
            status: parts.status,
        });
    }
    let body = Limited::new(body, max_len)
        .collect()
        .await
        .map_err(|error| bad(error.to_string()))?;
    Ok(Answer {
        headers: parts.headers,
        body: body.to_bytes(),
    })
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
