//! Connections that are open to each machine's handshaker, from the metrics of the process that
//! runs them.

use std::{collections::BTreeMap, time::Duration};

use axum::http::{Request, header};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpStream, UnixStream};

/// The largest text that is read.
const MAX_BYTES: usize = 4 * 1024 * 1024;
const TIMEOUT: Duration = Duration::from_secs(2);
const GAUGE: &str = "alts_connections{machine=\"";

/// Open connections by machine; none when nobody says.
pub(super) async fn connections(admin: &str) -> Option<BTreeMap<String, u64>> {
    let text = tokio::time::timeout(TIMEOUT, async {
        match admin.strip_prefix("unix:") {
            Some(path) => get(UnixStream::connect(path).await.ok()?).await,
            None => get(TcpStream::connect(admin).await.ok()?).await,
        }
    });
    Some(parse(&text.await.ok()??))
}

async fn get<S>(stream: S) -> Option<String>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    let driven = tokio::spawn(connection);
    let request = Request::get("/metrics").header(header::HOST, "localhost");
    let response = sender
        .send_request(request.body(Empty::<Bytes>::new()).ok()?)
        .await
        .ok()?;
    let body = Limited::new(response.into_body(), MAX_BYTES)
        .collect()
        .await
        .ok()?;
    driven.abort();
    String::from_utf8(body.to_bytes().to_vec()).ok()
}

/// The gauge's lines of Prometheus' text format.
fn parse(text: &str) -> BTreeMap<String, u64> {
    text.lines()
        .filter_map(|line| line.strip_prefix(GAUGE))
        .filter_map(|rest| rest.split_once("\"}"))
        .filter_map(|(machine, value)| Some((machine.to_owned(), value.trim().parse().ok()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_gauge_of_connections_is_read() {
        let text = "# TYPE alts_connections gauge\nalts_connections{machine=\"a-vm\"} 3\n\
                    alts_connections_closed_total{machine=\"a-vm\",reason=\"idle\"} 7\n\
                    alts_connections{machine=\"b-vm\"} 0\n";
        let expected = [("a-vm".to_owned(), 3), ("b-vm".to_owned(), 0)];
        assert_eq!(parse(text), BTreeMap::from(expected));
    }
}
