//! ALTS for tonic: workloads prove who they are and encrypt what they say, without certificates.
#![cfg_attr(feature = "tonic", doc = "")]
#![cfg_attr(feature = "tonic", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "tonic"),
    doc = "\nThis build is without I/O; the feature `tonic` adds everything but the record protocol."
)]
#![forbid(unsafe_code)]

#[cfg(feature = "tonic")]
mod connections;
#[cfg(feature = "tonic")]
mod context;
#[cfg(feature = "tonic")]
mod error;
#[cfg(feature = "tonic")]
pub mod gcp;
#[cfg(feature = "tonic")]
mod handshaker;
mod identity;
#[cfg(feature = "tonic")]
mod limits;
#[cfg(feature = "tonic")]
mod log_sampler;
pub mod record;
#[cfg(feature = "tonic")]
mod status;
#[cfg(feature = "tonic")]
mod stream;
#[cfg(feature = "tonic")]
mod transport;

#[cfg(feature = "tonic")]
pub use connections::ServerConnections;
#[cfg(feature = "tonic")]
pub use context::{AltsContext, SecurityLevel};
#[cfg(feature = "tonic")]
pub use error::{Error, Misbehaviour};
#[cfg(feature = "clap")]
pub use handshaker::HandshakerArgs;
#[cfg(feature = "tonic")]
pub use handshaker::{DEFAULT_HANDSHAKER_ADDRESS, Handshaker, HandshakerBuilder, Target};
pub use identity::{InvalidServiceAccount, RpcVersions, ServiceAccount, Version};
#[cfg(feature = "tonic")]
pub use limits::ServerLimits;
#[cfg(feature = "tonic")]
pub use log_sampler::LogSampler;
#[cfg(feature = "tonic")]
pub use stream::AltsStream;
#[cfg(feature = "tonic")]
pub use transport::{
    AltsChannel, AltsChannelBuilder, AltsConnectInfo, AltsConnector, AltsIncoming,
    AuthorizationEvent, ClientAuthorization, ClientAuthorizationLayer, OpenedStream,
    client_authorization_check, peer,
};
