//! The messages as types: what is parsed here needs no second look.
//!
//! The only file of the handshake that knows both the protobuf and the meaning.

use alts::{RpcVersions, Version};
use prost::Message;
use x25519_dalek::PublicKey;

use super::{
    Cipher, HandshakeError,
    abort::PeerAbort,
    certificate::MAX_CERTIFICATE_LEN,
    error::{Incompatible, InvalidMessage},
    frame::{Frame, FrameType},
    ticket::{MAX_TICKET_LEN, ResumptionId},
    wire,
};

/// The only version of the handshake so far.
const VERSION: u32 = 1;

/// Most protocols or ciphers one side may list. Every known library lists one.
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
    pub(crate) ciphers: Vec<Cipher>,
    pub(crate) record_protocols: Vec<String>,
    pub(crate) application_protocols: Vec<String>,
    pub(crate) ephemeral: Option<PublicKey>,
    pub(crate) rpc_versions: Option<RpcVersions>,
    pub(crate) max_frame_size: u32,
    pub(crate) target_name: Option<String>,
    pub(crate) resumption_id: Option<ResumptionId>,
    pub(crate) ticket: Option<Vec<u8>>,
    pub(crate) keeps_tickets: bool,
}

impl ClientInit {
    pub(crate) fn to_frame(&self) -> Frame {
        let message = wire::ClientInit {
            version: VERSION,
            random: self.random.to_vec(),
            certificate: self.certificate.clone(),
            ciphers: self.ciphers.iter().map(|cipher| cipher.number()).collect(),
            record_protocols: self.record_protocols.clone(),
            application_protocols: self.application_protocols.clone(),
            ephemeral: ephemeral_to_wire(self.ephemeral.as_ref()),
            rpc_versions: self.rpc_versions.map(versions_to_wire),
            max_frame_size: self.max_frame_size,
            target_name: self.target_name.clone().unwrap_or_default(),
            resumption_id: self.resumption_id.map(Vec::from).unwrap_or_default(),
            ticket: self.ticket.clone().unwrap_or_default(),
            keeps_tickets: self.keeps_tickets,
        };
        Frame::encode(FrameType::ClientInit, &message)
    }

    pub(crate) fn parse(frame: &Frame) -> Result<Self, HandshakeError> {
        let message: wire::ClientInit = decode(frame)?;
        check_version(message.version)?;
        check_list("ciphers", message.ciphers.len())?;
        check_names("record_protocols", &message.record_protocols)?;
        check_names("application_protocols", &message.application_protocols)?;
        check_certificate(&message.certificate)?;
        if message.target_name.len() > MAX_TARGET_NAME_LEN {
            return Err(InvalidMessage::BadField("target_name").into());
        }
        // Numbers of a later version are skipped: the client offers them to others.
        let ciphers: Vec<Cipher> = message
            .ciphers
            .iter()
            .copied()
            .filter_map(Cipher::from_number)
            .collect();
        Ok(Self {
            random: array(&message.random, "random")?,
            certificate: message.certificate,
            ephemeral: parse_ephemeral(&message.ephemeral, ciphers.contains(&Cipher::Pfs))?,
            ciphers,
            record_protocols: message.record_protocols,
            application_protocols: message.application_protocols,
            rpc_versions: message.rpc_versions.map(versions_from_wire),
            max_frame_size: message.max_frame_size,
            target_name: Some(message.target_name).filter(|name| !name.is_empty()),
            resumption_id: parse_resumption_id(&message.resumption_id)?,
            ticket: parse_ticket(message.ticket)?,
            keeps_tickets: message.keeps_tickets,
        })
    }
}

/// What a server will be known by.
#[derive(Clone)]
pub(crate) enum ServerBasis {
    /// A full handshake, with the server's certificate.
    Certificate(Vec<u8>),
    /// A session resumed from the ticket that the client presented.
    ClientsTicket,
    /// A session resumed from a ticket of the client's own, which is returned to it.
    ReturnedTicket(Vec<u8>),
}

/// What the server answers.
#[derive(Clone)]
pub(crate) struct ServerInit {
    pub(crate) random: [u8; 32],
    pub(crate) basis: ServerBasis,
    pub(crate) cipher: Cipher,
    pub(crate) record_protocol: String,
    pub(crate) application_protocol: String,
    pub(crate) ephemeral: Option<PublicKey>,
    pub(crate) rpc_versions: Option<RpcVersions>,
    pub(crate) max_frame_size: u32,
    pub(crate) keeps_tickets: bool,
}

impl ServerInit {
    pub(crate) fn to_frame(&self) -> Frame {
        let (resumed, certificate, returned_ticket) = match &self.basis {
            ServerBasis::Certificate(certificate) => (false, certificate.clone(), Vec::new()),
            ServerBasis::ClientsTicket => (true, Vec::new(), Vec::new()),
            ServerBasis::ReturnedTicket(ticket) => (true, Vec::new(), ticket.clone()),
        };
        let message = wire::ServerInit {
            version: VERSION,
            random: self.random.to_vec(),
            certificate,
            cipher: self.cipher.number(),
            record_protocol: self.record_protocol.clone(),
            application_protocol: self.application_protocol.clone(),
            ephemeral: ephemeral_to_wire(self.ephemeral.as_ref()),
            rpc_versions: self.rpc_versions.map(versions_to_wire),
            max_frame_size: self.max_frame_size,
            returned_ticket,
            resumed,
            keeps_tickets: self.keeps_tickets,
        };
        Frame::encode(FrameType::ServerInit, &message)
    }

