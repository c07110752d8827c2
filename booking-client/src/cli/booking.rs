//! The article's call: `booking-client ADDRESS ACCOUNT…`, and what may be asked in it.

use clap::Args;

/// The patient of the article's call.
pub const DEFAULT_PATIENT: &str = "PT-1204";
/// The doctor of the article's call.
pub const DEFAULT_DOCTOR: &str = "DC-3904";

/// When is a patient booked with a doctor?
#[derive(Debug, Args)]
pub struct BookingArgs {
    /// The booking service, as HOST:PORT; accounts may follow after commas
    #[arg(value_name = "ADDRESS", required = true)]
    pub address: Option<String>,

    /// Service accounts the server may prove to be; any one of them will do
    ///
    /// At least one is needed. Case matters. Several may be joined by commas.
    #[arg(value_name = "ACCOUNT")]
    pub accounts: Vec<String>,

    /// The hospital's number for the patient [default: PT-1204]
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub patient: Option<String>,

    /// The doctor, in any surgical role [default: DC-3904]
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub doctor: Option<String>,

    /// Only cases whose procedure or condition contains this text, in any letter case
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub description: Option<String>,

    /// Also print who the server proved to be and how the connection is protected
    ///
    /// JSON always has it.
    #[arg(long)]
    pub show_peer: bool,
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
}
