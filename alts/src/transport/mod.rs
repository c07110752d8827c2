//! ALTS in tonic, through its public seams only: a connector for `Endpoint`, an incoming stream
//! for `serve_with_incoming`, connect info in every request, and a tower layer.
//!
//! | file | for |
//! |---|---|
//! | `connector.rs` | dials, shakes hands, and waits before it tries a failing address again |
//! | `opening.rs` | begins HTTP/2 as a client, and waits until the server has accepted it |
//! | `channel.rs` | a client's channel: right status codes, the verified peer in every response |
//! | `established.rs` | which peer a response may claim, which cause a failure |
//! | `failure.rs` | what a caller is told when the connection breaks |
//! | `deadline.rs` | a call's deadline, so that it covers connecting |
//! | `incoming.rs` | accepts beside handshakes, so that a slow peer delays nobody |
//! | `connect_info.rs` | the verified peer in every request |
//! | `authorization.rs` | refuses callers before the handler runs |

mod authorization;
mod backoff;
mod channel;
mod connect_info;
mod connector;
mod deadline;
mod established;
mod failure;
mod incoming;
mod opening;
#[cfg(test)]
mod tests;

pub use authorization::{
    AuthorizationEvent, ClientAuthorization, ClientAuthorizationLayer, client_authorization_check,
};
pub use channel::{AltsChannel, AltsChannelBuilder};
pub use connect_info::{AltsConnectInfo, peer};
pub use connector::AltsConnector;
pub use incoming::AltsIncoming;
pub use opening::OpenedStream;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

/// Idle time after which the kernel asks whether the peer still exists.
const KEEPALIVE_IDLE: std::time::Duration = std::time::Duration::from_secs(60);

/// tonic applies its TCP settings only to sockets of its own making, so ours are set here.
fn tune(socket: &TcpStream) {
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE_IDLE);
    let tuned = socket
        .set_nodelay(true)
        .and_then(|()| SockRef::from(socket).set_tcp_keepalive(&keepalive));
    if let Err(error) = tuned {
        tracing::debug!(%error, "TCP options not set");
    }
}