    /// Whether its choices were offered is for the client to check.
    pub(crate) fn parse(frame: &Frame) -> Result<Self, HandshakeError> {
        let message: wire::ServerInit = decode(frame)?;
        check_version(message.version)?;
        let cipher =
            Cipher::from_number(message.cipher).ok_or(InvalidMessage::NotOffered("cipher"))?;
        Ok(Self {
            random: array(&message.random, "random")?,
            basis: parse_basis(
                message.resumed,
                message.certificate,
                message.returned_ticket,
            )?,
            cipher,
            record_protocol: message.record_protocol,
            application_protocol: message.application_protocol,
            ephemeral: parse_ephemeral(&message.ephemeral, cipher == Cipher::Pfs)?,
            rpc_versions: message.rpc_versions.map(versions_from_wire),
            max_frame_size: message.max_frame_size,
            keeps_tickets: message.keeps_tickets,
        })
    }
}

/// Insists on the frame that is due; an Abort may always come instead.
pub(crate) fn expect(frame: Frame, expected: FrameType) -> Result<Frame, HandshakeError> {
    match frame.kind() {
        kind if kind == expected => Ok(frame),
        FrameType::Abort => Err(HandshakeError::PeerAborted(PeerAbort::read(frame.body()))),
        found => Err(InvalidMessage::Unexpected { found, expected }.into()),
    }
}

pub(super) fn decode<M: Message + Default>(frame: &Frame) -> Result<M, InvalidMessage> {
    M::decode(frame.body()).map_err(|_| InvalidMessage::Undecodable(frame.kind()))
}

fn check_version(version: u32) -> Result<(), Incompatible> {
    if version == VERSION {
        Ok(())
    } else {
        Err(Incompatible::Version(version))
    }
}

fn check_certificate(certificate: &[u8]) -> Result<(), InvalidMessage> {
    if certificate.is_empty() || certificate.len() > MAX_CERTIFICATE_LEN {
        return Err(InvalidMessage::BadField("certificate"));
    }
    Ok(())
}

fn check_list(field: &'static str, len: usize) -> Result<(), InvalidMessage> {
    if len > MAX_LIST_ENTRIES {
        return Err(InvalidMessage::BadField(field));
    }
    Ok(())
}

fn check_names(field: &'static str, names: &[String]) -> Result<(), InvalidMessage> {
    check_list(field, names.len())?;
    let good = |name: &String| !name.is_empty() && name.len() <= MAX_PROTOCOL_LEN;
    if !names.iter().all(good) {
        return Err(InvalidMessage::BadField(field));
    }
    Ok(())
}

fn array(bytes: &[u8], field: &'static str) -> Result<[u8; 32], InvalidMessage> {
    bytes
        .try_into()
        .map_err(|_| InvalidMessage::BadField(field))
}

fn parse_resumption_id(bytes: &[u8]) -> Result<Option<ResumptionId>, InvalidMessage> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let id = bytes.try_into();
    id.map(Some)
        .map_err(|_| InvalidMessage::BadField("resumption_id"))
}

pub(super) fn parse_ticket(ticket: Vec<u8>) -> Result<Option<Vec<u8>>, InvalidMessage> {
    if ticket.len() > MAX_TICKET_LEN {
        return Err(InvalidMessage::BadField("ticket"));
    }
    Ok(Some(ticket).filter(|ticket| !ticket.is_empty()))
}

/// A certificate, or a resumed session: never both, never neither.
fn parse_basis(
    resumed: bool,
    certificate: Vec<u8>,
    returned_ticket: Vec<u8>,
) -> Result<ServerBasis, InvalidMessage> {
    match (resumed, parse_ticket(returned_ticket)?) {
        (false, None) => {
            check_certificate(&certificate)?;
            Ok(ServerBasis::Certificate(certificate))
        }
        (false, Some(_)) => Err(InvalidMessage::BadField("returned_ticket")),
        (true, _) if !certificate.is_empty() => Err(InvalidMessage::BadField("certificate")),
        (true, None) => Ok(ServerBasis::ClientsTicket),
        (true, Some(ticket)) => Ok(ServerBasis::ReturnedTicket(ticket)),
    }
}

/// An ephemeral key is there exactly when it is needed.
fn parse_ephemeral(bytes: &[u8], needed: bool) -> Result<Option<PublicKey>, InvalidMessage> {
    match (needed, bytes.is_empty()) {
        (false, true) => Ok(None),
        (true, false) => Ok(Some(PublicKey::from(array(bytes, "ephemeral")?))),
        _ => Err(InvalidMessage::BadField("ephemeral")),
    }
}

fn ephemeral_to_wire(key: Option<&PublicKey>) -> Vec<u8> {
    key.map(|key| key.as_bytes().to_vec()).unwrap_or_default()
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
