//! Nothing in between: tonic on TCP, as it comes.

use anyhow::Result;
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;

use super::Serving;

/// Serves until the task is dropped.
pub(crate) async fn serve(router: Serving, listener: TcpListener) -> Result<()> {
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    Ok(router.serve_with_incoming(incoming).await?)
}
