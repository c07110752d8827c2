//! Taking in a log of past cases: every row once, however often it is sent.
//!
//! | row | outcome |
//! |---|---|
//! | its key (source and encounter) is here | UNCHANGED, whatever else it says |
//! | its plan, or what happened, overlaps another's in the theatre | FLAGGED; when strict, for the plan, REFUSED |
//! | anything else | IMPORTED |
//!
//! A log names neither patients nor surgeons: each encounter is a patient of its own, and each
//! specialty has one placeholder for all its surgeons, who is in nobody's way. Theatres that are
//! not known are made. What is past holds nothing, so no rule is asked.

use std::collections::{BTreeMap, HashSet};

use booking_domain::{
    Case, CaseDetails, CaseId, CaseState, Footprint, Milestones, PatientId, Plan, SiteId,
    Specialty, Staff, StaffId, TeamMember, TeamRole, Theatre, TheatreId, TheatreState, TimeRange,
    later, union,
};
use booking_store::Scope;
use jiff::Timestamp;
use tonic::async_trait;

use super::{
    catalogue::HospitalItem,
    refusal::Refusal,
    unit_of_work::{UnitOfWork, UseCase},
};
use crate::names::name;

const DAY_MIN: i64 = 24 * 60;

/// One past case.
#[derive(Clone, Debug)]
pub(crate) struct ImportRow {
    /// Where in the file.
    pub(crate) line: i32,
    /// Source and encounter.
    pub(crate) key: String,
    /// Whoever it was.
    pub(crate) patient: PatientId,
    /// The number it gets if it is new.
    pub(crate) case: CaseId,
    /// The theatre's name in the file.
    pub(crate) theatre: TheatreId,
    pub(crate) specialty: Option<Specialty>,
    pub(crate) procedure: String,
    pub(crate) scheduled: Timestamp,
    pub(crate) footprint: Footprint,
    pub(crate) milestones: Milestones,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    Imported,
    Unchanged,
    Flagged,
    Refused,
}

/// What became of a row, and why.
#[derive(Clone, Debug)]
pub(crate) struct Imported {
    pub(crate) line: i32,
    pub(crate) verdict: Verdict,
    /// The case that it is, unless it was refused.
    pub(crate) case: Option<CaseId>,
    /// A sentence for a person.
    pub(crate) message: String,
}

/// Takes in rows, in their order.
#[derive(Debug)]
pub(crate) struct ImportCases {
    pub(crate) site: SiteId,
    pub(crate) rows: Vec<ImportRow>,
    pub(crate) strict: bool,
}

#[async_trait]
impl UseCase for ImportCases {
    type Answer = Vec<Imported>;

    async fn perform(&self, work: &mut UnitOfWork<'_>) -> Result<Vec<Imported>, Refusal> {
        let keys: Vec<String> = self.rows.iter().map(|row| row.key.clone()).collect();
        let here = work.tx.cases_by_import_key(&keys).await?;
        let mut here: BTreeMap<String, CaseId> = here
            .into_iter()
            .filter_map(|case| Some((case.import_key?, case.id)))
            .collect();
        let new: Vec<&ImportRow> = {
            let mut seen = HashSet::new();
            let rows = self.rows.iter();
            rows.filter(|row| !here.contains_key(&row.key) && seen.insert(&row.key))
                .collect()
        };
        let mut lists = self.lists(work, &new).await?;
        let mut outcomes = Vec::with_capacity(self.rows.len());
        let mut taken: Vec<(&ImportRow, Case)> = Vec::new();
        for row in &self.rows {
            if let Some(case) = here.get(&row.key) {
                outcomes.push(row.outcome(Verdict::Unchanged, Some(case.clone()), String::new()));
                continue;
            }
            let turnover_min = work.hospital.theatres.get(&row.theatre);
            let turnover_min = turnover_min.map_or(0, |theatre| theatre.turnover_min);
            let list = lists.entry(row.theatre.clone()).or_default();
            let (plan, message) = list.against(row, turnover_min);
            if self.strict && plan {
                outcomes.push(row.outcome(Verdict::Refused, None, message));
                continue;
            }
            let case = row.case(work.now);
            list.add(&case, turnover_min, format!("line {}", row.line));
            here.insert(row.key.clone(), case.id.clone());
            let flagged = !message.is_empty();
            let verdict = if flagged {
                Verdict::Flagged
            } else {
                Verdict::Imported
            };
            outcomes.push(row.outcome(verdict, Some(case.id.clone()), message));
            taken.push((row, case));
        }
        // Only what is taken in makes something that it stands on.
        let rows = || taken.iter().map(|(row, _)| row);
        make(work, rows().map(|row| self.theatre(row))).await?;
        make(work, rows().map(|row| row.surgeon())).await?;
        for (_, case) in &taken {
            work.add_case(case, "import").await?;
        }
        Ok(outcomes)
    }
}

impl ImportCases {
    /// What is in the rows' theatres around their times already.
    async fn lists(
        &self,
        work: &mut UnitOfWork<'_>,
        rows: &[&ImportRow],
    ) -> Result<BTreeMap<TheatreId, List>, Refusal> {
        let mut lists = BTreeMap::<TheatreId, List>::new();
        let mut theatres: Vec<_> = rows.iter().map(|row| row.theatre.clone()).collect();
        theatres.sort();
        theatres.dedup();
        let scope = Scope::These(theatres);
        let around = rows.iter().map(|row| {
            let range = TimeRange::new(
                later(row.scheduled, -2 * DAY_MIN),
                later(row.scheduled, 2 * DAY_MIN),
            );
            range.expect("four days")
        });
        // Not from the first to the last: rows may lie years apart, and others wait for the lane.
        for range in union(around.collect()) {
            for case in work.tx.day(&scope, range).await? {
                let Some(plan) = &case.plan else { continue };
                if case.state == CaseState::Cancelled {
                    continue;
                }
                let theatre = work.hospital.theatres.get(&plan.theatre);
                let turnover_min = theatre.map_or(0, |theatre| theatre.turnover_min);
                let list = lists.entry(plan.theatre.clone()).or_default();
                list.add(&case, turnover_min, name(&case.id));
            }
        }
        Ok(lists)
    }

