//! A day as a person reads it.

use booking_proto::ot::v1::{
    Case, Laterality, Milestones, Override, Plan, Session, SessionOwner, TeamMember, Theatre,
    TimeRange, Urgency, session_owner::Owner,
};
use jiff::tz::TimeZone;
use theatre_log::stamp;

use super::*;
use crate::printing::json;

fn at(text: &str) -> Option<prost_types::Timestamp> {
    Some(stamp(text.parse().unwrap()))
}

fn london() -> SiteTime {
    SiteTime {
        zone: TimeZone::get("Europe/London").unwrap(),
        now: "2026-07-01T09:00:00Z".parse().unwrap(),
    }
}

fn projection(state: State, times: (&str, &str), delay_min: i32) -> CaseProjection {
    CaseProjection {
        case: Some(Case {
            name: "cases/c-1".to_owned(),
            state: state.into(),
            urgency: Urgency::Urgent2a.into(),
            patient: "patients/PT-1".to_owned(),
            condition: "Coxarthrosis".to_owned(),
            procedure: "Hip replacement".to_owned(),
            laterality: Laterality::Left.into(),
            team: vec![TeamMember {
                staff: "staff/DC-1".to_owned(),
                role: TeamRole::PrimarySurgeon.into(),
            }],
            plan: Some(Plan {
                start_time: at(times.0),
                end_time: at(times.1),
                ..Plan::default()
            }),
            milestones: (state == State::InTheatre).then(|| Milestones {
                wheels_in: at("2026-07-01T07:04:00Z"),
                ..Milestones::default()
            }),
            overrides: vec![Override {
                rule: "R8".to_owned(),
                ..Override::default()
            }],
            ..Case::default()
        }),
        projected_start_time: at("2026-07-01T09:20:00Z"),
        projected_end_time: at("2026-07-01T09:15:00Z"),
        delay_min,
    }
}

fn board() -> DaySchedule {
    DaySchedule {
        site: "sites/main".to_owned(),
        time_zone: "Europe/London".to_owned(),
        date: "2026-07-01".to_owned(),
        start_time: at("2026-06-30T23:00:00Z"),
        end_time: at("2026-07-01T23:00:00Z"),
        read_time: at("2026-07-01T09:00:00Z"),
        version: 12,
        theatres: vec![TheatreDay {
            theatre: Some(Theatre {
                name: "theatres/OT-1".to_owned(),
                display_name: "Main\u{1b}[2J".to_owned(),
                ..Theatre::default()
            }),
            open: vec![TimeRange {
                start_time: at("2026-07-01T07:00:00Z"),
                end_time: at("2026-07-01T17:00:00Z"),
            }],
            sessions: vec![Session {
                start_time: at("2026-07-01T07:00:00Z"),
                end_time: at("2026-07-01T12:00:00Z"),
                owner: Some(SessionOwner {
                    owner: Some(Owner::Specialty("orthopaedics".to_owned())),
                }),
                state: session::State::Released.into(),
                ..Session::default()
            }],
            cases: vec![
                projection(
                    State::InTheatre,
                    ("2026-07-01T07:00:00Z", "2026-07-01T09:00:00Z"),
                    0,
                ),
                projection(
                    State::Confirmed,
                    ("2026-07-01T09:00:00Z", "2026-07-01T10:00:00Z"),
                    20,
                ),
            ],
            ..TheatreDay::default()
        }],
        ..DaySchedule::default()
    }
}

#[test]
fn a_day_is_read_theatre_by_theatre_in_civil_time_with_sides_in_words() {
    let expected = "\
Wednesday 1 July 2026, main (Europe/London), as of 10:00, list version 12

OT-1  Main\\u{1b}[2J, open 08:00-18:00
  session 08:00-13:00 orthopaedics (released)
  PLANNED      STATE       URGENCY    PROCEDURE                   PATIENT  SURGEON  SO FAR                    MARKS         CASE
  08:00-10:00  in theatre  urgent 2a  Hip replacement, left side  PT-1     DC-1     in 08:04, until 10:15     R8 overridden  c-1
  10:00-11:00  confirmed   urgent 2a  Hip replacement, left side  PT-1     DC-1     20 min late, from 10:20   R8 overridden  c-1
";
    let squeeze = |text: &str| {
        text.split(' ')
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(squeeze(&shown_day(&board(), &london())), squeeze(expected));
}

#[test]
fn without_patients_nothing_on_the_wall_says_who_they_are() {
    let mut board = board();
    assert!(json::line(&board).contains("PT-1"));
    without_patients(&mut board);
    assert!(!shown_day(&board, &london()).contains("PT-1"));
    let json = json::line(&board);
    for told in ["PT-1", "Coxarthrosis"] {
        assert!(!json.contains(told), "{json}");
    }
}
