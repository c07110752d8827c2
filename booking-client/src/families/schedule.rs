//! `booking-client schedule`: a day, theatre by theatre.

use booking_proto::ot::v1::{
    Case, CaseProjection, DaySchedule, GetDayScheduleRequest, Plan, TeamRole, TheatreDay,
    case::State, session,
};
use clap::Args;

use super::{
    cases::shown::{marks, member, milestones, procedure, told},
    sessions::parts::owner,
};
use crate::{
    connection::Service,
    failure::Failure,
    printable::Printable,
    printing::{Column, Printer, civil, clock, joined, span, table},
    reading::{Day, SiteTime, id_of, resources, shown},
};

/// Which day to show.
#[derive(Debug, Args)]
pub struct ScheduleArgs {
    /// Which day; today unless told
    #[arg(value_name = "DAY", default_value = "today")]
    day: Day,
    /// Only this theatre; repeat it for several
    #[arg(long)]
    theatre: Vec<String>,
    /// Leave out who the patients are
    #[arg(long)]
    no_patients: bool,
}

impl ScheduleArgs {
    /// Shows it.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        let site = service.site_time().await?;
        let request = GetDayScheduleRequest {
            site: service.site().await?,
            date: self.day.resolve(&site)?.to_string(),
            theatres: resources("theatres", &self.theatre),
        };
        let mut day = service.call(request).await?;
        if self.no_patients {
            // Before anything is printed in any form.
            without_patients(&mut day);
        }
        Ok(printer.message(&day, |day| shown_day(day, &site))?)
    }
}

/// Takes away what tells of a person, as the service does for whoever may not read of patients: what
/// is left may hang on a wall.
fn without_patients(day: &mut DaySchedule) {
    let cases = day.theatres.iter_mut().flat_map(|one| &mut one.cases);
    for case in cases.filter_map(|one| one.case.as_mut()) {
        case.patient.clear();
        case.condition.clear();
        case.notes.clear();
        if let Some(cancellation) = &mut case.cancellation {
            cancellation.note.clear();
        }
    }
}

fn shown_day(day: &DaySchedule, site: &SiteTime) -> String {
    let title = match civil(day.start_time, site) {
        Some(start) => start.strftime("%A %-d %B %Y").to_string(),
        None => day.date.clone(),
    };
    let mut text = format!(
        "{}, {} ({}), as of {}, list version {}\n",
        title,
        Printable(&id_of(&day.site)),
        Printable(&day.time_zone),
        clock(day.read_time, site),
        day.version
    );
    for theatre in &day.theatres {
        text.push('\n');
        text.push_str(&theatre_day(theatre, site));
    }
    text
}

fn theatre_day(day: &TheatreDay, site: &SiteTime) -> String {
    let theatre = day.theatre.clone().unwrap_or_default();
    let id = id_of(&theatre.name);
    let mut text = Printable(&id).to_string();
    if theatre.display_name != id {
        text.push_str(&format!("  {}", Printable(&theatre.display_name)));
    }
    let open = day.open.iter();
    let open = joined(open.map(|range| span(range.start_time, range.end_time, site)));
    text.push_str(&if open.is_empty() {
        ", not open\n".to_owned()
    } else {
        format!(", open {open}\n")
    });
    for session in &day.sessions {
        let when = span(session.start_time, session.end_time, site);
        let owner = owner(session.owner.as_ref());
        let state = match session.state() {
            session::State::Planned => String::new(),
            state => format!(" ({})", shown(state.as_str_name())),
        };
        text.push_str(&format!("  session {when} {}{state}\n", Printable(&owner)));
    }
    for closure in &day.closures {
        let when = span(closure.start_time, closure.end_time, site);
        text.push_str(&format!("  CLOSED {when} {}\n", Printable(&closure.reason)));
    }
    if day.cases.is_empty() {
        text.push_str("  no cases\n");
        return text;
    }
    let lines = table(CASES, &day.cases, site);
    text.extend(lines.lines().map(|line| format!("  {line}\n")));
    text
}

const CASES: &[Column<CaseProjection, SiteTime>] = &[
    ("planned", |each, site| {
        let plan = plan(each);
        span(plan.start_time, plan.end_time, site)
    }),
    ("state", |each, _| shown(case(each).state().as_str_name())),
    ("urgency", |each, _| {
        shown(case(each).urgency().as_str_name())
    }),
    ("procedure", |each, _| procedure(&case(each))),
    ("patient", |each, _| id_of(&case(each).patient)),
    ("surgeon", |each, _| {
        member(&case(each), TeamRole::PrimarySurgeon)
    }),
    ("anaesthetist", |each, _| {
        member(&case(each), TeamRole::Anaesthetist)
    }),
    ("so far", so_far),
    ("marks", |each, _| marks(&case(each))),
    ("case", |each, _| id_of(&case(each).name)),
];

fn case(projection: &CaseProjection) -> Case {
    projection.case.clone().unwrap_or_default()
}

fn plan(projection: &CaseProjection) -> Plan {
    case(projection).plan.unwrap_or_default()
}

/// What happened, and how late what is still to come will be.
fn so_far(projection: &CaseProjection, site: &SiteTime) -> String {
    let case = case(projection);
    let (start, end) = (
        projection.projected_start_time,
        projection.projected_end_time,
    );
    let late = match case.state() {
        State::Scheduled | State::Confirmed if projection.delay_min > 0 => {
            let from = clock(start, site);
            Some(format!("{} min late, from {from}", projection.delay_min))
        }
        State::InTheatre if civil(end, site) > civil(plan(projection).end_time, site) => {
            Some(format!("until {}", clock(end, site)))
        }
        _ => None,
    };
    let happened = Some(ends(&case, site)).filter(|text| !text.is_empty());
    joined(happened.into_iter().chain(late))
}

/// When it came in and what happened last; of a case that is over, when it went out.
fn ends(case: &Case, site: &SiteTime) -> String {
    let mut all = milestones(case, site);
    if matches!(case.state(), State::Completed | State::InRecovery) {
        all.retain(|(what, _)| ["in", "out"].contains(what));
    }
    if all.len() > 2 {
        all.drain(1..all.len() - 1);
    }
    told(all)
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
