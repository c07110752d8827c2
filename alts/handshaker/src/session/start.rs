//! First requests, parsed: from what a gRPC library says to what the handshake takes.

use alts::ServiceAccount;
use alts::{
    RpcVersions,
    gcp::{
        HandshakeProtocol, HandshakerReq, Identity, RpcProtocolVersions, StartClientHandshakeReq,
        StartServerHandshakeReq, handshaker_req::ReqOneof,
    },
};
use alts_handshake::{
    MAX_LIST_ENTRIES, MAX_PROTOCOL_LEN, MAX_TARGET_NAME_LEN, Offer, RECORD_PROTOCOLS,
};

use super::BadRequest;

/// A first request that makes sense.
pub(super) enum Start {
    Client {
        offer: Offer,
        targets: Vec<ServiceAccount>,
        target_name: Option<String>,
    },
    Server {
        offer: Offer,
        /// What the first read from the peer gave; possibly only part of its first message.
        in_bytes: Vec<u8>,
    },
}

impl Start {
    pub(super) fn parse(request: HandshakerReq, own: &ServiceAccount) -> Result<Self, BadRequest> {
        match request.req_oneof {
            Some(ReqOneof::ClientStart(start)) => parse_client(start, own),
            Some(ReqOneof::ServerStart(start)) => parse_server(start, own),
            Some(ReqOneof::Next(_)) => Err(BadRequest::NotStarted),
            None => Err(BadRequest::Empty),
        }
    }
}

fn parse_client(start: StartClientHandshakeReq, own: &ServiceAccount) -> Result<Start, BadRequest> {
    if start.handshake_security_protocol() != HandshakeProtocol::Alts {
        return Err(BadRequest::NotAlts);
    }
    check_local_identities(start.local_identity.as_slice(), own)?;
    if start.target_name.len() > MAX_TARGET_NAME_LEN {
        return Err(BadRequest::TargetNameTooLong);
    }
    let targets = start.target_identities.iter().map(target);
    Ok(Start::Client {
        targets: targets.collect::<Result<_, _>>()?,
        offer: offer(
            start.application_protocols,
            start.record_protocols,
            start.rpc_versions.as_ref(),
            start.max_frame_size,
        )?,
        target_name: Some(start.target_name).filter(|name| !name.is_empty()),
    })
}

fn parse_server(
    mut start: StartServerHandshakeReq,
    own: &ServiceAccount,
) -> Result<Start, BadRequest> {
    let parameters = start
        .handshake_parameters
        .remove(&HandshakeProtocol::Alts.into())
        .ok_or(BadRequest::NoAltsParameters)?;
    check_local_identities(&parameters.local_identities, own)?;
    Ok(Start::Server {
        offer: offer(
            start.application_protocols,
            parameters.record_protocols,
            start.rpc_versions.as_ref(),
            start.max_frame_size,
        )?,
        in_bytes: start.in_bytes,
    })
}

/// Keeps of the library's record protocols those that this handshaker can key, in the library's
/// order.
fn offer(
    application_protocols: Vec<String>,
    mut record_protocols: Vec<String>,
    rpc_versions: Option<&RpcProtocolVersions>,
    max_frame_size: u32,
) -> Result<Offer, BadRequest> {
    if application_protocols.is_empty() {
        return Err(BadRequest::NoApplicationProtocol);
    }
    let good = |name: &String| !name.is_empty() && name.len() <= MAX_PROTOCOL_LEN;
    let longest = application_protocols.len().max(record_protocols.len());
    if longest > MAX_LIST_ENTRIES || !application_protocols.iter().all(good) {
        return Err(BadRequest::TooMuch);
    }
    record_protocols.retain(|name| RECORD_PROTOCOLS.contains(&name.as_str()));
    if record_protocols.is_empty() {
        return Err(BadRequest::NoRecordProtocol);
    }
    Ok(Offer {
        application_protocols,
        record_protocols,
        rpc_versions: rpc_versions.map(RpcVersions::from),
        max_frame_size,
    })
}

/// A handshaker speaks for its machine's account. Asking for that one by name is allowed, as is
/// asking for nobody.
fn check_local_identities(asked: &[Identity], own: &ServiceAccount) -> Result<(), BadRequest> {
    let is_own = |identity: &Identity| {
        identity.identity_oneof.is_none() || identity.account_name() == Some(own.as_str())
    };
    if asked.is_empty() || asked.iter().any(is_own) {
        return Ok(());
    }
    Err(BadRequest::ForeignIdentity { own: own.clone() })
}

/// Refused rather than skipped: a list that lost its last entry would mean "anybody".
fn target(identity: &Identity) -> Result<ServiceAccount, BadRequest> {
    let name = identity.account_name().ok_or(BadRequest::BadTarget)?;
    name.parse().map_err(|_| BadRequest::BadTarget)
}
