//! Cases for spreadsheets: UTF-8, RFC 4180, instants in UTC.
//!
//! A cell that a spreadsheet would take for a formula begins with an apostrophe, which shows it as
//! text: what somebody typed as a procedure must not run on somebody else's machine.
//!
//! New columns come last: whoever reads the file by position finds each where it was.

use std::sync::LazyLock;

use booking_domain::{Case, TeamRole};
use booking_proto::{fields, ot::v1};
use prost::Name as _;
use serde_json::Value;

use super::Export;
use crate::field_text;

/// The first columns: the heading, and which field is in it or which part of one.
const FIRST: [(&str, &str); 30] = [
    ("case", "name"),
    ("state", "state"),
    ("patient", "patient"),
    ("procedure", "procedure"),
    ("procedure_type", "procedure_type"),
    ("condition", "condition"),
    ("specialty", "specialty"),
    ("laterality", "laterality"),
    ("urgency", "urgency"),
    ("anaesthesia", "anaesthesia"),
    ("decision_time", "decision_time"),
    ("target_time", "target_time"),
    ("theatre", "plan.theatre"),
    ("start_time", "plan.start_time"),
    ("setup_min", "durations.setup_min"),
    ("procedure_min", "durations.procedure_min"),
    ("cleanup_min", "durations.cleanup_min"),
    ("primary_surgeon", "team.PRIMARY_SURGEON"),
    ("anaesthetist", "team.ANAESTHETIST"),
    ("wheels_in", "milestones.wheels_in"),
    ("anaesthesia_ready", "milestones.anaesthesia_ready"),
    ("knife_to_skin", "milestones.knife_to_skin"),
    ("closed", "milestones.closed"),
    ("wheels_out", "milestones.wheels_out"),
    ("recovery_out", "milestones.recovery_out"),
    ("theatre_clean", "milestones.theatre_clean"),
    ("cancellation_reason", "cancellation.reason"),
    ("day_of_surgery", "cancellation.day_of_surgery"),
    ("postponements", "postponements"),
    ("import_key", "import_key"),
];

/// All columns: the first, then every field of a case that the contract gives no reason to leave out.
static COLUMNS: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let of = |path: &'static str| path.split('.').next().unwrap_or(path);
    let known = |name: &str| FIRST.iter().any(|(_, path)| of(path) == name);
    let fields = fields::of(v1::Case::NAME).all.iter();
    let others = fields.filter(|it| it.usage.not_in_csv.is_empty() && !known(&it.name));
    let others = others.map(|field| (&*field.name, &*field.name));
    FIRST.into_iter().chain(others).collect()
});

pub(super) fn head() -> Vec<u8> {
    record(COLUMNS.iter().map(|(heading, _)| (*heading).to_owned()))
}

pub(super) fn row(export: &Export, case: &Case) -> Vec<u8> {
    let told = Value::Object(field_text::fields(case));
    record(COLUMNS.iter().map(|(_, path)| {
        let (name, part) = path.split_once('.').unwrap_or((path, ""));
        let field = fields::of(v1::Case::NAME).named(name);
        match (name, part) {
            _ if !export.sees_patients && field.is_some_and(|it| it.usage.patient_data) => {
                String::new()
            }
            ("name", _) => case.id.as_str().to_owned(),
            ("team", role) => members(case, role),
            (name, "") => field_text::text(&told[name]),
            (name, part) => field_text::text(&told[name][part]),
        }
    }))
}

/// Who has a role.
fn members(case: &Case, role: &str) -> String {
    let has_role = |has: TeamRole| has.as_str() == role;
    let members = case.details.team.iter().filter(|it| has_role(it.role));
    let members: Vec<_> = members.map(|member| member.staff.as_str()).collect();
    members.join(" ")
}

fn record(cells: impl Iterator<Item = String>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let written = writer.write_record(cells.map(|cell| harmless(&cell)));
    written.expect("a Vec takes all that is written, and all rows have as many cells");
    writer
        .into_inner()
        .expect("a Vec takes all that is written")
}

/// A cell that no spreadsheet runs.
pub(super) fn harmless(cell: &str) -> String {
    match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n') => format!("'{cell}"),
        _ => cell.to_owned(),
    }
}
