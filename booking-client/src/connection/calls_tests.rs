//! Tests of `calls.rs`.

use super::*;

#[test]
fn every_call_is_a_method_of_the_contract_and_no_two_are_the_same() {
    let mut paths: Vec<String> = ALL.iter().map(|path| path().to_string()).collect();
    assert!(paths.contains(&"/ot.v1.CaseService/ScheduleCase".to_owned()));
    assert!(paths.contains(&"/otbooking.OtBookingService/getBookingInfo".to_owned()));
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), ALL.len());
}
