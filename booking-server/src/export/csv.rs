//! Cases for spreadsheets: UTF-8, RFC 4180, instants in UTC.
//!
//! A cell that a spreadsheet would take for a formula begins with an apostrophe, which shows it as
//! text: what somebody typed as a procedure must not run on somebody else's machine.

use jiff::Timestamp;

use super::Export;
use crate::domain::{Case, Milestone, TeamRole};

const COLUMNS: [&str; 30] = [
    "case",
    "state",
    "patient",
    "procedure",
    "procedure_type",
    "condition",
    "specialty",
    "laterality",
    "urgency",
    "anaesthesia",
    "decision_time",
    "target_time",
    "theatre",
    "start_time",
    "setup_min",
    "procedure_min",
    "cleanup_min",
    "primary_surgeon",
    "anaesthetist",
    "wheels_in",
    "anaesthesia_ready",
    "knife_to_skin",
    "closed",
    "wheels_out",
    "recovery_out",
    "theatre_clean",
    "cancellation_reason",
    "day_of_surgery",
    "postponements",
    "import_key",
];

pub(super) fn head() -> Vec<u8> {
    record(COLUMNS.map(str::to_owned))
}

pub(super) fn row(export: &Export, case: &Case) -> Vec<u8> {
    let patients = |text: &str| {
        if export.sees_patients {
            text.to_owned()
        } else {
            String::new()
        }
    };
    let instant = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let milestone = |milestone| instant(case.milestones.get(milestone));
    let role = |role: TeamRole| {
        let members = case
            .details
            .team
            .iter()
            .filter(|member| member.role == role);
        let members: Vec<_> = members.map(|member| member.staff.to_string()).collect();
        members.join(" ")
    };
    let plan = case.plan.as_ref();
    let given_up = case.cancellation.as_ref();
    let footprint = &case.details.footprint;
    record([
        case.id.as_str().to_owned(),
        case.state.as_str().to_owned(),
        patients(case.details.patient.as_str()),
        case.details.procedure.clone(),
        case.details
            .procedure_type
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        patients(&case.details.condition),
        case.details
            .specialty
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        case.details.laterality.as_str().to_owned(),
        case.details.urgency.as_str().to_owned(),
        case.details.anaesthesia.as_str().to_owned(),
        instant(Some(case.details.decided_at)),
        instant(case.details.target_at),
        plan.map(|plan| plan.theatre.to_string())
            .unwrap_or_default(),
        instant(plan.map(|plan| plan.start)),
        footprint.setup_min().to_string(),
        footprint.procedure_min().to_string(),
        footprint.cleanup_min().to_string(),
        role(TeamRole::PrimarySurgeon),
        role(TeamRole::Anaesthetist),
        milestone(Milestone::WheelsIn),
        milestone(Milestone::AnaesthesiaReady),
        milestone(Milestone::KnifeToSkin),
        milestone(Milestone::Closed),
        milestone(Milestone::WheelsOut),
        milestone(Milestone::RecoveryOut),
        milestone(Milestone::TheatreClean),
        given_up.map(|it| it.reason.to_string()).unwrap_or_default(),
        given_up
            .map(|it| it.day_of_surgery.to_string())
            .unwrap_or_default(),
        case.postponements.to_string(),
        patients(case.import_key.as_deref().unwrap_or_default()),
    ])
}

fn record(cells: [String; COLUMNS.len()]) -> Vec<u8> {
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