    /// The theatre of a row, as it is made where there is none.
    fn theatre(&self, row: &ImportRow) -> Theatre {
        Theatre {
            id: row.theatre.clone(),
            version: 1,
            site: self.site.clone(),
            name: row.theatre.to_string(),
            list_order: 0,
            state: TheatreState::Open,
            capabilities: Vec::new(),
            turnover_min: 0,
            opening: Vec::new(),
        }
    }
}

/// Adds what is not there yet, each once.
async fn make<T>(work: &mut UnitOfWork<'_>, items: impl Iterator<Item = T>) -> Result<(), Refusal>
where
    T: HospitalItem,
{
    let known = T::all(&work.hospital);
    let items = items.map(|item| (item.id().clone(), item));
    let new: BTreeMap<_, _> = items.filter(|(id, _)| !known.contains_key(id)).collect();
    for item in new.values() {
        work.put(None, item, "import").await?;
    }
    Ok(())
}

/// Who stands for the surgeons of a specialty.
fn placeholder(specialty: Option<&Specialty>) -> StaffId {
    const MAX_CHARS: usize = 40;
    let specialty = specialty.map_or("unknown", Specialty::as_str);
    let short: String = specialty.chars().take(MAX_CHARS).collect();
    StaffId::parse(&format!("placeholder-{short}")).expect("short, and without control characters")
}

impl ImportRow {
    fn outcome(&self, verdict: Verdict, case: Option<CaseId>, message: String) -> Imported {
        Imported {
            line: self.line,
            verdict,
            case,
            message,
        }
    }

    /// Who stands for the surgeon of the row.
    fn surgeon(&self) -> Staff {
        let whose = self.specialty.as_ref().map(ToString::to_string);
        Staff {
            id: placeholder(self.specialty.as_ref()),
            version: 1,
            name: format!("Surgeon of {}", whose.as_deref().unwrap_or("any specialty")),
            roles: vec![TeamRole::PrimarySurgeon],
            specialty: self.specialty.clone(),
            retired: false,
            placeholder: true,
        }
    }

    fn case(&self, now: Timestamp) -> Case {
        let (patient, procedure) = (self.patient.clone(), self.procedure.clone());
        let details = CaseDetails {
            specialty: self.specialty.clone(),
            team: vec![TeamMember {
                staff: placeholder(self.specialty.as_ref()),
                role: TeamRole::PrimarySurgeon,
            }],
            ..CaseDetails::new(patient, procedure, self.scheduled, self.footprint)
        };
        Case {
            state: CaseState::Completed,
            plan: Some(Plan {
                theatre: self.theatre.clone(),
                start: self.scheduled,
                session: None,
            }),
            milestones: self.milestones,
            import_key: Some(self.key.clone()),
            ..Case::request(self.case.clone(), details, now)
        }
    }
}

/// What was planned into one theatre, and what happened there; each with whose it is.
#[derive(Debug, Default)]
struct List {
    planned: Vec<(TimeRange, String)>,
    actual: Vec<(TimeRange, String)>,
}

/// Whose stretch of time overlaps `range`, if anybody's: the first's.
fn overlapping<'a>(stretches: &'a [(TimeRange, String)], range: &TimeRange) -> Option<&'a str> {
    let found = stretches.iter().filter(|(other, _)| other.overlaps(range));
    let first = found.min_by_key(|(other, _)| other.start());
    first.map(|(_, whose)| whose.as_str())
}

fn planned(start: Timestamp, footprint: Footprint, turnover_min: u16) -> TimeRange {
    let total_min = u32::from(footprint.total_min()) + u32::from(turnover_min);
    TimeRange::lasting(start, total_min)
}

fn actual(milestones: &Milestones) -> Option<TimeRange> {
    TimeRange::new(milestones.wheels_in?, milestones.wheels_out?).ok()
}

impl List {
    fn add(&mut self, case: &Case, turnover_min: u16, whose: String) {
        if let Some(plan) = &case.plan {
            let range = planned(plan.start, case.details.footprint, turnover_min);
            self.planned.push((range, whose.clone()));
        }
        if let Some(range) = actual(&case.milestones) {
            self.actual.push((range, whose));
        }
    }

    /// Whether the row's plan overlaps another's, and all that is to be said against the row.
    fn against(&self, row: &ImportRow, turnover_min: u16) -> (bool, String) {
        let wanted = planned(row.scheduled, row.footprint, turnover_min);
        let plan = overlapping(&self.planned, &wanted);
        let happened = actual(&row.milestones);
        let happened = happened.and_then(|range| overlapping(&self.actual, &range));
        let mut said = Vec::new();
        said.extend(plan.map(|other| format!("its plan overlaps that of {other}")));
        said.extend(happened.map(|other| format!("it was in theatre at once with {other}")));
        said.extend(row.milestones.check().err().map(|error| error.to_string()));
        (plan.is_some(), said.join("; "))
    }
}
