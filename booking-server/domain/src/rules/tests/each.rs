//! R6 to R12 but R8, one by one and all at once.

use super::*;
use crate::{
    Anaesthesia, CaseState, TeamRole,
    testing::{capability, member},
};

#[test]
fn each_rule_is_broken_by_what_it_forbids_and_by_nothing_else() {
    let none: &[&str] = &[];
    let table: Vec<(&str, Question, &[&str])> = vec![
        ("nothing is wrong", Question::new(), none),
        // R6, by the clock of London: 08:00 UTC is 09:00 there, open 07:00 to 19:00.
        (
            "the first minute of the day",
            Question::new().with(|q| q.plan = plan("OT-1", "2026-06-01T06:00")),
            none,
        ),
        (
            "a minute too early",
            Question::new().with(|q| q.plan = plan("OT-1", "2026-06-01T05:59")),
            &["R6 OUTSIDE_OPENING_HOURS"],
        ),
        (
            "the last minutes of the day",
            Question::new().with(|q| q.plan = plan("OT-1", "2026-06-01T16:30")),
            none,
        ),
        (
            "a minute too late",
            Question::new().with(|q| q.plan = plan("OT-1", "2026-06-01T16:31")),
            &["R6 OUTSIDE_OPENING_HOURS"],
        ),
        (
            "on a Sunday",
            Question::new().with(|q| q.plan = plan("OT-1", "2026-06-07T09:00")),
            &["R6 OUTSIDE_OPENING_HOURS"],
        ),
        (
            "over midnight in a theatre that never closes",
            Question::new().with(|q| q.plan = plan("OT-3", "2026-06-06T22:30")),
            none,
        ),
        (
            "a theatre in maintenance",
            Question::new().with(|q| set_state(q, TheatreState::Maintenance)),
            &["R6 THEATRE_IN_MAINTENANCE"],
        ),
        (
            "a theatre no longer used",
            Question::new().with(|q| set_state(q, TheatreState::Retired)),
            &["R6 THEATRE_RETIRED"],
        ),
        (
            "a theatre that is not there",
            Question::new().with(|q| q.plan = plan("OT-9", "2026-06-01T08:00")),
            &["R6 THEATRE_UNKNOWN"],
        ),
        (
            "a closure that ends as the case begins, and another that begins as it ends",
            Question::new().with(|q| {
                close(q, "2026-06-01T06:00", "2026-06-01T08:00");
                close(q, "2026-06-01T09:30", "2026-06-01T12:00");
            }),
            none,
        ),
        (
            "a closure that reaches in by a minute",
            Question::new().with(|q| close(q, "2026-06-01T06:00", "2026-06-01T08:01")),
            &["R6 THEATRE_CLOSED"],
        ),
        // R7
        (
            "a theatre that can do it",
            Question::new().with(|q| q.case = hip(&q.case)),
            none,
        ),
        (
            "a theatre that cannot",
            Question::new().with(|q| {
                q.case = hip(&q.case);
                q.plan = plan("OT-2", "2026-06-01T08:00");
            }),
            &["R7 CAPABILITY_MISSING"],
        ),
        (
            "a capability the case itself asks for",
            Question::new()
                .with(|q| q.case.details.required_capabilities = vec![capability("imaging")]),
            &["R7 CAPABILITY_MISSING"],
        ),
        (
            "no unit of a kind that is needed",
            Question::new().with(|q| {
                q.case = hip(&q.case);
                q.case.details.units.clear();
            }),
            &["R7 EQUIPMENT_MISSING"],
        ),
        (
            "a unit that is not there",
            Question::new().with(|q| q.case.details.units = vec![unit_id("XX-1")]),
            &["R7 EQUIPMENT_UNKNOWN"],
        ),
        (
            "a unit that is away",
            Question::new().with(|q| {
                q.case.details.units = vec![unit_id("CA-1")];
                let away = Subject::Unit(unit_id("CA-1"));
                let away = unavailable(away, "2026-06-01T09:29", "2026-06-02T08:00");
                q.around.unavailable.push(away);
            }),
            &["R7 EQUIPMENT_UNAVAILABLE"],
        ),
        // R9: the surgeon is needed from 08:15 to 09:15 only.
        (
            "a surgeon who comes when the patient is ready",
            Question::new().with(|q| absent(q, "DC-1", "2026-06-01T06:00", "2026-06-01T08:15")),
            none,
        ),
        (
            "a surgeon who comes a minute later",
            Question::new().with(|q| absent(q, "DC-1", "2026-06-01T06:00", "2026-06-01T08:16")),
            &["R9 STAFF_ABSENT"],
        ),
        (
            "a surgeon who is no anaesthetist",
            Question::new().with(|q| {
                q.case
                    .details
                    .team
                    .push(member("DC-2", TeamRole::Anaesthetist));
            }),
            &["R9 STAFF_ROLE_NOT_ALLOWED"],
        ),
        (
            "somebody who is not there",
            Question::new().with(|q| {
                q.case
                    .details
                    .team
                    .push(member("DC-9", TeamRole::Anaesthetist));
            }),
            &["R9 STAFF_UNKNOWN"],
        ),
        (
            "somebody who has left",
            Question::new().with(|q| {
                let staff = q.hospital.staff.get_mut(&staff_id("DC-1")).unwrap();
                staff.retired = true;
            }),
            &["R9 STAFF_RETIRED"],
        ),
        (
            "a placeholder, who may do anything at any time",
            Question::new().with(|q| {
                q.case.details.team = vec![
                    member("DC-0", TeamRole::PrimarySurgeon),
                    member("DC-0", TeamRole::Anaesthetist),
                ];
                absent(q, "DC-0", "2026-06-01T06:00", "2026-06-01T12:00");
            }),
            none,
        ),
        // R10
        (
            "no surgeon",
            Question::new().with(|q| q.case.details.team.clear()),
            &["R10 PRIMARY_SURGEON_REQUIRED"],
        ),
        (
            "two surgeons who both answer for it",
            Question::new().with(|q| {
                q.case
                    .details
                    .team
                    .push(member("DC-2", TeamRole::PrimarySurgeon));
            }),
            &["R10 PRIMARY_SURGEON_REQUIRED"],
        ),
        (
            "no anaesthetist yet",
            Question::new().with(|q| q.case.details.anaesthesia = Anaesthesia::General),
            none,
        ),
        (
            "no anaesthetist any more",
            Question::new().with(|q| {
                q.case.details.anaesthesia = Anaesthesia::General;
                q.case.state = CaseState::Confirmed;
            }),
            &["R10 ANAESTHETIST_REQUIRED"],
        ),
        // R11
        (
            "a quarter of an hour ago",
            Question::new().with(|q| q.now = at("2026-06-01T08:15")),
            none,
        ),
        (
            "a minute more",
            Question::new().with(|q| q.now = at("2026-06-01T08:16")),
            &["R11 START_IN_THE_PAST"],
        ),
        (
            "where it has been all along",
            Question::new().with(|q| {
                q.case.plan = Some(q.plan.clone());
                q.now = at("2026-06-01T09:00");
            }),
            none,
        ),
        // R12
        (
            "a hip, and no side",
            Question::new().with(|q| {
                q.case = hip(&q.case);
                q.case.details.laterality = Laterality::NotApplicable;
            }),
            &["R12 LATERALITY_REQUIRED"],
        ),
        (
            "all at once",
            Question::new().with(|q| {
                q.case = hip(&q.case);
                q.case.details.units.clear();
                q.case.details.team.clear();
                q.case.details.laterality = Laterality::Unspecified;
                q.plan = plan("OT-2", "2026-05-10T09:00");
            }),
            &[
                "R6 OUTSIDE_OPENING_HOURS",
                "R7 CAPABILITY_MISSING",
                "R7 EQUIPMENT_MISSING",
                "R10 PRIMARY_SURGEON_REQUIRED",
                "R11 START_IN_THE_PAST",
                "R12 LATERALITY_REQUIRED",
            ],
        ),
    ];
    for (what, question, expected) in table {
        assert_eq!(question.said(), expected, "{what}");
    }
}
