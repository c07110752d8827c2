//! What bounds the connections of a server in time and in number.

use std::time::Duration;

/// What a server puts up with from those who connect. The defaults suit a server that strangers can
/// reach; change what you must, and give it to [`crate::AltsIncoming::with_limits`].
///
/// ```
/// let mut limits = alts::ServerLimits::default();
/// limits.connections = 500;
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServerLimits {
    /// From accepting a connection until the client has said its first words under protection. Default:
    /// 10 s.
    pub opening: Duration,
    /// Without a byte in either direction. Pings of HTTP/2 are bytes: a server that pings its clients
    /// keeps those that answer. One that had calls refused by [`crate::ClientAuthorizationLayer`] and none
    /// let in has as little time as to open. Default: 30 min.
    pub idle: Duration,
    /// For all of a frame to arrive, from its first byte on. Default: 30 s.
    pub frame: Duration,
    /// From the end of accepting until connections are cut, whatever they do; those that do not answer
    /// the server's goodbye are cut when both have been silent for as much time as to open. Default: 30 s.
    pub drain: Duration,
    /// Connections at once. For one more, the oldest that has said nothing yet gives way. A quarter of them
    /// is for such: when those that have spoken are more than the rest, the longest silent of the account
    /// that has most gives way. Default: 4096.
    pub connections: usize,
    /// Connections of one service account at once. For one more, its longest silent gives way. Default:
    /// 1024.
    pub connections_per_account: usize,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            opening: Duration::from_secs(10),
            idle: Duration::from_secs(30 * 60),
            frame: Duration::from_secs(30),
            drain: Duration::from_secs(30),
            connections: 4096,
            connections_per_account: 1024,
        }
    }
}
