//! What may be asked of a case, in which state, and why it may not.

use jiff::Timestamp;
use thiserror::Error;

use crate::{BrokenRule, CaseId, CaseState, Milestone, MilestonesOutOfOrder, ReasonCode};

/// What may be done to a case.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Command {
    /// Give it a place.
    Schedule,
    /// Say that everybody has agreed.
    Confirm,
    /// Give it another place.
    Reschedule,
    /// Take its place away.
    Postpone,
    /// Give it up.
    Cancel,
    /// Give it up with the patient in theatre.
    Abort,
    /// Write down what happened.
    Record(Milestone),
    /// Put right what was written down.
    Correct,
    /// Change what was asked for.
    Update,
}

impl Command {
    /// Every command.
    pub const ALL: [Self; 15] = [
        Self::Schedule,
        Self::Confirm,
        Self::Reschedule,
        Self::Postpone,
        Self::Cancel,
        Self::Abort,
        Self::Record(Milestone::WheelsIn),
        Self::Record(Milestone::AnaesthesiaReady),
        Self::Record(Milestone::KnifeToSkin),
        Self::Record(Milestone::Closed),
        Self::Record(Milestone::WheelsOut),
        Self::Record(Milestone::RecoveryOut),
        Self::Record(Milestone::TheatreClean),
        Self::Correct,
        Self::Update,
    ];

    /// Its name, for programs and people: `schedule`, `record WHEELS_IN`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Confirm => "confirm",
            Self::Reschedule => "reschedule",
            Self::Postpone => "postpone",
            Self::Cancel => "cancel",
            Self::Abort => "abort",
            Self::Record(Milestone::WheelsIn) => "record WHEELS_IN",
            Self::Record(Milestone::AnaesthesiaReady) => "record ANAESTHESIA_READY",
            Self::Record(Milestone::KnifeToSkin) => "record KNIFE_TO_SKIN",
            Self::Record(Milestone::Closed) => "record CLOSED",
            Self::Record(Milestone::WheelsOut) => "record WHEELS_OUT",
            Self::Record(Milestone::RecoveryOut) => "record RECOVERY_OUT",
            Self::Record(Milestone::TheatreClean) => "record THEATRE_CLEAN",
            Self::Correct => "correct",
            Self::Update => "update",
        }
    }

    /// Whether a case in `state` may be told this; `emergency`: by somebody who books emergencies.
    pub const fn is_allowed(self, state: CaseState, emergency: bool) -> bool {
        use CaseState::{
            Cancelled, Completed, Confirmed, InRecovery, InTheatre, Postponed, Requested, Scheduled,
        };
        match self {
            Self::Schedule => matches!(state, Requested | Postponed),
            Self::Confirm => matches!(state, Scheduled),
            Self::Reschedule | Self::Postpone => matches!(state, Scheduled | Confirmed),
            Self::Cancel => matches!(state, Requested | Postponed | Scheduled | Confirmed),
            Self::Abort => matches!(state, InTheatre),
            Self::Record(Milestone::WheelsIn) => match state {
                Confirmed => true,
                Scheduled => emergency,
                _ => false,
            },
            Self::Record(Milestone::WheelsOut) => matches!(state, InTheatre),
            Self::Record(Milestone::RecoveryOut | Milestone::TheatreClean) => {
                matches!(state, InRecovery)
            }
            Self::Record(_) => matches!(state, InTheatre | InRecovery),
            Self::Correct => matches!(state, InRecovery | Completed),
            Self::Update => !matches!(state, Cancelled),
        }
    }

    /// What a case in `state` may be told.
    pub fn allowed(state: CaseState, emergency: bool) -> Vec<Self> {
        let all = Self::ALL.into_iter();
        all.filter(|command| command.is_allowed(state, emergency))
            .collect()
    }

    /// Refuses the command in a state in which it means nothing.
    ///
    /// # Errors
    ///
    /// [`TransitionError::InvalidState`].
    pub fn check(self, state: CaseState, emergency: bool) -> Result<(), TransitionError> {
        if self.is_allowed(state, emergency) {
            return Ok(());
        }
        Err(TransitionError::InvalidState {
            command: self,
            state,
            allowed: Self::allowed(state, emergency),
        })
    }
}

/// Why a case may not move on.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum TransitionError {
    /// The command means nothing in the case's state.
    #[error("{} is not possible for a case that is {}", .command.as_str(), .state.as_str())]
    InvalidState {
        /// What was asked.
        command: Command,
        /// Where the case stands.
        state: CaseState,
        /// What could be asked.
        allowed: Vec<Command>,
    },
    /// Rules stand against it.
    #[error("{}", sentences(.0))]
    Rules(Vec<BrokenRule>),
    /// No such reason, or one no longer used.
    #[error("there is no reason {0} in use; choose one of the hospital's")]
    UnknownReason(ReasonCode),
    /// Another case is in the theatre.
    #[error("another patient is in the theatre; record WHEELS_OUT there first")]
    TheatreOccupied(CaseId),
    /// Recorded before, at this time.
    #[error("{} was recorded before, at {at}; it can be corrected once the patient is out", .milestone.as_str())]
    AlreadyRecorded {
        /// Which.
        milestone: Milestone,
        /// What is written.
        at: Timestamp,
    },
    /// It has not happened yet.
    #[error("{} lies in the future", .0.as_str())]
    InFuture(Milestone),
    /// Milestones contradict each other.
    #[error(transparent)]
    OutOfOrder(#[from] MilestonesOutOfOrder),
    /// The state says that it happened, or that it did not.
    #[error("a case that is {} and {} contradict each other", .state.as_str(), .milestone.as_str())]
    MilestoneContradictsState {
        /// Where the case stands.
        state: CaseState,
        /// Which must be given, or must not be.
        milestone: Milestone,
    },
    /// What cannot be changed any more.
    #[error("{field} can no longer be changed in a case that is {}", .state.as_str())]
    FieldFixed {
        /// By its name in the model.
        field: &'static str,
        /// Where the case stands.
        state: CaseState,
    },
    /// A change that needs a place looked at, and none was. The caller's mistake.
    #[error("the change must be placed again")]
    NotPlaced,
}

fn sentences(broken: &[BrokenRule]) -> String {
    let said: Vec<&str> = broken.iter().map(|broken| &*broken.description).collect();
    said.join("; ")
}
