//! R1 to R5, what is claimed, and how it is said.

use super::*;
use crate::{
    TeamRole,
    testing::{member, scheduled, with},
};

#[test]
fn nothing_and_nobody_is_in_two_places_at_once() {
    // The case is in OT-1 from 08:00 to 09:30, and its gap lasts until 09:40.
    let other = |theatre: &str, start: &str| scheduled("b", theatre, start);
    let by = |case: Case, who: &str| {
        with(case, |details| {
            details.team = vec![member(who, TeamRole::PrimarySurgeon)];
        })
    };
    let with_unit = |case: Case, unit: &str| {
        with(case, |details| {
            details.units = vec![unit_id(unit)];
        })
    };
    let none: &[&str] = &[];
    let one_minute_in = by(other("OT-1", "2026-06-01T09:29"), "DC-2");
    let table: Vec<(&str, Vec<Case>, &[&str])> = vec![
        (
            "back to back, with the gap",
            vec![
                by(other("OT-1", "2026-06-01T06:20"), "DC-2"),
                by(other("OT-1", "2026-06-01T09:40"), "DC-2"),
            ],
            none,
        ),
        (
            "one minute in",
            vec![one_minute_in],
            &["R1 THEATRE_DOUBLE_BOOKED"],
        ),
        (
            "in the gap after it",
            vec![by(other("OT-1", "2026-06-01T09:30"), "DC-2")],
            &["R5 THEATRE_DOUBLE_BOOKED"],
        ),
        (
            "in the gap before it",
            vec![by(other("OT-1", "2026-06-01T06:21"), "DC-2")],
            &["R5 THEATRE_DOUBLE_BOOKED"],
        ),
        // The surgeon is needed 08:15 to 09:15 here, and 09:15 to 10:15 there.
        (
            "a surgeon who runs two theatres",
            vec![other("OT-2", "2026-06-01T09:00")],
            none,
        ),
        (
            "a surgeon who is needed a minute too early",
            vec![other("OT-2", "2026-06-01T08:59")],
            &["R2 STAFF_DOUBLE_BOOKED"],
        ),
        (
            "another surgeon",
            vec![by(other("OT-2", "2026-06-01T08:00"), "DC-2")],
            none,
        ),
        (
            "a unit that is still being made ready",
            vec![with_unit(
                by(other("OT-2", "2026-06-01T06:31"), "DC-2"),
                "CA-1",
            )],
            &["R4 EQUIPMENT_DOUBLE_BOOKED"],
        ),
        (
            "the other unit",
            vec![with_unit(
                by(other("OT-2", "2026-06-01T06:31"), "DC-2"),
                "CA-2",
            )],
            none,
        ),
        (
            "itself, where it is now",
            vec![scheduled("a", "OT-1", "2026-06-01T08:30")],
            none,
        ),
    ];
    for (what, cases, expected) in table {
        let question = Question::new().with(|q| q.case.details.units = vec![unit_id("CA-1")]);
        assert_eq!(question.among(&cases).said(), expected, "{what}");
    }

    let twice = with(by(other("OT-2", "2026-06-01T08:00"), "DC-2"), |details| {
        details.patient = requested("a").details.patient;
    });
    let question = Question::new().among(&[twice]);
    assert_eq!(question.said(), ["R3 PATIENT_DOUBLE_BOOKED"]);
}

#[test]
fn the_sentences_are_for_people_and_name_no_patient() {
    let other = with(scheduled("b", "OT-1", "2026-06-01T09:00"), |details| {
        details.patient = requested("a").details.patient;
    });
    let question = Question::new().among(&[other]).with(|q| {
        absent(q, "DC-1", "2026-05-31T22:00", "2026-06-02T06:00");
        close(q, "2026-06-01T09:00", "2026-06-01T10:00");
    });
    let said: Vec<String> = question
        .broken()
        .into_iter()
        .map(|rule| rule.description)
        .collect();
    assert_eq!(
        said,
        [
            "Theatre 1 is taken by another case from 10:00 to 11:40 on Mon 1 Jun",
            "The patient has another case from 10:00 to 11:15 on Mon 1 Jun",
            "Theatre 1 is closed from 10:00 to 11:00 on Mon 1 Jun: training",
            "Dr Quinn is absent from 23:00 on Sun 31 May to 07:00 on Tue 2 Jun: training",
        ]
    );
    let late = Question::new().with(|q| q.plan = plan("OT-1", "2026-06-01T17:00"));
    assert_eq!(
        late.broken()[0].description,
        "The case would be in Theatre 1 from 18:00 to 19:30 on Mon 1 Jun, which is open only from \
         18:00 to 19:00 on Mon 1 Jun of that"
    );
}

#[test]
fn a_claim_is_what_the_drawing_says() {
    let mut case = hip(&requested("a"));
    case.details.team = vec![
        member("DC-1", TeamRole::PrimarySurgeon),
        member("DC-3", TeamRole::Anaesthetist),
        member("DC-4", TeamRole::Anaesthetist),
        member("DC-4", TeamRole::AssistantSurgeon),
        member("NU-1", TeamRole::CirculatingNurse),
        member("DC-0", TeamRole::ScrubNurse),
    ];
    let plan = plan("OT-1", "2026-06-01T08:00");
    let claims = claims(&case, &plan, &hospital());
    let table = [
        ("OT-1", "08:00", "09:40"), // with 10 minutes of turnover
        ("DC-1", "08:15", "09:15"),
        ("DC-3", "08:00", "09:15"),
        ("DC-4", "08:00", "09:15"), // once, for as long as both roles take
        ("NU-1", "08:00", "09:30"),
        ("PT-hip", "08:00", "09:15"),
        ("CA-1", "08:00", "09:45"), // made ready again
    ];
    assert_eq!(claims.len(), table.len());
    for (claim, (id, from, to)) in claims.iter().zip(table) {
        let day = |clock: &str| at(&format!("2026-06-01T{clock}"));
        assert_eq!(claim.resource.id, id);
        assert_eq!(
            (claim.range.start(), claim.range.end()),
            (day(from), day(to)),
            "{id}"
        );
    }
}
