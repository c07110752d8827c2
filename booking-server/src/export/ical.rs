//! Cases for calendars: RFC 5545, without names or numbers of patients.
//!
//! Instants are UTC, so that no time zone has to be explained. A case keeps its UID, and its
//! version is its SEQUENCE: a calendar that has it replaces it.

use booking_domain::{Case, CaseState};
use jiff::Timestamp;

use super::Export;

/// The longest line, in octets, without its end (RFC 5545 section 3.1).
const MAX_LINE_OCTETS: usize = 75;

/// Who made the file.
const PRODUCT: &str = "-//OT booking//booking-server//EN";

pub(super) fn head() -> Vec<u8> {
    lines(&[
        ("BEGIN", "VCALENDAR".into()),
        ("VERSION", "2.0".into()),
        ("PRODID", PRODUCT.into()),
        ("CALSCALE", "GREGORIAN".into()),
        ("METHOD", "PUBLISH".into()),
        ("REFRESH-INTERVAL;VALUE=DURATION", "PT15M".into()),
    ])
}

pub(super) fn foot() -> Vec<u8> {
    lines(&[("END", "VCALENDAR".into())])
}

/// A case with a plan; nothing for one without.
pub(super) fn event(export: &Export, case: &Case) -> Vec<u8> {
    let (Some(plan), Some(range)) = (&case.plan, case.planned_range()) else {
        return Vec::new();
    };
    let theatre = export.hospital.theatres.get(&plan.theatre);
    let theatre = theatre.map_or(plan.theatre.as_str(), |theatre| &theatre.name);
    let status = match case.state {
        CaseState::Cancelled => "CANCELLED",
        CaseState::Scheduled => "TENTATIVE",
        _ => "CONFIRMED",
    };
    lines(&[
        ("BEGIN", "VEVENT".into()),
        ("UID", text(&format!("{}@otbooking", case.id.as_str()))),
        ("SEQUENCE", case.version.to_string()),
        ("DTSTAMP", instant(export.now)),
        ("LAST-MODIFIED", instant(case.updated_at)),
        ("DTSTART", instant(range.start())),
        ("DTEND", instant(range.end())),
        ("SUMMARY", text(&case.details.procedure)),
        ("LOCATION", text(theatre)),
        ("STATUS", status.into()),
        ("END", "VEVENT".into()),
    ])
}

fn instant(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text value, with what means something escaped (section 3.3.11).
fn text(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

fn lines(properties: &[(&str, String)]) -> Vec<u8> {
    let folded = properties
        .iter()
        .map(|(name, value)| fold(&format!("{name}:{value}")));
    folded.collect::<String>().into_bytes()
}

/// A content line, cut where it is too long; a continuation begins with a space.
pub(super) fn fold(line: &str) -> String {
    let mut folded = String::with_capacity(line.len() + 4);
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > MAX_LINE_OCTETS {
            folded.push_str("\r\n ");
            octets = 1;
        }
        octets += c.len_utf8();
        folded.push(c);
    }
    folded.push_str("\r\n");
    folded
}
