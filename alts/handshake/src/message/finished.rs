//! The two Finished messages: a proof, and the server's with a ticket that the proof covers.

use std::time::Duration;

use prost::Message;

use super::read::{decode, parse_ticket};
use crate::{
    frame::{Frame, FrameType, InvalidMessage},
    ticket::NewTicket,
    wire,
};

/// What ServerFinished holds.
pub(crate) struct ServerFinished {
    pub(crate) mac: Vec<u8>,
    pub(crate) ticket: Option<NewTicket>,
    /// The ticket as the MAC covers it.
    pub(crate) ticket_bytes: Vec<u8>,
}

impl ServerFinished {
    pub(crate) fn parse(frame: &Frame) -> Result<Self, InvalidMessage> {
        let message: wire::ServerFinished = decode_exact(frame)?;
        Ok(Self {
            mac: message.mac,
            ticket_bytes: serialised(message.new_ticket.as_ref()),
            ticket: message.new_ticket.map(ticket_from_wire).transpose()?,
        })
    }

    /// The message with this ticket, proven by what `mac` makes of its serialised form.
    pub(crate) fn to_frame(
        ticket: Option<NewTicket>,
        mac: impl FnOnce(&[u8]) -> [u8; 32],
    ) -> Frame {
        let new_ticket = ticket.map(ticket_to_wire);
        let message = wire::ServerFinished {
            mac: mac(&serialised(new_ticket.as_ref())).to_vec(),
            new_ticket,
        };
        Frame::encode(FrameType::ServerFinished, &message)
    }
}

pub(crate) fn client_finished(mac: &[u8; 32]) -> Frame {
    let mac = mac.to_vec();
    Frame::encode(FrameType::ClientFinished, &wire::ClientFinished { mac })
}

/// The MAC of ClientFinished.
pub(crate) fn parse_client_finished(frame: &Frame) -> Result<Vec<u8>, InvalidMessage> {
    decode_exact(frame).map(|message: wire::ClientFinished| message.mac)
}

/// The MAC does not cover the message's encoding, so there is exactly one: re-encoded, the message
/// must be what came.
fn decode_exact<M: Message + Default>(frame: &Frame) -> Result<M, InvalidMessage> {
    let message: M = decode(frame)?;
    if message.encode_to_vec() == frame.body() {
        Ok(message)
    } else {
        Err(InvalidMessage::Undecodable(frame.kind()))
    }
}

/// Nothing for none.
fn serialised(ticket: Option<&wire::NewTicket>) -> Vec<u8> {
    ticket.map(Message::encode_to_vec).unwrap_or_default()
}

fn ticket_to_wire(ticket: NewTicket) -> wire::NewTicket {
    wire::NewTicket {
        ticket: ticket.ticket,
        lifetime_s: u32::try_from(ticket.lifetime.as_secs()).unwrap_or(u32::MAX),
    }
}

fn ticket_from_wire(ticket: wire::NewTicket) -> Result<NewTicket, InvalidMessage> {
    Ok(NewTicket {
        ticket: parse_ticket(ticket.ticket)?.ok_or(InvalidMessage::BadField("new_ticket"))?,
        lifetime: Duration::from_secs(ticket.lifetime_s.into()),
    })
}
