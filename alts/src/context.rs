//! What both ends of a connection have proven to each other: the `AltsContext`.
//!
//! It exists only as the outcome of a finished handshake, travels with the connection, and is in
//! the extensions of every request (server) and every response (client) that the connection
//! carries. Its fields are those of `grpc.gcp.AltsContext`.

use std::{collections::BTreeMap, sync::Arc, time::SystemTime};

use crate::{RpcVersions, ServiceAccount, gcp};

/// The verified facts about one connection. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AltsContext(Arc<Facts>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) application_protocol: String,
    pub(crate) record_protocol: String,
    pub(crate) peer_service_account: ServiceAccount,
    pub(crate) local_service_account: Option<ServiceAccount>,
    pub(crate) peer_rpc_versions: RpcVersions,
    pub(crate) peer_attributes: BTreeMap<String, String>,
    pub(crate) established_at: SystemTime,
}

impl AltsContext {
    pub(crate) fn new(facts: Facts) -> Self {
        Self(Arc::new(facts))
    }

    /// A context that nobody proved, which says who the peer is and nothing else: for benchmarks of the
    /// record layer, and for tests.
    #[cfg(any(test, feature = "bench"))]
    #[must_use]
    pub fn dangerous_unproven(peer: ServiceAccount) -> Self {
        Self::new(Facts {
            application_protocol: "grpc".to_owned(),
            record_protocol: crate::record::RECORD_PROTOCOL.to_owned(),
            peer_service_account: peer,
            local_service_account: None,
            peer_rpc_versions: RpcVersions::OURS,
            peer_attributes: BTreeMap::new(),
            established_at: SystemTime::UNIX_EPOCH,
        })
    }

    /// What is spoken inside: `grpc`.
    #[must_use]
    pub fn application_protocol(&self) -> &str {
        &self.0.application_protocol
    }

    /// How it is protected: `ALTSRP_GCM_AES128_REKEY`.
    #[must_use]
    pub fn record_protocol(&self) -> &str {
        &self.0.record_protocol
    }

    /// What that protection gives: nobody on the way can read or alter the data.
    #[must_use]
    pub fn security_level(&self) -> gcp::SecurityLevel {
        gcp::SecurityLevel::IntegrityAndPrivacy
    }

    /// Who the other end has proven to be.
    #[must_use]
    pub fn peer_service_account(&self) -> &ServiceAccount {
        &self.0.peer_service_account
    }

    /// Who our own handshaker says that we are; some handshakers do not say.
    #[must_use]
    pub fn local_service_account(&self) -> Option<&ServiceAccount> {
        self.0.local_service_account.as_ref()
    }

    /// The RPC protocol versions the other end speaks.
    #[must_use]
    pub fn peer_rpc_versions(&self) -> RpcVersions {
        self.0.peer_rpc_versions
    }

    /// Extra facts about the peer that the handshaker vouches for.
    #[must_use]
    pub fn peer_attributes(&self) -> &BTreeMap<String, String> {
        &self.0.peer_attributes
    }

    /// Whether two connections proved the same parties, protocols and versions. When they did it
    /// and what attributes say of the handshake (whether it was resumed) may differ.
    pub(crate) fn proves_the_same_as(&self, other: &Self) -> bool {
        *self.0
            == Facts {
                established_at: self.established_at(),
                peer_attributes: self.peer_attributes().clone(),
                ..Facts::clone(&other.0)
            }
    }

    /// The same, but of the attributes only those that another connection has too.
    pub(crate) fn with_attributes_of_both(&self, other: &Self) -> Self {
        let mut facts = Facts::clone(&self.0);
        facts
            .peer_attributes
            .retain(|name, value| other.peer_attributes().get(name) == Some(value));
        Self::new(facts)
    }

    #[cfg(test)]
    pub(crate) fn with_attributes(&self, peer_attributes: BTreeMap<String, String>) -> Self {
        Self::new(Facts {
            peer_attributes,
            ..Facts::clone(&self.0)
        })
    }

    /// When the handshake finished, by this machine's clock.
    #[must_use]
    pub fn established_at(&self) -> SystemTime {
        self.0.established_at
    }
}

impl From<&AltsContext> for gcp::AltsContext {
    fn from(context: &AltsContext) -> Self {
        Self {
            application_protocol: context.application_protocol().to_owned(),
            record_protocol: context.record_protocol().to_owned(),
            security_level: context.security_level().into(),
            peer_service_account: context.peer_service_account().to_string(),
            local_service_account: context
                .local_service_account()
                .map(ToString::to_string)
                .unwrap_or_default(),
            peer_rpc_versions: Some(context.peer_rpc_versions().into()),
            peer_attributes: context.peer_attributes().clone().into_iter().collect(),
        }
    }
}
