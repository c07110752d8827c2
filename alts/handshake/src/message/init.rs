//! The two Init messages: what the client offers and what the server chooses.

use alts::{RpcVersions, Version};
use x25519_dalek::PublicKey;

use super::read::{array, check_certificate, decode, parse_ticket};
use crate::{
    error::{HandshakeError, Incompatible},
    frame::{Frame, FrameType, InvalidMessage},
    wire,
};

/// Of the handshake. Version 1 had what `handshake.proto` lists.
const VERSION: u32 = 2;

/// Most protocols one side may list. Every known library lists one.
pub const MAX_LIST_ENTRIES: usize = 16;

/// Longest name of a protocol, in bytes. The longest known one has 23.
pub const MAX_PROTOCOL_LEN: usize = 64;

/// Longest name a client may say it dialled, in bytes: a DNS name has at most 255, a path may be
/// longer.
pub const MAX_TARGET_NAME_LEN: usize = 4096;

/// What the client says first.
#[derive(Clone)]
pub(crate) struct ClientInit {
    pub(crate) random: [u8; 32],
    pub(crate) certificate: Vec<u8>,
    pub(crate) record_protocols: Vec<String>,
    pub(crate) application_protocols: Vec<String>,
    pub(crate) ephemeral: PublicKey,
    pub(crate) rpc_versions: Option<RpcVersions>,
    pub(crate) max_frame_size: u32,
    pub(crate) target_name: Option<String>,
    pub(crate) ticket: Option<Vec<u8>>,
    pub(crate) keeps_tickets: bool,
}

impl ClientInit {
    pub(crate) fn to_frame(&self) -> Frame {
        let message = wire::ClientInit {
            version: VERSION,
            random: self.random.to_vec(),
            certificate: self.certificate.clone(),
            record_protocols: self.record_protocols.clone(),
            application_protocols: self.application_protocols.clone(),
            ephemeral: self.ephemeral.as_bytes().to_vec(),
            rpc_versions: self.rpc_versions.map(versions_to_wire),
            max_frame_size: self.max_frame_size,
            target_name: self.target_name.clone().unwrap_or_default(),
            ticket: self.ticket.clone().unwrap_or_default(),
            keeps_tickets: self.keeps_tickets,
        };
        Frame::encode(FrameType::ClientInit, &message)
    }

    pub(crate) fn parse(frame: &Frame) -> Result<Self, HandshakeError> {
        let message: wire::ClientInit = decode(frame)?;
        check_version(message.version)?;
        check_names("record_protocols", &message.record_protocols)?;
        check_names("application_protocols", &message.application_protocols)?;
        check_certificate(&message.certificate)?;
        if message.target_name.len() > MAX_TARGET_NAME_LEN {
            return Err(InvalidMessage::BadField("target_name").into());
        }
        Ok(Self {
            random: array(&message.random, "random")?,
            certificate: message.certificate,
            record_protocols: message.record_protocols,
            application_protocols: message.application_protocols,
            ephemeral: PublicKey::from(array(&message.ephemeral, "ephemeral")?),
            rpc_versions: message.rpc_versions.map(versions_from_wire),
            max_frame_size: message.max_frame_size,
            target_name: Some(message.target_name).filter(|name| !name.is_empty()),
            ticket: parse_ticket(message.ticket)?,
            keeps_tickets: message.keeps_tickets,
        })
    }
}

/// What the server answers.
#[derive(Clone)]
pub(crate) struct ServerInit {
    pub(crate) random: [u8; 32],
    /// `None`: the session is resumed from the ticket that the client presented.
    pub(crate) certificate: Option<Vec<u8>>,
    pub(crate) record_protocol: String,
    pub(crate) application_protocol: String,
    pub(crate) ephemeral: PublicKey,
    pub(crate) rpc_versions: Option<RpcVersions>,
    pub(crate) max_frame_size: u32,
}

impl ServerInit {
    pub(crate) fn to_frame(&self) -> Frame {
        let message = wire::ServerInit {
            version: VERSION,
            random: self.random.to_vec(),
            certificate: self.certificate.clone().unwrap_or_default(),
            record_protocol: self.record_protocol.clone(),
            application_protocol: self.application_protocol.clone(),
            ephemeral: self.ephemeral.as_bytes().to_vec(),
            rpc_versions: self.rpc_versions.map(versions_to_wire),
            max_frame_size: self.max_frame_size,
        };
        Frame::encode(FrameType::ServerInit, &message)
    }

    /// Whether its choices were offered is for the client to check.
    pub(crate) fn parse(frame: &Frame) -> Result<Self, HandshakeError> {
        let message: wire::ServerInit = decode(frame)?;
        check_version(message.version)?;
        let certificate = Some(message.certificate).filter(|bytes| !bytes.is_empty());
        if let Some(certificate) = &certificate {
            check_certificate(certificate)?;
        }
        Ok(Self {
            random: array(&message.random, "random")?,
            certificate,
            record_protocol: message.record_protocol,
            application_protocol: message.application_protocol,
            ephemeral: PublicKey::from(array(&message.ephemeral, "ephemeral")?),
            rpc_versions: message.rpc_versions.map(versions_from_wire),
            max_frame_size: message.max_frame_size,
        })
    }
}

fn check_version(version: u32) -> Result<(), Incompatible> {
    if version == VERSION {
        Ok(())
    } else {
        Err(Incompatible::Version(version))
    }
}

fn check_names(field: &'static str, names: &[String]) -> Result<(), InvalidMessage> {
    let good = |name: &String| !name.is_empty() && name.len() <= MAX_PROTOCOL_LEN;
    if names.len() > MAX_LIST_ENTRIES || !names.iter().all(good) {
        return Err(InvalidMessage::BadField(field));
    }
    Ok(())
}

fn versions_to_wire(versions: RpcVersions) -> wire::RpcVersions {
    let version = |v: Version| wire::Version {
        major: v.major,
        minor: v.minor,
    };
    wire::RpcVersions {
        max: Some(version(versions.max)),
        min: Some(version(versions.min)),
    }
}

fn versions_from_wire(versions: wire::RpcVersions) -> RpcVersions {
    let version = |v: Option<wire::Version>| {
        let v = v.unwrap_or_default();
        Version {
            major: v.major,
            minor: v.minor,
        }
    };
    RpcVersions {
        max: version(versions.max),
        min: version(versions.min),
    }
}
