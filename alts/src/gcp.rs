//! The public `grpc.gcp` package as generated Rust: what an application and its handshaker say
//! to each other, and the context message that C-core shows to applications.
//!
//! Messages that can carry secrets or peers' bytes print only their sizes.

#![expect(
    missing_docs,
    unused_qualifications,
    clippy::all,
    reason = "generated; the .proto files carry the words"
)]

use std::fmt;

tonic::include_proto!("grpc.gcp");

impl fmt::Debug for HandshakerResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandshakerResult")
            .field("application_protocol", &self.application_protocol)
            .field("record_protocol", &self.record_protocol)
            .field("key_data_len", &self.key_data.len())
            .field("peer_identity", &self.peer_identity)
            .field("local_identity", &self.local_identity)
            .field("peer_rpc_versions", &self.peer_rpc_versions)
            .field("max_frame_size", &self.max_frame_size)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for HandshakerResp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandshakerResp")
            .field("out_frames_len", &self.out_frames.len())
            .field("bytes_consumed", &self.bytes_consumed)
            .field("result", &self.result)
            .field("status", &self.status)
            .finish()
    }
}

impl fmt::Debug for StartClientHandshakeReq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartClientHandshakeReq")
            .field("record_protocols", &self.record_protocols)
            .field("target_identities", &self.target_identities)
            .field("target_name", &self.target_name)
            .field("rpc_versions", &self.rpc_versions)
            .field("max_frame_size", &self.max_frame_size)
            .field("has_access_token", &!self.access_token.is_empty())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for StartServerHandshakeReq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartServerHandshakeReq")
            .field("handshake_parameters", &self.handshake_parameters)
            .field("in_bytes_len", &self.in_bytes.len())
            .field("rpc_versions", &self.rpc_versions)
            .field("max_frame_size", &self.max_frame_size)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for NextHandshakeMessageReq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NextHandshakeMessageReq")
            .field("in_bytes_len", &self.in_bytes.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ServerHandshakeParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerHandshakeParameters")
            .field("record_protocols", &self.record_protocols)
            .field("local_identities", &self.local_identities)
            .field("has_token", &self.token.is_some())
            .finish()
    }
}

impl From<crate::RpcVersions> for RpcProtocolVersions {
    fn from(versions: crate::RpcVersions) -> Self {
        use rpc_protocol_versions::Version;
        let version = |v: crate::Version| Version {
            major: v.major,
            minor: v.minor,
        };
        Self {
            max_rpc_version: Some(version(versions.max)),
            min_rpc_version: Some(version(versions.min)),
        }
    }
}

impl From<&RpcProtocolVersions> for crate::RpcVersions {
    /// An absent bound reads as 0.0, which agrees with nobody.
    fn from(versions: &RpcProtocolVersions) -> Self {
        let version = |v: Option<rpc_protocol_versions::Version>| {
            v.map_or_else(Default::default, |v| crate::Version {
                major: v.major,
                minor: v.minor,
            })
        };
        Self {
            min: version(versions.min_rpc_version),
            max: version(versions.max_rpc_version),
        }
    }
}

impl Identity {
    /// An identity that is a service account.
    #[must_use]
    pub fn service_account(account: &crate::ServiceAccount) -> Self {
        Self {
            identity_oneof: Some(identity::IdentityOneof::ServiceAccount(
                account.as_str().to_owned(),
            )),
            attributes: Default::default(),
        }
    }

    /// The service account's name, unless the identity is a host name or empty.
    #[must_use]
    pub fn account_name(&self) -> Option<&str> {
        match self.identity_oneof.as_ref()? {
            identity::IdentityOneof::ServiceAccount(name) if !name.is_empty() => Some(name),
            _ => None,
        }
    }
}
