//! What is printed, to any writer: tables and lines for people, JSON for programs. One file per family
//! of commands, pure: answers in, text out.
//!
//! Everything here came over the network, so nothing is written raw: see [`crate::printable`].

mod audit;
mod booking;
mod cases;
mod hospital;
mod json;
mod load;
mod report;
mod schedule;
mod sessions;
mod table;
mod time;
mod transfer;
mod watch;

use std::io::{self, Write};

use booking_proto::ot::v1::ImportOutcome;
use prost::{Message, Name};

pub use self::{
    audit::{audit_table, verdict},
    booking::{Answer, Peer, Style, Versions, print},
    cases::{case_details, case_line, case_table, waiting_list},
    hospital::{
        equipment_table, procedure_table, reason_table, site_table, staff_table, theatre_table,
        unavailability_table,
    },
    load::LoadResult,
    report::{
        cancellations, duration_accuracy, on_time_starts, turnover, utilisation, waiting_report,
    },
    schedule::{conflict_table, day, offers, options, without_patients},
    sessions::{expansion, session_table, template_table},
    transfer::{ImportCount, import_progress, import_summary},
    watch::change,
};
use crate::cli::OutputFormat;

/// Writes answers in the form that was asked for.
#[derive(Debug)]
pub struct Printer<W> {
    out: W,
    format: OutputFormat,
}

impl<W: Write> Printer<W> {
    /// To this writer, in this form.
    pub fn new(out: W, format: OutputFormat) -> Self {
        Self { out, format }
    }

    /// One message, or what `text` makes of it.
    ///
    /// # Errors
    /// The writer's.
    pub fn message<M: Message + Name>(
        &mut self,
        message: &M,
        text: impl FnOnce() -> String,
    ) -> io::Result<()> {
        self.messages(std::slice::from_ref(message), text)
    }

    /// Several messages, one a line, or what `text` makes of them all.
    ///
    /// # Errors
    /// The writer's.
    pub fn messages<M: Message + Name>(
        &mut self,
        messages: &[M],
        text: impl FnOnce() -> String,
    ) -> io::Result<()> {
        match self.format {
            OutputFormat::Text => self.out.write_all(text().as_bytes()),
            OutputFormat::Json => messages
                .iter()
                .try_for_each(|message| writeln!(self.out, "{}", json::line(message))),
        }
    }

    /// A line for people; programs have the exit code.
    ///
    /// # Errors
    /// The writer's.
    pub fn note(&mut self, line: &str) -> io::Result<()> {
        match self.format {
            OutputFormat::Text => writeln!(self.out, "{line}"),
            OutputFormat::Json => Ok(()),
        }
    }

    /// What became of a row: all of them for programs, for people only those that went wrong.
    ///
    /// # Errors
    /// The writer's.
    pub fn import_outcome(&mut self, outcome: &ImportOutcome) -> io::Result<()> {
        match (self.format, transfer::outcome_line(outcome)) {
            (OutputFormat::Json, _) => writeln!(self.out, "{}", json::line(outcome)),
            (OutputFormat::Text, Some(line)) => writeln!(self.out, "{line}"),
            (OutputFormat::Text, None) => Ok(()),
        }
    }

    /// The end of an import, for people.
    ///
    /// # Errors
    /// The writer's.
    pub fn summary(&mut self, text: &str) -> io::Result<()> {
        self.note(text)
    }

    /// What a load test found.
    ///
    /// # Errors
    /// The writer's.
    pub fn load(&mut self, result: &LoadResult) -> io::Result<()> {
        match self.format {
            OutputFormat::Text => self.out.write_all(result.text().as_bytes()),
            OutputFormat::Json => writeln!(self.out, "{}", json::quiet(&result.json().to_string())),
        }
    }

    /// For bytes that are a file of their own.
    pub fn bytes(&mut self) -> &mut W {
        &mut self.out
    }

    /// Lets a reader at the other end see what was written.
    ///
    /// # Errors
    /// The writer's.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
