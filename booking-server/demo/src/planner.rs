//! The lists: who is operated on where and when, filled in as a scheduler would, one case after
//! another, each placed by the domain's own rules.

use booking_domain::{
    Booker, Case, CaseDetails, CaseId, EquipmentUnit, Laterality, OverrideRequest, PatientId, Plan,
    ProcedureTypeId, RuleId, Session, SessionOwner, Specialty, StaffId, Subject, TeamMember,
    Timetable, Urgency, claims, day_range, later, next_on_grid, place, schedule,
};
use jiff::{Timestamp, civil::Date};

use crate::{
    addition::Demo,
    catalogue::id,
    chance::Chance,
    crew::{AtWork, Crew},
    procedures::{PROCEDURES, Procedure},
    week::Week,
};

/// Plans start on this grid; minutes.
const GRID_MIN: i64 = 5;
/// How often another procedure is tried before a list is taken to be full.
const TRIES: u8 = 12;
const MINUTES_A_DAY: i64 = 24 * 60;

/// Fills lists.
#[derive(Debug)]
pub(crate) struct Planner<'a> {
    demo: &'a Demo,
    week: &'a Week,
    table: Timetable,
    booker: Booker,
    /// What was placed so far, by list and time.
    pub(crate) cases: Vec<Case>,
}

impl<'a> Planner<'a> {
    pub(crate) fn new(demo: &'a Demo, week: &'a Week) -> Self {
        let (sessions, away) = (demo.sessions.clone(), demo.unavailabilities.clone());
        Self {
            demo,
            week,
            table: Timetable::new([], sessions, away),
            booker: Booker {
                author: "anna".to_owned(),
                overrides: true,
                emergency: true,
                ..Booker::default()
            },
            cases: Vec::new(),
        }
    }

    /// Every list of the week.
    pub(crate) fn fill(&mut self, number: u64) {
        for day in self.week.days() {
            let sessions: Vec<Session> = self
                .demo
                .sessions
                .iter()
                .filter(|session| self.is_on(session, day))
                .cloned()
                .collect();
            let mut free = self.at_work(day);
            for session in sessions {
                // So that what a day brings to one theatre changes nothing in the others.
                let chance = &mut Chance::of(number, session.id.as_str());
                let Some(crew) = free.crew(self.demo, &session, chance) else {
                    continue;
                };
                match session.owner {
                    SessionOwner::Emergency => self.emergencies(&session, &crew, chance),
                    _ => self.list(&session, &crew, chance),
                }
            }
        }
    }

    fn is_on(&self, session: &Session, day: Date) -> bool {
        self.week.zone.to_datetime(session.range.start()).date() == day
    }

    /// Everybody who is not away at some time of the day.
    fn at_work(&self, day: Date) -> AtWork {
        let range = day_range(&self.week.zone, day);
        let away = |id: &StaffId| {
            let subject = Subject::Staff(id.clone());
            let mut absences = self.table.unavailable_of(&subject);
            absences.any(|absence| range.is_some_and(|range| absence.range.overlaps(&range)))
        };
        let all = self.demo.staff.iter().map(|person| person.id.clone());
        AtWork(all.filter(|id| !away(id)).collect())
    }

    /// A list: one after another until nothing more fits, and on some days one more.
    fn list(&mut self, session: &Session, crew: &Crew, chance: &mut Chance) {
        let suitable: Vec<&Procedure> = PROCEDURES
            .iter()
            .filter(|each| suits(each, session))
            .collect();
        if suitable.is_empty() {
            return;
        }
        let mut start = session.range.start();
        let mut misses = 0;
        while misses < TRIES {
            let procedure = *chance.pick(&suitable);
            let decided = later(start, -MINUTES_A_DAY * chance.between(7, 150));
            let booked = later(start, -MINUTES_A_DAY * chance.between(2, 6));
            let case = self.request(session, procedure, crew, Urgency::Elective, decided, chance);
            match self.place(case, session, start, booked, &[]) {
                Some(end) => start = end,
                None => misses += 1,
            }
        }
        // Now and then a team agrees to stay a little longer for one more.
        if chance.percent(12) {
            let shortest = suitable
                .iter()
                .min_by_key(|each| each.footprint().total_min());
            let procedure = shortest.expect("some procedure suits");
            let booked = later(start, -MINUTES_A_DAY);
            let decided = later(booked, -60 * MINUTES_A_DAY);
            let case = self.request(session, procedure, crew, Urgency::Elective, decided, chance);
            let overrun = OverrideRequest {
                rule: RuleId::R8,
                reason: "The team agreed to stay for the last case".to_owned(),
            };
            self.place(case, session, start, booked, &[overrun]);
        }
    }

