//! The article's call: `booking-client ADDRESS ACCOUNT…`, what may be asked in it, and its line or JSON
//! object.

use alts::AltsContext;
use booking_proto::otbooking::{BookingRequest, BookingResponse};
use clap::Args;
use serde::Serialize;

use crate::{
    connection::Service,
    failure::Failure,
    printable::Printable,
    printing::Printer,
    reading::{Endpoint, UsageError},
};

/// The patient of the article's call.
const DEFAULT_PATIENT: &str = "PT-1204";
/// The doctor of the article's call.
const DEFAULT_DOCTOR: &str = "DC-3904";

/// When is a patient booked with a doctor?
#[derive(Debug, Args)]
pub struct BookingArgs {
    /// The booking service, as HOST:PORT; accounts may follow after commas
    #[arg(value_name = "ADDRESS", required = true)]
    address: Option<String>,

    /// Service accounts the server may prove to be; any one of them will do
    ///
    /// At least one is needed. Case matters. Several may be joined by commas.
    #[arg(value_name = "ACCOUNT")]
    pub accounts: Vec<String>,

    /// The hospital's number for the patient [default: PT-1204]
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    patient: Option<String>,

    /// The doctor, in any surgical role [default: DC-3904]
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    doctor: Option<String>,

    /// Only cases whose procedure or condition contains this text, in any letter case
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    description: Option<String>,

    /// Also print who the server proved to be and how the connection is protected
    ///
    /// JSON always has it.
    #[arg(long)]
    show_peer: bool,
}

impl BookingArgs {
    /// The first thing of the article's call that was typed, if any was.
    pub fn typed(&self) -> Option<&'static str> {
        let flags = [
            (self.address.is_some(), "ADDRESS"),
            (self.patient.is_some(), "--patient"),
            (self.doctor.is_some(), "--doctor"),
            (self.description.is_some(), "--description"),
            (self.show_peer, "--show-peer"),
        ];
        let typed = flags.into_iter().find(|(typed, _)| *typed);
        typed.map(|(_, name)| name)
    }

    /// The service that is asked.
    ///
    /// Positional arguments are split at commas and strung together, so `A B C`, `A,B,C` (the
    /// article's form, one argument) and everything between mean the same.
    ///
    /// # Errors
    /// [`UsageError`] naming the first item that is wrong.
    pub fn endpoint(&self) -> Result<Endpoint, UsageError> {
        let typed = self.address.iter().chain(&self.accounts);
        // `split` yields at least one item, even of an empty argument.
        Endpoint::from_items(typed.flat_map(|argument| argument.split(',')))
    }

    /// The question.
    pub fn into_request(self) -> BookingRequest {
        BookingRequest {
            patient_id: self.patient.unwrap_or_else(|| DEFAULT_PATIENT.to_owned()),
            doctor_id: self.doctor.unwrap_or_else(|| DEFAULT_DOCTOR.to_owned()),
            description: self.description.unwrap_or_default(),
        }
    }

    /// Asks, and prints the answer with the proof of who gave it.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        tracing::info!(address = service.address(), "asking the booking service");
        let (condition, peer) = (printer.verbose, self.show_peer);
        let request = self.into_request();
        let (booking, proof) = service.article(request).await?;
        let answer = Answer::new(booking, &proof);
        tracing::info!(
            peer = answer.peer.service_account,
            "the booking service answered"
        );
        Ok(printer.value(&answer, || answer.text(condition, peer))?)
    }
}

/// A booking and the proof of who told us, as JSON has it. Field names of the contract are the
/// contract's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    /// Civil time at the hospital, `dd-MMM-yyyy HH:mm`; none while the case waits for a slot.
    booking_date: Option<String>,
    /// What the operation is for.
    condition: String,
    /// Who answered.
    peer: Peer,
}

/// Who the server proved to be and how the connection is protected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Peer {
    /// The server's verified service account.
    service_account: String,
    /// The account that this machine proved to the server, if its handshaker said so.
    local_service_account: Option<String>,
    /// What is spoken inside, `grpc`.
    application_protocol: String,
    /// How records are sealed.
    record_protocol: String,
    /// What the sealing gives.
    security_level: String,
    /// The ALTS RPC protocol versions that the server speaks.
    rpc_versions: Versions,
}

/// A range of versions, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Versions {
    /// Oldest, as `major.minor`.
    min: String,
    /// Newest, as `major.minor`.
    max: String,
}

impl Answer {
    fn new(booking: BookingResponse, proof: &AltsContext) -> Self {
        let versions = proof.peer_rpc_versions();
        Self {
            booking_date: Some(booking.booking_date).filter(|date| !date.is_empty()),
            condition: booking.condition,
            peer: Peer {
                service_account: proof.peer_service_account().to_string(),
                local_service_account: proof.local_service_account().map(ToString::to_string),
                application_protocol: proof.application_protocol().to_string(),
                record_protocol: proof.record_protocol().to_string(),
                security_level: proof.security_level().as_str_name().to_owned(),
                rpc_versions: Versions {
                    min: versions.min.to_string(),
                    max: versions.max.to_string(),
                },
            },
        }
    }

    /// The article's line and, when they are asked for, the condition and the peer.
    fn text(&self, condition: bool, peer: bool) -> String {
        let mut text = match &self.booking_date {
            Some(date) => format!("Date of booking: {}\n", Printable(date)),
            None => "Not scheduled yet: the case is waiting for a date.\n".to_owned(),
        };
        let mut more = Vec::new();
        if condition {
            more.push(("Condition", &self.condition));
        }
        if peer {
            more.push(("Server proved to be", &self.peer.service_account));
            more.push(("Record protocol", &self.peer.record_protocol));
            more.push(("Security level", &self.peer.security_level));
        }
        for (what, said) in more {
            text.push_str(&format!("{what}: {}\n", Printable(said)));
        }
        text
    }
}

#[cfg(test)]
#[path = "booking_tests.rs"]
mod tests;
