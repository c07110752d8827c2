//! Frames decoded, and the rules that fields of several messages share.

use prost::Message;

use crate::{
    certificate::MAX_CERTIFICATE_LEN,
    error::HandshakeError,
    frame::{Frame, FrameType, InvalidMessage, PeerAbort},
    ticket::MAX_TICKET_LEN,
};

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

pub(super) fn check_certificate(certificate: &[u8]) -> Result<(), InvalidMessage> {
    if certificate.is_empty() || certificate.len() > MAX_CERTIFICATE_LEN {
        return Err(InvalidMessage::BadField("certificate"));
    }
    Ok(())
}

/// `None` for none.
pub(super) fn parse_ticket(ticket: Vec<u8>) -> Result<Option<Vec<u8>>, InvalidMessage> {
    if ticket.len() > MAX_TICKET_LEN {
        return Err(InvalidMessage::BadField("ticket"));
    }
    Ok(Some(ticket).filter(|ticket| !ticket.is_empty()))
}

pub(super) fn array(bytes: &[u8], field: &'static str) -> Result<[u8; 32], InvalidMessage> {
    bytes
        .try_into()
        .map_err(|_| InvalidMessage::BadField(field))
}