    /// Emergencies come when they come; each is operated on after a while.
    fn emergencies(&mut self, session: &Session, crew: &Crew, chance: &mut Chance) {
        let suitable: Vec<&Procedure> = PROCEDURES.iter().filter(|each| each.emergency).collect();
        let mut decided = later(session.range.start(), chance.between(30, 180));
        // What has not happened yet is nobody's emergency yet.
        while decided < session.range.end().min(self.week.now) {
            let urgency = *chance.pick(&[
                Urgency::Immediate,
                Urgency::Urgent2a,
                Urgency::Urgent2a,
                Urgency::Urgent2b,
            ]);
            let wait = if urgency == Urgency::Immediate {
                chance.between(10, 40)
            } else {
                chance.between(40, 240)
            };
            let procedure = *chance.pick(&suitable);
            let case = self.request(session, procedure, crew, urgency, decided, chance);
            let mut start = next_on_grid(later(decided, wait));
            for _ in 0..TRIES {
                if self
                    .place(case.clone(), session, start, decided, &[])
                    .is_some()
                {
                    break;
                }
                start = later(start, 6 * GRID_MIN);
            }
            decided = later(decided, chance.between(120, 360));
        }
    }

    /// Numbered by list and place on it, so that one more emergency renumbers nobody.
    fn request(
        &self,
        session: &Session,
        procedure: &Procedure,
        crew: &Crew,
        urgency: Urgency,
        decided_at: Timestamp,
        chance: &mut Chance,
    ) -> Case {
        let of_session = |case: &&Case| {
            let plan = case.plan.as_ref();
            plan.and_then(|plan| plan.session.as_ref()) == Some(&session.id)
        };
        let number = self.cases.iter().filter(of_session).count() + 1;
        let sessions = self.demo.sessions.iter();
        let list = sessions.take_while(|each| each.id != session.id).count();
        let number = 100 * (list + 1) + number;
        let team = crew.team(procedure, chance);
        request(number, procedure, urgency, decided_at, team, chance)
    }

    /// The end of the case with its gap, if it fits at `start`.
    fn place(
        &mut self,
        case: Case,
        session: &Session,
        start: Timestamp,
        booked: Timestamp,
        overrides: &[OverrideRequest],
    ) -> Option<Timestamp> {
        let hospital = &self.demo.hospital;
        let plan = Plan {
            theatre: session.theatre.clone(),
            start,
            session: Some(session.id.clone()),
        };
        let placed = self.with_each_unit(case).into_iter().find_map(|case| {
            let around = self.table.around(&case, &plan, hospital);
            let booker = &self.booker;
            let placed = place(&case, &plan, hospital, &around, booker, overrides, booked);
            schedule(&case, placed.ok()?, booked).ok()
        })?;
        let plan = placed.plan.as_ref()?;
        self.table
            .hold_all(&placed.id, claims(&placed, plan, hospital));
        let turnover_min = hospital.theatres.get(&plan.theatre)?.turnover_min;
        let end = later(
            placed.details.footprint.range_from(start).end(),
            turnover_min.into(),
        );
        self.cases.push(placed);
        Some(next_on_grid(end))
    }

    /// The case with every unit it might be given; as it is when it needs none.
    fn with_each_unit(&self, case: Case) -> Vec<Case> {
        let by_type = case
            .details
            .procedure_type
            .as_ref()
            .and_then(|id| self.demo.hospital.procedure_types.get(id));
        let Some(kind) = by_type.and_then(|by_type| by_type.required_kinds.first()) else {
            return vec![case];
        };
        let with = |unit: &EquipmentUnit| {
            let mut case = case.clone();
            case.details.units = vec![unit.id.clone()];
            case
        };
        let of_kind = self.demo.units.iter().filter(|unit| unit.kind == *kind);
        of_kind.map(with).collect()
    }
}

/// A case on the waiting list.
pub(crate) fn request(
    number: usize,
    procedure: &Procedure,
    urgency: Urgency,
    decided_at: Timestamp,
    team: Vec<TeamMember>,
    chance: &mut Chance,
) -> Case {
    let side = *chance.pick(&[Laterality::Left, Laterality::Right]);
    let patient = id!(PatientId, format!("PT-{}", 20_000 + number));
    let (name, footprint) = (procedure.name.to_owned(), procedure.footprint());
    let details = CaseDetails {
        procedure_type: Some(id!(ProcedureTypeId, procedure.id)),
        condition: procedure.condition.to_owned(),
        specialty: Some(id!(Specialty, procedure.specialty)),
        laterality: if procedure.sided {
            side
        } else {
            Laterality::NotApplicable
        },
        urgency,
        anaesthesia: procedure.anaesthesia,
        target_at: urgency.default_target(decided_at),
        team,
        blood_units: procedure.blood_units(),
        ..CaseDetails::new(patient, name, decided_at, footprint)
    };
    Case::request(
        id!(CaseId, format!("demo-{number:04}")),
        details,
        decided_at,
    )
}

/// Whether a procedure belongs on a session's list.
fn suits(procedure: &Procedure, session: &Session) -> bool {
    !procedure.emergency
        && match &session.owner {
            SessionOwner::Specialty(specialty) => specialty.as_str() == procedure.specialty,
            SessionOwner::Open => procedure.day_case,
            SessionOwner::Surgeon(_) | SessionOwner::Emergency => false,
        }
}
