//! The two Finished messages: a proof, and perhaps a ticket that the proof covers.

use std::time::Duration;

use prost::Message;

use super::{
    HandshakeError,
    error::InvalidMessage,
    frame::{Frame, FrameType},
    keys::{FinishedMac, TicketDigest},
    message::{decode, parse_ticket},
    ticket::NewTicket,
    wire,
};

/// What a Finished message holds.
pub(crate) struct Finished {
    pub(crate) mac: Vec<u8>,
    pub(crate) ticket: Option<NewTicket>,
}

impl Finished {
    /// What the MAC must cover besides the transcript.
    pub(crate) fn ticket_digest(&self) -> Option<TicketDigest> {
        digest(self.ticket.as_ref())
    }

    /// Reads a message of either kind.
    ///
    /// The MAC does not cover the message's encoding, so there is exactly one: re-encoded, the
    /// message must be what came.
    pub(crate) fn parse(frame: &Frame) -> Result<Self, HandshakeError> {
        let (mac, ticket) = match frame.kind() {
            FrameType::ServerFinished => {
                let message: wire::ServerFinished = decode_exact(frame)?;
                (message.mac, message.new_ticket)
            }
            _ => {
                let message: wire::ClientFinished = decode_exact(frame)?;
                (message.mac, message.new_ticket)
            }
        };
        Ok(Self {
            mac,
            ticket: ticket.map(ticket_from_wire).transpose()?,
        })
    }
}

/// What a message that is to carry `ticket` must be proven with.
pub(crate) fn digest(ticket: Option<&NewTicket>) -> Option<TicketDigest> {
    ticket.map(|ticket| TicketDigest::of(&ticket_to_wire(ticket).encode_to_vec()))
}

pub(crate) fn server_finished(mac: &FinishedMac, ticket: Option<&NewTicket>) -> Frame {
    let message = wire::ServerFinished {
        mac: mac.to_vec(),
        new_ticket: ticket.map(ticket_to_wire),
    };
    Frame::encode(FrameType::ServerFinished, &message)
}

pub(crate) fn client_finished(mac: &FinishedMac, ticket: Option<&NewTicket>) -> Frame {
    let message = wire::ClientFinished {
        mac: mac.to_vec(),
        new_ticket: ticket.map(ticket_to_wire),
    };
    Frame::encode(FrameType::ClientFinished, &message)
}

fn decode_exact<M: Message + Default>(frame: &Frame) -> Result<M, InvalidMessage> {
    let message: M = decode(frame)?;
    if message.encode_to_vec() == frame.body() {
        Ok(message)
    } else {
        Err(InvalidMessage::Undecodable(frame.kind()))
    }
}

fn ticket_to_wire(ticket: &NewTicket) -> wire::NewTicket {
    wire::NewTicket {
        ticket: ticket.ticket.clone(),
        lifetime_s: u32::try_from(ticket.lifetime.as_secs()).unwrap_or(u32::MAX),
    }
}

fn ticket_from_wire(ticket: wire::NewTicket) -> Result<NewTicket, InvalidMessage> {
    Ok(NewTicket {
        ticket: parse_ticket(ticket.ticket)?.ok_or(InvalidMessage::BadField("new_ticket"))?,
        lifetime: Duration::from_secs(ticket.lifetime_s.into()),
    })
}
