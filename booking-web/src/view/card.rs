//! One case as a bar on a board or a line of a list: what is read at a glance.

use booking_proto::ot::v1::{
    Anaesthesia, Case, CaseProjection, Durations, Milestone, TeamMember, TeamRole, case::State,
};
use jiff::Timestamp;

use super::{
    civil::{Civil, between, instant, later},
    directory::Directory,
    wording::{self, StateMark, UrgencyMark, reached},
};

/// A planned case at a glance.
#[derive(Clone, Debug)]
pub(crate) struct Card {
    /// Its resource name, and its page.
    pub(crate) name: String,
    pub(crate) link: String,
    /// What people call the theatre.
    pub(crate) theatre: String,
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    pub(crate) span: String,
    pub(crate) procedure: String,
    /// Empty for whoever may not know it.
    pub(crate) patient: String,
    pub(crate) surgeon: String,
    pub(crate) anaesthesia: &'static str,
    pub(crate) urgency: UrgencyMark,
    pub(crate) state: State,
    pub(crate) mark: StateMark,
    pub(crate) durations: Durations,
    pub(crate) wheels_in: Option<Timestamp>,
    pub(crate) wheels_out: Option<Timestamp>,
    pub(crate) projected: Option<(Timestamp, Timestamp)>,
    pub(crate) delay_min: i64,
    /// Rules that were set aside for it.
    pub(crate) overrides: Vec<String>,
    /// Everybody who is down for it.
    pub(crate) staff: Vec<String>,
    /// It needs an anaesthetist, and none is down for it.
    pub(crate) lacks_anaesthetist: bool,
    pub(crate) can_move: bool,
}

impl Card {
    /// None for a case without a plan.
    pub(crate) fn of(said: &CaseProjection, names: &Directory, civil: &Civil) -> Option<Self> {
        let case = said.case.as_ref()?;
        let projected = between(said.projected_start_time, said.projected_end_time);
        let plan = case.plan.as_ref()?;
        let start = instant(plan.start_time)?;
        let durations = case.durations.unwrap_or_default();
        let needs = i64::from(total_min(&durations));
        let end = instant(plan.end_time).unwrap_or_else(|| later(start, needs));
        let state = case.state();
        let needs_anaesthetist =
            !matches!(case.anaesthesia(), Anaesthesia::Local | Anaesthesia::None);
        Some(Self {
            name: case.name.clone(),
            link: format!("/{}", case.name),
            theatre: names.name(&plan.theatre).to_owned(),
            start,
            end,
            span: civil.span(start, end),
            procedure: wording::procedure(&case.procedure, case.laterality()),
            patient: wording::patient_tail(&case.patient),
            surgeon: surgeon(case, names),
            anaesthesia: wording::anaesthesia(case.anaesthesia()),
            urgency: wording::urgency(case.urgency()),
            state,
            mark: wording::state(state),
            durations,
            wheels_in: reached(case.milestones, Milestone::WheelsIn),
            wheels_out: reached(case.milestones, Milestone::WheelsOut),
            projected: projected.filter(|_| said.delay_min > 0),
            delay_min: i64::from(said.delay_min),
            overrides: case.overrides.iter().map(|one| one.rule.clone()).collect(),
            staff: case.team.iter().map(|one| one.staff.clone()).collect(),
            lacks_anaesthetist: needs_anaesthetist
                && member(case, TeamRole::Anaesthetist).is_none(),
            can_move: matches!(state, State::Scheduled | State::Confirmed),
        })
    }

    /// Whether the patient is, or was, in theatre.
    pub(crate) fn has_begun(&self) -> bool {
        matches!(
            self.state,
            State::InTheatre | State::InRecovery | State::Completed
        )
    }

    /// Where and when it is, for a list of cases of all theatres.
    pub(crate) fn subject(&self) -> String {
        format!("{}, {}", self.theatre, self.span)
    }

    /// The third line of a bar, without what is not known.
    pub(crate) fn about(&self) -> String {
        let parts = [
            self.patient.as_str(),
            self.surgeon.as_str(),
            self.anaesthesia,
            self.mark.word,
        ];
        let known = parts.into_iter().filter(|part| !part.is_empty());
        known.collect::<Vec<_>>().join(" · ")
    }
}

/// The primary surgeon's name; empty for none.
pub(crate) fn surgeon(case: &Case, names: &Directory) -> String {
    let found = member(case, TeamRole::PrimarySurgeon);
    found.map_or_else(String::new, |one| names.name(&one.staff).to_owned())
}

fn member(case: &Case, role: TeamRole) -> Option<&TeamMember> {
    case.team.iter().find(|member| member.role() == role)
}

pub(crate) fn total_min(durations: &Durations) -> i32 {
    durations.setup_min + durations.procedure_min + durations.cleanup_min
}
