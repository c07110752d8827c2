//! `/cases/{id}`: the plan, milestones with one tap, what may be done, and its history.

use askama::Template;
use axum::{extract::Path, response::Response};
use booking_proto::{
    contract::resource::{CASES, name, shown_id},
    ot::v1::{AuditEvent, Case, ListAuditEventsRequest, Milestone, TeamMember, case::State},
};
use jiff::Timestamp;

use crate::{
    backend::Refusal,
    pages::{
        context::{Ctx, permitted, reason_choices},
        field::Choice,
        fields::Fields,
        frame::Frame,
        url::quoted,
    },
    view::{
        card::total_min,
        civil::{Civil, between, how_long, instant, minutes},
        directory::Directory,
        history,
        wording::{self, MILESTONES, UrgencyMark, reached},
    },
};

/// Events of the history that are shown.
const HISTORY: i32 = 50;

#[derive(Template)]
#[template(path = "case.html")]
pub(crate) struct CasePage {
    frame: Frame,
    id: String,
    case: Case,
    urgency: UrgencyMark,
    /// The theatre's name, and from when to when it is planned there.
    plan: Option<(String, Timestamp, Timestamp)>,
    facts: Vec<(&'static str, String)>,
    steps: Vec<Step>,
    reasons: Vec<Choice>,
    history: Option<Vec<AuditEvent>>,
    civil: Civil,
    /// As typed for what was refused.
    reason: String,
    note: String,
    done: &'static str,
}

/// One milestone.
struct Step {
    label: &'static str,
    value: &'static str,
    reached: Option<Timestamp>,
    /// Against the plan: `12 min late`.
    against: String,
    next: bool,
}

impl CasePage {
    fn may_record(&self) -> bool {
        self.may_move() || matches!(self.case.state(), State::InTheatre | State::InRecovery)
    }

    fn may_move(&self) -> bool {
        matches!(self.case.state(), State::Scheduled | State::Confirmed)
    }

    fn waits(&self) -> bool {
        matches!(self.case.state(), State::Requested | State::Postponed)
    }

    fn may_cancel(&self) -> bool {
        self.waits() || self.may_move()
    }

    fn may_abort(&self) -> bool {
        self.case.state() == State::InTheatre
    }
}

/// `GET /cases/{id}`
pub(crate) async fn show(Path(id): Path<String>, ctx: Ctx) -> Response {
    page(&ctx, &id, &Fields::default()).await
}

/// The case's page, with what was typed for what was refused, if anything was.
pub(crate) async fn page(ctx: &Ctx, id: &str, typed: &Fields) -> Response {
    ctx.show(load(ctx, id, typed).await)
}

async fn load(ctx: &Ctx, id: &str, typed: &Fields) -> Result<CasePage, Refusal> {
    let events = ListAuditEventsRequest {
        page_size: HISTORY,
        filter: format!("resource = {}", quoted(&name(CASES, id))),
        ..Default::default()
    };
    let history = async { permitted(ctx.client.list_audit_events(events).await) };
    let (case, names, reasons, civil, history) = tokio::try_join!(
        ctx.case(id),
        ctx.names(),
        ctx.reasons(),
        ctx.civil(),
        history
    )?;
    let names = names.reasons(&reasons);
    Ok(CasePage {
        id: id.to_owned(),
        urgency: wording::urgency(case.urgency()),
        plan: plan(&case, &names),
        facts: facts(&case, &names, &civil, ctx),
        steps: steps(&case),
        reasons: reason_choices(&reasons),
        history: history.map(|listed| listed.audit_events),
        reason: typed.own("reason"),
        note: typed.own("note"),
        done: done(ctx.query.get("done"), ctx.query.get("late")),
        frame: ctx.frame(),
        case,
        civil,
    })
}

/// What the redirect after a form says in words.
fn done(done: &str, late: &str) -> &'static str {
    match (done, late) {
        ("confirmed", _) => "Confirmed.",
        ("recorded", _) => "Recorded.",
        ("aborted", _) => "Recorded as aborted.",
        ("edited", _) => "Saved.",
        ("undone", _) => "Undone.",
        ("emergency", _) => "The emergency is planned, and the others with it.",
        (_, "undo") => "It is too late to undo that; move the case instead.",
        _ => "",
    }
}

fn plan(case: &Case, names: &Directory) -> Option<(String, Timestamp, Timestamp)> {
    let plan = case.plan.as_ref()?;
    let (start, end) = between(plan.start_time, plan.end_time)?;
    Some((names.name(&plan.theatre).to_owned(), start, end))
}

/// What is known of the case, and who is down for it.
fn facts(case: &Case, names: &Directory, civil: &Civil, ctx: &Ctx) -> Vec<(&'static str, String)> {
    let when = |at: Option<prost_types::Timestamp>| {
        instant(at).map(|at| civil.moment(at)).unwrap_or_default()
    };
    let waits = instant(case.decision_time).filter(|_| case.plan.is_none());
    let waited = waits.map(|since| how_long(minutes(since, ctx.now).max(0)));
    let cancelled = case.cancellation.as_ref().map(|one| {
        let day = match one.day_of_surgery {
            true => ", on the day of surgery",
            false => "",
        };
        let joint = if one.note.is_empty() { "" } else { " – " };
        format!("{}{day}{joint}{}", names.name(&one.reason), one.note)
    });
    let hidden = |text: &str| match text {
        "" => "Not shown to you".to_owned(),
        text => text.to_owned(),
    };
    let needs = case.durations.as_ref().map_or(0, total_min);
    let urgency = wording::urgency(case.urgency());
    let anaesthesia = wording::anaesthesia(case.anaesthesia());
    let all = [
        ("Patient", hidden(&shown_id(&case.patient))),
        ("Condition", hidden(&case.condition)),
        ("Urgency", urgency.word.to_owned()),
        ("Anaesthesia", anaesthesia.to_owned()),
        ("Specialty", case.specialty.clone()),
        ("Needs", format!("{needs} min in all")),
        ("Decision", when(case.decision_time)),
        ("Waited", waited.unwrap_or_default()),
        ("Target", when(case.target_time)),
        ("Equipment", wording::shown_ids(&case.equipment)),
        ("Blood", wording::blood(case.blood_units)),
        ("Cancelled", cancelled.unwrap_or_default()),
        ("Notes", case.notes.clone()),
    ];
    let known = all.into_iter().filter(|(_, value)| !value.is_empty());
    let member = |one: &TeamMember| (wording::role(one.role()), names.name(&one.staff).to_owned());
    known.chain(case.team.iter().map(member)).collect()
}

fn steps(case: &Case) -> Vec<Step> {
    let reached_at = |milestone| reached(case.milestones, milestone);
    let mut open = MILESTONES
        .iter()
        .filter(|(one, _)| reached_at(*one).is_none());
    let next = open.next().map(|(milestone, _)| *milestone);
    let planned = case.plan.as_ref();
    let planned = planned.and_then(|plan| instant(plan.start_time));
    let step = |&(milestone, label): &(Milestone, &'static str)| {
        let at = reached_at(milestone);
        let planned = planned.filter(|_| milestone == Milestone::WheelsIn);
        let late = planned.zip(at).map(|(planned, at)| minutes(planned, at));
        Step {
            label,
            value: milestone.as_str_name(),
            reached: at,
            against: match late {
                Some(late @ 1..) => format!("{late} min late"),
                Some(late @ ..0) => format!("{} min early", -late),
                Some(0) => "On time".to_owned(),
                None => String::new(),
            },
            next: next == Some(milestone),
        }
    };
    MILESTONES.iter().map(step).collect()
}
