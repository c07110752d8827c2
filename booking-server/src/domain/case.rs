//! A surgical case, and what must be true of one.

use std::fmt;

use jiff::{Timestamp, tz::TimeZone};
use thiserror::Error;

use super::{CaseId, CaseState, Slot};

/// When and where a case is planned.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// The time it takes the theatre for.
    pub slot: Slot,
    /// The civil time of the theatre's site: what its wall clocks show.
    pub zone: TimeZone,
}

/// Why a case contradicts itself.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum CaseError {
    /// A state that needs a slot, and none there.
    #[error("a case that is {} has no slot", .0.as_str())]
    SlotMissing(CaseState),
    /// A waiting case with a slot.
    #[error("a case that is {} has a slot", .0.as_str())]
    SlotUnexpected(CaseState),
}

/// One operation on one patient: `plan` is there when the state needs it and never while waiting.
#[derive(Clone, Eq, PartialEq)]
pub struct SurgicalCase {
    id: CaseId,
    procedure: Box<str>,
    condition: Box<str>,
    state: CaseState,
    decided_at: Timestamp,
    plan: Option<Plan>,
}

impl SurgicalCase {
    /// Puts a case together; waiting time runs from `decided_at`, the decision to operate.
    ///
    /// # Errors
    ///
    /// [`CaseError`] when state and plan contradict each other.
    pub fn new(
        id: CaseId,
        procedure: &str,
        condition: &str,
        state: CaseState,
        decided_at: Timestamp,
        plan: Option<Plan>,
    ) -> Result<Self, CaseError> {
        match &plan {
            None if state.needs_slot() => return Err(CaseError::SlotMissing(state)),
            Some(_) if state.is_waiting() => return Err(CaseError::SlotUnexpected(state)),
            _ => {}
        }
        let (procedure, condition) = (procedure.into(), condition.into());
        Ok(Self {
            id,
            procedure,
            condition,
            state,
            decided_at,
            plan,
        })
    }

    /// Our number for it.
    pub fn id(&self) -> &CaseId {
        &self.id
    }

    /// What is done, for example `Laparoscopic cholecystectomy`.
    pub fn procedure(&self) -> &str {
        &self.procedure
    }

    /// What it is done for, for example `Gall bladder stone`.
    pub fn condition(&self) -> &str {
        &self.condition
    }

    /// Where it stands.
    pub fn state(&self) -> CaseState {
        self.state
    }

    /// When it was decided to operate.
    pub fn decided_at(&self) -> Timestamp {
        self.decided_at
    }

    /// When and where it is planned; `None` while it waits.
    pub fn plan(&self) -> Option<&Plan> {
        self.plan.as_ref()
    }
}

/// Shows what helps to follow a rule and nothing of the patient.
impl fmt::Debug for SurgicalCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SurgicalCase")
            .field("state", &self.state)
            .field("decided_at", &self.decided_at)
            .field("slot", &self.plan.as_ref().map(|plan| plan.slot))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn plan() -> Plan {
        let start = Timestamp::UNIX_EPOCH;
        let slot = Slot::new(start, start + SignedDuration::from_hours(1)).unwrap();
        Plan {
            slot,
            zone: TimeZone::UTC,
        }
    }

    fn case(state: CaseState, plan: Option<Plan>) -> Result<SurgicalCase, CaseError> {
        let id = CaseId::parse("c").unwrap();
        SurgicalCase::new(
            id,
            "Repair",
            "Secret hernia",
            state,
            Timestamp::UNIX_EPOCH,
            plan,
        )
    }

    #[test]
    fn a_case_has_a_slot_exactly_when_its_state_asks_for_one() {
        for state in CaseState::ALL {
            assert_eq!(
                case(state, None).is_ok(),
                !state.needs_slot(),
                "{state:?} without"
            );
            assert_eq!(
                case(state, Some(plan())).is_ok(),
                !state.is_waiting(),
                "{state:?} with"
            );
        }
    }

    #[test]
    fn debug_output_shows_nothing_clinical() {
        let shown = format!("{:?}", case(CaseState::Scheduled, Some(plan())).unwrap());
        assert!(
            shown.contains("Scheduled") && !shown.contains("Secret"),
            "{shown}"
        );
    }
}
