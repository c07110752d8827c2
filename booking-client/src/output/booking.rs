//! The article's call: its line, or one JSON object.
//!
//! Everything here came over the network, so nothing is written raw: see [`crate::printable`].

use std::io::{self, Write};

use serde::Serialize;

use super::json::quiet;
use crate::{cli::OutputFormat, printable::Printable};

/// A booking and the proof of who told us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Civil time at the hospital, `dd-MMM-yyyy HH:mm`; empty while the case waits for a slot.
    pub booking_date: String,
    /// What the operation is for.
    pub condition: String,
    /// Who answered.
    pub peer: Peer,
}

/// Who the server proved to be and how the connection is protected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Peer {
    /// The server's verified service account.
    pub service_account: String,
    /// The account that this machine proved to the server, if its handshaker said so.
    pub local_service_account: Option<String>,
    /// What is spoken inside, `grpc`.
    pub application_protocol: String,
    /// How records are sealed.
    pub record_protocol: String,
    /// What the sealing gives.
    pub security_level: String,
    /// The ALTS RPC protocol versions that the server speaks.
    pub rpc_versions: Versions,
}

/// A range of versions, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Versions {
    /// Oldest, as `major.minor`.
    pub min: String,
    /// Newest, as `major.minor`.
    pub max: String,
}

/// What is to be printed of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Text or JSON.
    pub format: OutputFormat,
    /// Text only: the condition too.
    pub condition: bool,
    /// Text only: the peer too. JSON always has it.
    pub peer: bool,
}

/// Prints the answer. A reader that stopped reading (`| head`) has what it wanted: no error.
///
/// # Errors
/// Whatever else the writer reports, for example a full disk.
pub fn print(out: &mut impl Write, answer: &Answer, style: Style) -> io::Result<()> {
    let written = match style.format {
        OutputFormat::Text => text(out, answer, style),
        OutputFormat::Json => json(out, answer),
    };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

fn text(out: &mut impl Write, answer: &Answer, style: Style) -> io::Result<()> {
    if answer.booking_date.is_empty() {
        writeln!(out, "Not scheduled yet: the case is waiting for a date.")?;
    } else {
        writeln!(out, "Date of booking: {}", Printable(&answer.booking_date))?;
    }
    if style.condition {
        writeln!(out, "Condition: {}", Printable(&answer.condition))?;
    }
    if style.peer {
        let Peer {
            service_account,
            record_protocol,
            security_level,
            ..
        } = &answer.peer;
        writeln!(out, "Server proved to be: {}", Printable(service_account))?;
        writeln!(out, "Record protocol: {}", Printable(record_protocol))?;
        writeln!(out, "Security level: {}", Printable(security_level))?;
    }
    Ok(())
}

/// The JSON form. Field names of the contract are the contract's.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    booking_date: Option<&'a str>,
    condition: &'a str,
    peer: &'a Peer,
}

fn json(out: &mut impl Write, answer: &Answer) -> io::Result<()> {
    let document = Document {
        booking_date: Some(answer.booking_date.as_str()).filter(|date| !date.is_empty()),
        condition: &answer.condition,
        peer: &answer.peer,
    };
    let raw = serde_json::to_string(&document)?;
    writeln!(out, "{}", quiet(&raw))
}

#[cfg(test)]
#[path = "booking_tests.rs"]
mod tests;
