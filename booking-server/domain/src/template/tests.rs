//! Which dates a template has, and what is made of them.

use super::*;
use crate::{
    SessionFlags, SessionOwner, TemplateId,
    testing::{at, range, session, session_id, theatre_id, zone},
};

/// Every Saturday night in OT-1, from 3 October 2026 on; released a day before.
pub(crate) fn template() -> SessionTemplate {
    SessionTemplate {
        id: TemplateId::parse("night").unwrap(),
        version: 1,
        theatre: theatre_id("OT-1"),
        owner: SessionOwner::Emergency,
        flags: SessionFlags::default(),
        weekday: Weekday::Saturday,
        start_minute: 22 * 60,
        end_minute: 8 * 60,
        recurrence: Recurrence::EveryWeeks(1),
        first_date: date("2026-10-03"),
        last_date: None,
        release_before: Some(SignedDuration::from_hours(24)),
    }
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn expanded(template: &SessionTemplate, existing: &[Session]) -> Expansion {
    let dates = (date("2026-09-01"), date("2026-12-31"));
    let id = |date: Date| session_id(&format!("night-{date}"));
    expand(template, &zone("Europe/London"), dates, existing, id)
}

fn days(template: &SessionTemplate) -> Vec<String> {
    let made = expanded(template, &[]).sessions.into_iter();
    made.map(|session| session.template.unwrap().1.strftime("%m-%d").to_string())
        .collect()
}

#[test]
fn a_template_recurs_by_weeks_or_by_weeks_of_the_month() {
    let saturdays = |recurrence| SessionTemplate {
        recurrence,
        last_date: Some(date("2026-11-14")),
        ..template()
    };
    let every = |weeks| saturdays(Recurrence::EveryWeeks(weeks));
    let all = [
        "10-03", "10-10", "10-17", "10-24", "10-31", "11-07", "11-14",
    ];
    assert_eq!(days(&every(1)), all);
    assert_eq!(days(&every(2)), ["10-03", "10-17", "10-31", "11-14"]);
    assert_eq!(days(&every(4)), ["10-03", "10-31"]);
    assert_eq!(days(&every(0)), [""; 0]);
    // Counted from the first such weekday, wherever in the week the first date is.
    let from_monday = SessionTemplate {
        first_date: date("2026-09-28"),
        ..every(2)
    };
    assert_eq!(days(&from_monday), ["10-03", "10-17", "10-31", "11-14"]);
    let nth = |weeks: &[u8]| saturdays(Recurrence::WeeksOfMonth(weeks.to_vec()));
    assert_eq!(days(&nth(&[1, 5])), ["10-03", "10-31", "11-07"]);
    assert_eq!(days(&nth(&[2])), ["10-10", "11-14"]);
    assert_eq!(days(&nth(&[0, 200])), [""; 0]);
}

#[test]
fn a_night_lasts_an_hour_more_when_summer_time_ends() {
    let made = expanded(&template(), &[]).sessions;
    let of = |day: &str| {
        let mut made = made.iter();
        let made = made.find(|session| session.template.as_ref().unwrap().1 == date(day));
        made.unwrap()
    };
    assert_eq!(
        of("2026-10-17").range,
        range("2026-10-17T21:00", "2026-10-18T07:00")
    );
    assert_eq!(
        of("2026-10-24").range,
        range("2026-10-24T21:00", "2026-10-25T08:00")
    );
    assert_eq!(
        of("2026-10-31").range,
        range("2026-10-31T22:00", "2026-11-01T08:00")
    );
    assert_eq!(of("2026-10-24").release_at, Some(at("2026-10-23T21:00")));
}

#[test]
fn what_was_made_once_is_not_made_again_and_what_is_taken_is_left_out() {
    let first = expanded(&template(), &[]);
    assert_eq!(first.skipped, []);
    let mut existing = first.sessions.clone();
    // One moved by hand to another time and theatre, one cancelled.
    existing[0].theatre = theatre_id("OT-2");
    existing[0].range = range("2026-10-05T08:00", "2026-10-05T12:00");
    existing[1].state = SessionState::Cancelled;
    let again = expanded(&template(), &existing);
    assert_eq!(again.sessions, []);
    assert_eq!(again.skipped.len(), existing.len());
    assert!(
        again
            .skipped
            .iter()
            .all(|(_, why)| matches!(why, Skipped::Made(_)))
    );

    let by_hand = session("hand", "OT-1", "2026-10-04T06:59", "2026-10-04T12:00");
    let next_door = session("door", "OT-2", "2026-10-10T20:00", "2026-10-11T12:00");
    let afterwards = session("after", "OT-1", "2026-10-18T07:00", "2026-10-18T12:00");
    let made = expanded(&template(), &[by_hand, next_door, afterwards]);
    let expected = (date("2026-10-03"), Skipped::Taken(session_id("hand")));
    assert_eq!(made.skipped, [expected]);
    assert_eq!(made.sessions.len(), first.sessions.len() - 1);
}

#[test]
fn a_time_that_clocks_skip_is_named() {
    let gone = SessionTemplate {
        weekday: Weekday::Sunday,
        start_minute: 90,
        end_minute: 135,
        first_date: date("2026-03-01"),
        ..template()
    };
    let dates = (date("2026-03-29"), date("2026-03-29"));
    let made = expand(&gone, &zone("Europe/London"), dates, &[], |_| {
        session_id("s")
    });
    assert_eq!(made.skipped, [(date("2026-03-29"), Skipped::NoSuchTime)]);
}
