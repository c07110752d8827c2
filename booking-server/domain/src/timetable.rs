//! Everything held and closed in a stretch of time, so that many places can be asked about at once.
//!
//! [`Surroundings`] answers for one place and is what the store reads for one booking. Whoever
//! looks for places (`slots`, `emergency`), moves several cases (`moves`) or looks everything
//! through (`conflict`) reads the whole stretch once and takes the surroundings out of this.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{
    Case, CaseId, Claim, HeldClaim, Hospital, Plan, Resource, Session, Subject, Surroundings,
    TheatreId, TimeRange, Unavailability,
    claim::{MAX_CLAIM_MIN, claims},
    time_range::later,
};

/// Claims by resource and start, sessions by theatre and start, closures and absences by subject.
#[derive(Clone, Debug, Default)]
pub struct Timetable {
    held: BTreeMap<Resource, BTreeSet<(TimeRange, CaseId)>>,
    sessions: BTreeMap<TheatreId, Vec<Session>>,
    unavailable: BTreeMap<Subject, Vec<Unavailability>>,
}

impl Timetable {
    /// Out of what a store found.
    pub fn new(
        held: impl IntoIterator<Item = HeldClaim>,
        sessions: impl IntoIterator<Item = Session>,
        unavailable: impl IntoIterator<Item = Unavailability>,
    ) -> Self {
        let mut table = Self::default();
        for held in held {
            table.hold(&held.case, held.claim);
        }
        for session in sessions {
            let theatre = table.sessions.entry(session.theatre.clone());
            theatre.or_default().push(session);
        }
        for sessions in table.sessions.values_mut() {
            sessions.sort_by_key(|session| session.range);
        }
        for unavailable in unavailable {
            let subject = table.unavailable.entry(unavailable.subject.clone());
            subject.or_default().push(unavailable);
        }
        table
    }

    /// Out of cases: what those of them hold that hold anything.
    pub fn of_cases<'a>(
        cases: impl IntoIterator<Item = &'a Case>,
        sessions: impl IntoIterator<Item = Session>,
        unavailable: impl IntoIterator<Item = Unavailability>,
        hospital: &Hospital,
    ) -> Self {
        let mut table = Self::new([], sessions, unavailable);
        for case in cases {
            if let Some(plan) = &case.plan
                && case.state.holds()
            {
                table.hold_all(&case.id, claims(case, plan, hospital));
            }
        }
        table
    }

    /// From now on `case` holds the claim too.
    pub fn hold(&mut self, case: &CaseId, claim: Claim) {
        let held = self.held.entry(claim.resource).or_default();
        held.insert((claim.range, case.clone()));
    }

    /// From now on `case` holds the claims too.
    pub fn hold_all(&mut self, case: &CaseId, claims: impl IntoIterator<Item = Claim>) {
        for claim in claims {
            self.hold(case, claim);
        }
    }

    /// From now on `case` holds nothing.
    pub fn let_go(&mut self, case: &CaseId) {
        for held in self.held.values_mut() {
            held.retain(|(_, holder)| holder != case);
        }
    }

    /// From now on `case` holds `resource` no longer.
    pub fn let_go_of(&mut self, case: &CaseId, resource: &Resource) {
        if let Some(held) = self.held.get_mut(resource) {
            held.retain(|(_, holder)| holder != case);
        }
    }

    /// Who holds `resource` at some instant of `range`, and when.
    pub fn holders(
        &self,
        resource: &Resource,
        range: TimeRange,
    ) -> impl Iterator<Item = &(TimeRange, CaseId)> {
        let earliest = later(range.start(), -i64::from(MAX_CLAIM_MIN));
        let held = self.held.get(resource).into_iter().flatten();
        held.skip_while(move |(held, _)| held.start() < earliest)
            .take_while(move |(held, _)| held.start() < range.end())
            .filter(move |(held, _)| held.overlaps(&range))
    }

    /// What the store would find around `case` if it followed `plan`.
    pub fn around(&self, case: &Case, plan: &Plan, hospital: &Hospital) -> Surroundings {
        let mut around = Surroundings::default();
        let mut taken = case.footprint.range_from(plan.start);
        for claim in claims(case, plan, hospital) {
            taken = taken.hull(&claim.range);
            for (range, holder) in self.holders(&claim.resource, claim.range) {
                around.held.push(HeldClaim {
                    case: holder.clone(),
                    claim: Claim {
                        resource: claim.resource.clone(),
                        range: *range,
                    },
                });
            }
        }
        let sessions = self.sessions_in(&plan.theatre);
        let sessions = sessions.filter(|session| session.range.overlaps(&taken));
        around.sessions.extend(sessions.cloned());
        for subject in subjects(case, plan) {
            let unavailable = self.unavailable_of(&subject);
            let unavailable = unavailable.filter(|closed| closed.range.overlaps(&taken));
            around.unavailable.extend(unavailable.cloned());
        }
        around
    }

    /// The sessions in a theatre, by start.
    pub fn sessions_in(&self, theatre: &TheatreId) -> impl Iterator<Item = &Session> {
        self.sessions.get(theatre).into_iter().flatten()
    }

    /// The closures or absences of a subject.
    pub fn unavailable_of(&self, subject: &Subject) -> impl Iterator<Item = &Unavailability> {
        self.unavailable.get(subject).into_iter().flatten()
    }

    /// The instants from which `resource` is free again, of those that lie in `within`.
    pub(crate) fn releases(
        &self,
        resource: &Resource,
        within: TimeRange,
    ) -> impl Iterator<Item = Timestamp> {
        self.holders(resource, within).map(|(held, _)| held.end())
    }
}

/// All whose closures and absences matter to a case in a place; none twice.
pub(crate) fn subjects(case: &Case, plan: &Plan) -> BTreeSet<Subject> {
    let team = case.team.iter();
    let team = team.map(|member| Subject::Staff(member.staff.clone()));
    let units = case.units.iter().cloned().map(Subject::Unit);
    let theatre = Subject::Theatre(plan.theatre.clone());
    team.chain(units).chain([theatre]).collect()
}
