//! Tests of `state.rs`.

use super::{CaseState::*, *};

#[test]
fn each_state_means_what_the_table_says() {
    // state, waiting, needs a slot, holds, in progress
    let table = [
        (Requested, true, false, false, false),
        (Postponed, true, false, false, false),
        (Scheduled, false, true, true, false),
        (Confirmed, false, true, true, false),
        (InTheatre, false, true, true, true),
        (InRecovery, false, true, false, true),
        (Completed, false, true, false, false),
        (Cancelled, false, false, false, false),
    ];
    assert_eq!(table.len(), CaseState::ALL.len());
    for (state, waiting, slot, holds, in_progress) in table {
        assert_eq!(state.is_waiting(), waiting, "{state:?}");
        assert_eq!(state.needs_slot(), slot, "{state:?}");
        assert_eq!(state.holds(), holds, "{state:?}");
        assert_eq!(state.is_in_progress(), in_progress, "{state:?}");
    }
}

#[test]
fn names_are_read_back_and_others_refused() {
    for state in CaseState::ALL {
        assert_eq!(state.as_str().parse(), Ok(state));
    }
    for other in ["", "scheduled", "SCHEDULED ", "DONE"] {
        assert_eq!(
            other.parse::<CaseState>(),
            Err(crate::UnknownWord),
            "{other:?}"
        );
    }
}
