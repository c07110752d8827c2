//! Claims: which resource a planned case holds, and when. The one notion all overlap rules rest on.
//!
//! ```text
//!            |--- setup ---|------ procedure ------|- cleanup -|- turnover -|- reprocessing -
//!  theatre   [========================================================)
//!  patient   [=====================================)
//!  anaesth.  [=====================================)
//!  surgeon                 [=======================)
//!  nurse     [=================================================)
//!  unit      [=================================================) + reprocessing
//! ```
//!
//! A surgeon is claimed for the procedure alone, so that one may run two theatres in turn.

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;

use crate::{
    Case, CaseId, Footprint, Hospital, MAX_FOOTPRINT_MIN, Plan, TeamRole, TimeRange,
    time_range::later,
};

/// What kind of thing is claimed. The numbers are what the store keeps.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum ResourceKind {
    /// A theatre: R1.
    Theatre = 1,
    /// A member of staff: R2.
    Staff = 2,
    /// A patient: R3.
    Patient = 3,
    /// A piece of equipment: R4.
    Equipment = 4,
}

impl ResourceKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Theatre, Self::Staff, Self::Patient, Self::Equipment];
}

/// One thing that is claimed.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Resource {
    /// What kind of thing.
    pub kind: ResourceKind,
    /// Its number: a `TheatreId`, `StaffId`, `PatientId` or `UnitId` as text.
    pub id: String,
}

/// Shows the kind alone: the number may be a patient's.
impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Resource({:?}, ..)", self.kind)
    }
}

/// A resource for a time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Claim {
    /// What.
    pub resource: Resource,
    /// When.
    pub range: TimeRange,
}

/// A claim that a case holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HeldClaim {
    /// Whose.
    pub case: CaseId,
    /// What and when.
    pub claim: Claim,
}

/// The longest a claim lasts: a footprint, and a gap or a reprocessing no longer than the longest
/// footprint. Minutes.
pub const MAX_CLAIM_MIN: u16 = 2 * MAX_FOOTPRINT_MIN;

/// What a case claims when it follows `plan`: sorted, no resource twice.
///
/// Somebody with two roles in one case is claimed once, for as long as both take. A placeholder is
/// never claimed; somebody unknown is, since nothing says that they are in nobody's way.
pub fn claims(case: &Case, plan: &Plan, hospital: &Hospital) -> Vec<Claim> {
    let theatre = hospital.theatres.get(&plan.theatre);
    let turnover_min = theatre.map_or(0, |theatre| theatre.turnover_min);
    let mut claims = BTreeMap::new();
    let mut claim = |kind, id: &str, range: TimeRange| {
        let id = id.to_owned();
        claims
            .entry(Resource { kind, id })
            .and_modify(|held: &mut TimeRange| *held = held.hull(&range))
            .or_insert(range);
    };

    let phases = Phases::new(&case.details.footprint, plan.start);
    let taken = phases.until_clean_and(turnover_min);
    claim(ResourceKind::Theatre, plan.theatre.as_str(), taken);
    claim(
        ResourceKind::Patient,
        case.details.patient.as_str(),
        phases.in_room(),
    );
    for member in &case.details.team {
        let known = hospital.staff.get(&member.staff);
        if known.is_none_or(|staff| !staff.placeholder) {
            claim(
                ResourceKind::Staff,
                member.staff.as_str(),
                phases.of(member.role),
            );
        }
    }
    for id in &case.details.units {
        let reprocess_min = hospital.units.get(id).map_or(0, |unit| unit.reprocess_min);
        let taken = phases.until_clean_and(reprocess_min);
        claim(ResourceKind::Equipment, id.as_str(), taken);
    }
    claims
        .into_iter()
        .map(|(resource, range)| Claim { resource, range })
        .collect()
}

/// How long a member of the team is needed, in a case that follows `plan`.
pub(crate) fn needed(case: &Case, plan: &Plan, role: TeamRole) -> TimeRange {
    Phases::new(&case.details.footprint, plan.start).of(role)
}

/// The table above.
struct Phases {
    start: Timestamp,
    setup_min: u32,
    procedure_min: u32,
    cleanup_min: u32,
}

impl Phases {
    fn new(footprint: &Footprint, start: Timestamp) -> Self {
        Self {
            start,
            setup_min: footprint.setup_min().into(),
            procedure_min: footprint.procedure_min().into(),
            cleanup_min: footprint.cleanup_min().into(),
        }
    }

    fn in_room(&self) -> TimeRange {
        TimeRange::lasting(self.start, self.setup_min + self.procedure_min)
    }

    fn until_clean_and(&self, minutes: u16) -> TimeRange {
        let total = self.setup_min + self.procedure_min + self.cleanup_min;
        TimeRange::lasting(
            self.start,
            total + u32::from(minutes.min(MAX_FOOTPRINT_MIN)),
        )
    }

    fn of(&self, role: TeamRole) -> TimeRange {
        match role {
            TeamRole::PrimarySurgeon | TeamRole::AssistantSurgeon => {
                let ready = later(self.start, self.setup_min.into());
                TimeRange::lasting(ready, self.procedure_min)
            }
            TeamRole::Anaesthetist => self.in_room(),
            TeamRole::ScrubNurse | TeamRole::CirculatingNurse => self.until_clean_and(0),
        }
    }
}
