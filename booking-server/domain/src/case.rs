//! A surgical case, and what must be true of one.
//!
//! [`Case`] is a record: what is known of one operation on one patient. Decisions about it are in
//! `transition` (may it move on?) and `rules` (may it be there, then?); both take a case and give a
//! case, and nothing here changes in place.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    Anaesthesia, Capability, CaseId, CaseState, Footprint, Laterality, Milestones, PatientId,
    ProcedureTypeId, ReasonCode, RuleId, SessionId, Specialty, StaffId, TeamMember, TeamRole,
    TheatreId, TimeRange, UnitId, Urgency, Version,
};

/// How many units of blood are to be ready, at most: a massive transfusion is its own protocol.
pub const MAX_BLOOD_UNITS: u8 = 20;

/// How many units of blood are to be ready; 0 when none are asked for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct BloodUnits(u8);

/// More than [`MAX_BLOOD_UNITS`].
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("must be 0 to {MAX_BLOOD_UNITS} units")]
pub struct TooMuchBlood;

impl BloodUnits {
    /// So many.
    ///
    /// # Errors
    ///
    /// [`TooMuchBlood`].
    pub const fn new(units: u8) -> Result<Self, TooMuchBlood> {
        if units > MAX_BLOOD_UNITS {
            return Err(TooMuchBlood);
        }
        Ok(Self(units))
    }

    /// How many.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// When and where a case is planned.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Plan {
    /// Where.
    pub theatre: TheatreId,
    /// From when; the footprint says until when.
    #[serde(rename = "start_time")]
    pub start: Timestamp,
    /// The session it lies in.
    pub session: Option<SessionId>,
}

/// Why a case does not take place.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Cancellation {
    /// By code.
    pub reason: ReasonCode,
    /// In words.
    pub note: String,
    /// When it was decided.
    #[serde(rename = "cancel_time")]
    pub at: Timestamp,
    /// On the civil day for which it was planned, or after the patient had come in.
    pub day_of_surgery: bool,
    /// After anaesthesia had begun.
    pub aborted: bool,
}

/// A rule that somebody with the right has overridden.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Override {
    /// Which.
    pub rule: RuleId,
    /// Why.
    pub reason: String,
    /// The person, or the account where no person was named.
    pub author: String,
    /// When.
    #[serde(rename = "override_time")]
    pub at: Timestamp,
}

/// One operation on one patient. Its fields are told under the names that the contract has for them.
#[derive(Clone, Eq, PartialEq, Serialize)]
pub struct Case {
    /// Our number for it.
    #[serde(skip)]
    pub id: CaseId,
    /// Its version.
    #[serde(skip)]
    pub version: Version,
    /// What was asked for.
    #[serde(flatten)]
    pub details: CaseDetails,
    /// Where it stands.
    pub state: CaseState,
    /// When and where: there when the state needs it and never while waiting.
    pub plan: Option<Plan>,
    /// What really happened.
    pub milestones: Milestones,
    /// Why it does not take place; exactly when it is cancelled.
    pub cancellation: Option<Cancellation>,
    /// Rules overridden for the present plan.
    pub overrides: Vec<Override>,
    /// How often it was postponed.
    pub postponements: u32,
    /// `source/encounter` of an imported one.
    pub import_key: Option<String>,
    /// When it was entered here.
    #[serde(skip)]
    pub created_at: Timestamp,
    /// When it was last changed here.
    #[serde(skip)]
    pub updated_at: Timestamp,
}

/// What is asked for: the part of a case that a person may write, all of it replaceable.
#[derive(Clone, Eq, PartialEq, Serialize)]
pub struct CaseDetails {
    /// Whose.
    pub patient: PatientId,
    /// What is done, in words.
    pub procedure: String,
    /// What is done, by name.
    pub procedure_type: Option<ProcedureTypeId>,
    /// What it is done for.
    pub condition: String,
    /// The branch of surgery it counts for.
    pub specialty: Option<Specialty>,
    /// On which side.
    pub laterality: Laterality,
    /// How urgent.
    pub urgency: Urgency,
    /// How anaesthetised.
    pub anaesthesia: Anaesthesia,
    /// The decision to operate: waiting time runs from here.
    #[serde(rename = "decision_time")]
    pub decided_at: Timestamp,
    /// When it should have happened.
    #[serde(rename = "target_time")]
    pub target_at: Option<Timestamp>,
    /// How long it takes its theatre for, planned or not.
    #[serde(rename = "durations")]
    pub footprint: Footprint,
    /// Who does what.
    pub team: Vec<TeamMember>,
    /// With which equipment.
    #[serde(rename = "equipment")]
    pub units: Vec<UnitId>,
    /// What the theatre must be able to do, beyond what the procedure type asks for.
    pub required_capabilities: Vec<Capability>,
    /// For people.
    pub notes: String,
    /// Blood that is to be ready.
    pub blood_units: BloodUnits,
}

