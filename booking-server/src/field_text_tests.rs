//! Tests of `field_text.rs`.

use super::*;
use booking_domain::testing::{hospital, scheduled, session};

#[test]
fn every_kind_of_value_is_told_in_plain_text() {
    let case = texts(&scheduled("a", "OT-1", "2026-06-01T09:00"));
    let told = |name: &str| case.get(name).map_or("", String::as_str);
    assert_eq!(told("procedure"), "Hernia repair");
    assert_eq!(
        told("plan"),
        "start_time 2026-06-01T09:00:00Z, theatre OT-1"
    );
    assert_eq!(told("team"), "role PRIMARY_SURGEON, staff DC-1");
    assert_eq!(
        told("durations"),
        "cleanup_min 15, procedure_min 60, setup_min 15"
    );
    assert_eq!(told("equipment"), "");
    let session = texts(&session(
        "s",
        "OT-1",
        "2026-06-01T08:00",
        "2026-06-01T12:00",
    ));
    assert_eq!(session["owner"], "open");
    assert_eq!(session["start_time"], "2026-06-01T08:00:00Z");
    let hospital = hospital();
    let theatre = texts(hospital.theatres.values().next().unwrap());
    assert!(theatre["opening_rules"].contains("weekday Monday"));
}
