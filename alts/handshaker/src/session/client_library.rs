//! Who calls, and for which end of a connection.

use alts::gcp::{HandshakerReq, handshaker_req::ReqOneof};

/// Which library calls, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientLibrary {
    /// grpc-go looks at a `HandshakerStatus` only in the first answer.
    GrpcGo,
    /// C-core, in any language, reads every answer, and drops the words of a failed RPC.
    CCore,
    /// Everybody else reads every answer.
    Other,
}

impl ClientLibrary {
    /// Tells by the `user-agent` header.
    pub fn from_user_agent(user_agent: Option<&str>) -> Self {
        match user_agent {
            Some(agent) if agent.starts_with("grpc-go/") => Self::GrpcGo,
            // Languages put their own name before C-core's.
            Some(agent) if agent.split(' ').any(|part| part.starts_with("grpc-c/")) => Self::CCore,
            _ => Self::Other,
        }
    }
}

/// Which end of the connection a session serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The end that dialled.
    Client,
    /// The end that was dialled.
    Server,
}

impl Side {
    /// For logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }

    /// The side that a first request asks for.
    pub fn of(request: &HandshakerReq) -> Option<Self> {
        match request.req_oneof.as_ref()? {
            ReqOneof::ClientStart(_) => Some(Self::Client),
            ReqOneof::ServerStart(_) => Some(Self::Server),
            ReqOneof::Next(_) => None,
        }
    }
}
