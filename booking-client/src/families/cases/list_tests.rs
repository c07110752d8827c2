//! Tests of `list.rs`.

use jiff::tz::TimeZone;

use super::*;

#[test]
fn flags_become_conditions_and_quotes_cannot_break_out() {
    let site = SiteTime {
        zone: TimeZone::get("Europe/London").unwrap(),
        now: "2026-07-01T06:00:00Z".parse().unwrap(),
    };
    let args = ListArgs {
        state: vec![State::Scheduled, State::InTheatre],
        theatre: vec!["OT-1".to_owned()],
        patient: Some("PT 1".to_owned()),
        date: Some("today".parse().unwrap()),
        text: Some("a\" OR \\".to_owned()),
        filter: Some("postponements > 0".to_owned()),
        ..ListArgs::default()
    };
    assert_eq!(
        args.filter(&site).unwrap(),
        "state = (SCHEDULED, IN_THEATRE) AND theatre = \"theatres/OT-1\" AND \
             patient = \"patients/PT%201\" AND start_time >= \"2026-06-30T23:00:00Z\" AND \
             start_time < \"2026-07-01T23:00:00Z\" AND text = \"a\\\" OR \\\\\" AND postponements > 0"
    );
    assert_eq!(ListArgs::default().filter(&site).unwrap(), "");
}
