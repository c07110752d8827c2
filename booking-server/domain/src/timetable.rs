//! Everything held and closed in a stretch of time, so that many places can be asked about at once.
//!
//! [`Surroundings`] answers for one place and is what the store reads for one booking. Whoever
//! looks for places (`slots`, `emergency`), moves several cases (`moves`) or looks everything
//! through (`conflict`) reads the whole stretch once and takes the surroundings out of this.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;

use crate::{
    Case, CaseId, Claim, HeldClaim, Hospital, Plan, Resource, Session, Subject, Surroundings,
    TheatreId, TimeRange, Unavailability,
    claim::{MAX_CLAIM_MIN, claims},
    time_range::later,
};

/// What each resource is held for and by whom, by start.
type Held = BTreeMap<Resource, Vec<(TimeRange, CaseId)>>;

/// Claims by resource and start, sessions by theatre and start, closures and absences by subject.
///
/// Cheap to clone: what was read once is shared, and only what is held or let go afterwards is the
/// clone's own. Whoever tries a hundred places tries each on a clone.
#[derive(Clone, Debug, Default)]
pub struct Timetable {
    read: Arc<Held>,
    let_go: BTreeSet<CaseId>,
    since: Held,
    sessions: Arc<BTreeMap<TheatreId, Vec<Session>>>,
    unavailable: Arc<BTreeMap<Subject, Vec<Unavailability>>>,
}

impl Timetable {
    /// Out of what a store found.
    pub fn new(
        held: impl IntoIterator<Item = HeldClaim>,
        sessions: impl IntoIterator<Item = Session>,
        unavailable: impl IntoIterator<Item = Unavailability>,
    ) -> Self {
        let mut read = Held::new();
        for HeldClaim { case, claim } in held {
            let held = read.entry(claim.resource).or_default();
            held.push((claim.range, case));
        }
        for held in read.values_mut() {
            held.sort_unstable();
            held.dedup();
        }
        let mut sessions = grouped(sessions, |session| session.theatre.clone());
        for sessions in sessions.values_mut() {
            sessions.sort_by_key(|session| session.range);
        }
        let unavailable = grouped(unavailable, |unavailable| unavailable.subject.clone());
        Self {
            read: Arc::new(read),
            let_go: BTreeSet::new(),
            since: Held::new(),
            sessions: Arc::new(sessions),
            unavailable: Arc::new(unavailable),
        }
    }

    /// Out of cases: what those of them hold that hold anything.
    pub fn of_cases<'a>(
        cases: impl IntoIterator<Item = &'a Case>,
        sessions: impl IntoIterator<Item = Session>,
        unavailable: impl IntoIterator<Item = Unavailability>,
        hospital: &Hospital,
    ) -> Self {
        let held = cases.into_iter().flat_map(|case| held_by(case, hospital));
        Self::new(held, sessions, unavailable)
    }

    /// From now on `case` holds the claims too.
    pub fn hold_all(&mut self, case: &CaseId, claims: impl IntoIterator<Item = Claim>) {
        for Claim { resource, range } in claims {
            let held = self.since.entry(resource).or_default();
            held.push((range, case.clone()));
            held.sort_unstable();
        }
    }

    /// From now on `case` holds nothing.
    pub fn let_go(&mut self, case: &CaseId) {
        self.let_go.insert(case.clone());
        for held in self.since.values_mut() {
            held.retain(|(_, holder)| holder != case);
        }
    }

    /// Who holds `resource` at some instant of `range`, and when.
    pub fn holders(
        &self,
        resource: &Resource,
        range: TimeRange,
    ) -> impl Iterator<Item = &(TimeRange, CaseId)> {
        let read = near(&self.read, resource, range);
        let read = read.filter(|(_, holder)| !self.let_go.contains(holder));
        read.chain(near(&self.since, resource, range))
    }

    /// What the store would find around `case` if it followed `plan`.
    pub fn around(&self, case: &Case, plan: &Plan, hospital: &Hospital) -> Surroundings {
        let mut around = Surroundings::default();
        let mut taken = case.details.footprint.range_from(plan.start);
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
        around
            .sessions
            .extend(self.sessions_near(&plan.theatre, taken));
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

    /// Those of them that overlap `range`. None is longer than [`MAX_CLAIM_MIN`].
    fn sessions_near(
        &self,
        theatre: &TheatreId,
        range: TimeRange,
    ) -> impl Iterator<Item = Session> {
        let sessions = self.sessions.get(theatre).map_or(&[][..], Vec::as_slice);
        let earliest = later(range.start(), -i64::from(MAX_CLAIM_MIN));
        let first = sessions.partition_point(|session| session.range.start() < earliest);
        let near = sessions[first..].iter();
        near.take_while(move |session| session.range.start() < range.end())
            .filter(move |session| session.range.overlaps(&range))
            .cloned()
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

fn grouped<K: Ord, T>(
    all: impl IntoIterator<Item = T>,
    key: impl Fn(&T) -> K,
) -> BTreeMap<K, Vec<T>> {
    let mut groups: BTreeMap<K, Vec<T>> = BTreeMap::new();
    for one in all {
        groups.entry(key(&one)).or_default().push(one);
    }
    groups
}

/// Those of a resource's holders that overlap `range`; no claim is longer than [`MAX_CLAIM_MIN`].
fn near<'a>(
    held: &'a Held,
    resource: &Resource,
    range: TimeRange,
) -> impl Iterator<Item = &'a (TimeRange, CaseId)> + use<'a> {
    let held = held.get(resource).map_or(&[][..], Vec::as_slice);
    let earliest = later(range.start(), -i64::from(MAX_CLAIM_MIN));
    let first = held.partition_point(|(held, _)| held.start() < earliest);
    held[first..]
        .iter()
        .take_while(move |(held, _)| held.start() < range.end())
        .filter(move |(held, _)| held.overlaps(&range))
}

/// What a case holds now.
pub(crate) fn held_by(case: &Case, hospital: &Hospital) -> Vec<HeldClaim> {
    let Some(plan) = case.plan.as_ref().filter(|_| case.state.holds()) else {
        return Vec::new();
    };
    let held = |claim| HeldClaim {
        case: case.id.clone(),
        claim,
    };
    claims(case, plan, hospital).into_iter().map(held).collect()
}

/// All whose closures and absences matter to a case in a place; none twice.
pub(crate) fn subjects(case: &Case, plan: &Plan) -> BTreeSet<Subject> {
    let team = case.details.team.iter();
    let team = team.map(|member| Subject::Staff(member.staff.clone()));
    let units = case.details.units.iter().cloned().map(Subject::Unit);
    let theatre = Subject::Theatre(plan.theatre.clone());
    team.chain(units).chain([theatre]).collect()
}
