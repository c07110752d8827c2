//! Every state × every command.

use super::*;

#[test]
fn every_command_leads_from_every_state_where_the_drawing_says_and_nowhere_else() {
    use CaseState::*;
    let arrows = |command: Command| -> &'static [(CaseState, CaseState)] {
        match command {
            Command::Schedule => &[(Requested, Scheduled), (Postponed, Scheduled)],
            Command::Confirm => &[(Scheduled, Confirmed)],
            Command::Reschedule => &[(Scheduled, Scheduled), (Confirmed, Scheduled)],
            Command::Postpone => &[(Scheduled, Postponed), (Confirmed, Postponed)],
            Command::Cancel => &[
                (Requested, Cancelled),
                (Postponed, Cancelled),
                (Scheduled, Cancelled),
                (Confirmed, Cancelled),
            ],
            Command::Abort => &[(InTheatre, Cancelled)],
            Command::Record(Milestone::WheelsIn) => &[(Confirmed, InTheatre)],
            Command::Record(Milestone::WheelsOut) => &[(InTheatre, InRecovery)],
            Command::Record(Milestone::RecoveryOut) => &[(InRecovery, Completed)],
            Command::Record(Milestone::TheatreClean) => &[(InRecovery, InRecovery)],
            Command::Record(_) => &[(InTheatre, InTheatre), (InRecovery, InRecovery)],
            Command::Correct => &[(InRecovery, InRecovery), (Completed, Completed)],
            Command::Update => &[
                (Requested, Requested),
                (Scheduled, Scheduled),
                (Confirmed, Confirmed),
                (InTheatre, InTheatre),
                (InRecovery, InRecovery),
                (Completed, Completed),
                (Postponed, Postponed),
            ],
        }
    };
    for command in Command::ALL {
        for state in CaseState::ALL {
            let drawn = arrows(command).iter().find(|(from, _)| *from == state);
            match (tell(&case_in(state), command, false), drawn) {
                (Ok(case), Some((_, to))) => {
                    assert_eq!(case.state, *to, "{command:?} from {state:?}");
                    case.check().unwrap();
                }
                (Err(TransitionError::InvalidState { allowed, .. }), None) => {
                    assert!(!allowed.contains(&command), "{command:?} from {state:?}");
                    assert_eq!(allowed, Command::allowed(state, false));
                }
                (got, _) => panic!("{command:?} from {state:?} gave {got:?}"),
            }
        }
    }
}

#[test]
fn only_who_books_emergencies_brings_in_a_case_that_nobody_confirmed() {
    let command = Command::Record(Milestone::WheelsIn);
    for state in CaseState::ALL {
        let expected = matches!(state, CaseState::Scheduled | CaseState::Confirmed);
        let got = tell(&case_in(state), command, true);
        assert_eq!(got.is_ok(), expected, "{state:?}: {got:?}");
    }
}
