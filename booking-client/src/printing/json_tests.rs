//! Tests of `json.rs`.

use booking_proto::ot::v1::{Case, Plan, case::State};
use serde_json::Value;

use super::*;

#[test]
fn a_message_is_protobufs_json_with_its_defaults() {
    let case = Case {
        name: "cases/1".to_owned(),
        state: State::InTheatre.into(),
        procedure: "a\u{1b}[2J\u{202e}b".to_owned(),
        plan: Some(Plan {
            start_time: Some(prost_types::Timestamp {
                seconds: 1_764_153_000,
                nanos: 0,
            }),
            ..Plan::default()
        }),
        ..Case::default()
    };
    let line = line(&case);
    assert!(!line.chars().any(steers), "{line}");
    let read: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(read["state"], "IN_THEATRE");
    assert_eq!(read["plan"]["startTime"], "2025-11-26T10:30:00Z");
    assert_eq!(read["procedure"], case.procedure.as_str());
    assert_eq!(read["postponements"], 0);
}
