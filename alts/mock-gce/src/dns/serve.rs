//! The name server on a machine's link.

use std::sync::Arc;

use tokio::net::UdpSocket;

use super::Zone;

/// The longest datagram that resolvers send; what is longer is cut, and then is no query.
const MAX_QUERY_LEN: usize = 1232;

/// Answers until it is dropped.
pub async fn serve(socket: UdpSocket, zone: Arc<Zone>) {
    let mut query = [0; MAX_QUERY_LEN];
    loop {
        // An error is of an earlier answer that nobody waited for.
        let Ok((len, asker)) = socket.recv_from(&mut query).await else {
            continue;
        };
        if let Some(answer) = zone.answer(&query[..len]) {
            // Resolvers ask again.
            let _ = socket.send_to(&answer, asker).await;
        }
    }
}
