//! Cases as files for others: piece by piece, so that a file may be longer than memory.
//!
//! ```text
//!  head, case, case, case …, foot
//! ```

mod csv;
mod fhir;
mod ical;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use booking_domain::{Case, Hospital};
use jiff::Timestamp;

/// In which form.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Format {
    /// RFC 4180, for spreadsheets.
    Csv,
    /// A FHIR R4 Bundle of Appointments.
    FhirR4,
    /// RFC 5545, for calendars.
    Icalendar,
}

/// Writes one file.
#[derive(Debug)]
pub(crate) struct Export {
    /// In which form.
    pub(crate) format: Format,
    /// What theatres and people are called.
    pub(crate) hospital: Arc<Hospital>,
    /// Whether whose a case is, and what it is for, may be in it.
    pub(crate) sees_patients: bool,
    /// When it was made.
    pub(crate) now: Timestamp,
    /// How many cases were written.
    pub(crate) written: usize,
}

impl Export {
    /// How the file begins.
    pub(crate) fn head(&self) -> Vec<u8> {
        match self.format {
            Format::Csv => csv::head(),
            Format::FhirR4 => fhir::head(self.now),
            Format::Icalendar => ical::head(),
        }
    }

    /// A case.
    pub(crate) fn case(&mut self, case: &Case) -> Vec<u8> {
        let text = match self.format {
            Format::Csv => csv::row(self, case),
            Format::FhirR4 => fhir::entry(self, case),
            Format::Icalendar => ical::event(self, case),
        };
        self.written += 1;
        text
    }

    /// How the file ends.
    pub(crate) fn foot(&self) -> Vec<u8> {
        match self.format {
            Format::Csv => Vec::new(),
            Format::FhirR4 => fhir::foot(),
            Format::Icalendar => ical::foot(),
        }
    }
}