impl CaseDetails {
    /// What is least said of a case; all else is as where nobody said otherwise.
    pub fn new(
        patient: PatientId,
        procedure: String,
        decided_at: Timestamp,
        footprint: Footprint,
    ) -> Self {
        Self {
            patient,
            procedure,
            procedure_type: None,
            condition: String::new(),
            specialty: None,
            laterality: Laterality::Unspecified,
            urgency: Urgency::Elective,
            anaesthesia: Anaesthesia::General,
            decided_at,
            target_at: None,
            footprint,
            team: Vec::new(),
            units: Vec::new(),
            required_capabilities: Vec::new(),
            notes: String::new(),
            blood_units: BloodUnits::default(),
        }
    }
}

/// Shows nothing: all of it may be a patient's.
impl fmt::Debug for CaseDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CaseDetails(..)")
    }
}

/// How a case contradicts itself.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum CaseError {
    /// A state that needs a plan, and none there.
    #[error("a case that is {} has no plan", .0.as_str())]
    PlanMissing(CaseState),
    /// A waiting case with a plan.
    #[error("a case that is {} has a plan", .0.as_str())]
    PlanUnexpected(CaseState),
    /// A cancelled case without a cancellation, or the other way round.
    #[error("a case that is {} and its cancellation contradict each other", .0.as_str())]
    Cancellation(CaseState),
}

impl Case {
    /// A new case on the waiting list, at version 1.
    pub fn request(id: CaseId, details: CaseDetails, now: Timestamp) -> Self {
        Self {
            id,
            version: 1,
            details,
            state: CaseState::Requested,
            plan: None,
            milestones: Milestones::default(),
            cancellation: None,
            overrides: Vec::new(),
            postponements: 0,
            import_key: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// The same case, asked for otherwise. A rule that was overridden for what it was and no longer
    /// is counts again: a longer case must be looked at again.
    pub fn with_details(&self, details: CaseDetails) -> Self {
        let was = &self.details;
        let as_long = details.footprint == was.footprint;
        let same_team = details.team == was.team;
        let same_branch = details.specialty == was.specialty
            && details.procedure_type == was.procedure_type
            && details.anaesthesia == was.anaesthesia
            && details.urgency == was.urgency;
        let kept = |rule| match rule {
            RuleId::R8 => as_long && same_team && same_branch,
            RuleId::R9 => as_long && same_team,
            _ => as_long,
        };
        let mut case = Self {
            details,
            ..self.clone()
        };
        case.overrides.retain(|overridden| kept(overridden.rule));
        case
    }

    /// The one surgeon who answers for it, once there is exactly one.
    pub fn primary_surgeon(&self) -> Option<&StaffId> {
        let mut primary = self
            .details
            .team
            .iter()
            .filter(|member| member.role == TeamRole::PrimarySurgeon);
        let first = primary.next()?;
        primary.next().is_none().then_some(&first.staff)
    }

    /// The case, if it does not contradict itself.
    ///
    /// # Errors
    ///
    /// [`CaseError`], the first that is found.
    pub fn check(self) -> Result<Self, CaseError> {
        let state = self.state;
        match &self.plan {
            None if state.needs_slot() => return Err(CaseError::PlanMissing(state)),
            Some(_) if state.is_waiting() => return Err(CaseError::PlanUnexpected(state)),
            _ => {}
        }
        if self.cancellation.is_some() != (state == CaseState::Cancelled) {
            return Err(CaseError::Cancellation(state));
        }
        Ok(self)
    }

    /// The time it is planned to take its theatre for.
    pub fn planned_range(&self) -> Option<TimeRange> {
        let plan = self.plan.as_ref()?;
        Some(self.details.footprint.range_from(plan.start))
    }
}

/// Shows what helps to follow a rule and nothing of the patient.
impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case")
            .field("state", &self.state)
            .field("version", &self.version)
            .field("plan", &self.plan)
            .finish_non_exhaustive()
    }
}
