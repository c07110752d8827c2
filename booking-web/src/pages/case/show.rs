//! `/cases/{id}`: the plan, milestones with one tap, what may be done, and its history.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use booking_proto::ot::v1::{
    AuditEvent, Case, ListAuditEventsRequest, Milestone, Reason, case::State,
};

use super::{case, name};
use crate::{
    backend::Refusal,
    pages::{
        context::{Ctx, permitted},
        fields::Fields,
        frame::{Frame, Here},
        waiting::quoted,
    },
    view::{
        card::total_min,
        civil::{Civil, how_long, instant, minutes},
        directory::Directory,
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
    etag: String,
    procedure: String,
    state: State,
    state_word: &'static str,
    state_class: &'static str,
    urgency: UrgencyMark,
    plan: Option<PlanWords>,
    facts: Vec<(&'static str, String)>,
    team: Vec<(&'static str, String)>,
    overrides: Vec<String>,
    steps: Vec<Step>,
    reasons: Vec<(String, String)>,
    history: Option<Vec<Event>>,
    refusal: Option<Refusal>,
    /// As typed for what was refused.
    reason: String,
    note: String,
    done: &'static str,
}

/// Where and when, in words.
struct PlanWords {
    theatre: String,
    when: String,
    parts: String,
    date: String,
}

/// One milestone.
struct Step {
    label: &'static str,
    value: &'static str,
    time: String,
    /// Against the plan: `12 min late`.
    against: String,
    done: bool,
    next: bool,
}

/// One line of the history.
struct Event {
    time: String,
    what: String,
    who: String,
    account: String,
    transport: String,
    changes: Vec<String>,
    reason: String,
    denied: bool,
}

impl CasePage {
    fn may_record(&self) -> bool {
        matches!(
            self.state,
            State::Scheduled | State::Confirmed | State::InTheatre | State::InRecovery
        )
    }

    fn may_move(&self) -> bool {
        matches!(self.state, State::Scheduled | State::Confirmed)
    }

    fn waits(&self) -> bool {
        matches!(self.state, State::Requested | State::Postponed)
    }

    fn may_cancel(&self) -> bool {
        self.waits() || self.may_move()
    }

    fn is_confirmable(&self) -> bool {
        self.state == State::Scheduled
    }

    fn may_abort(&self) -> bool {
        self.state == State::InTheatre
    }

    fn is_urgent(&self) -> bool {
        self.waits() && matches!(self.urgency.class, "immediate" | "urgent")
    }
}

/// `GET /cases/{id}`
pub(crate) async fn show(Path(id): Path<String>, ctx: Ctx) -> Response {
    page(&ctx, &id, None, &Fields::default()).await
}

/// The case's page, with what stood in the way of what was asked, if anything did, and with what
/// was typed for it.
pub(crate) async fn page(
    ctx: &Ctx,
    id: &str,
    refusal: Option<Refusal>,
    typed: &Fields,
) -> Response {
    match load(ctx, id, refusal.clone(), typed).await {
        Ok(page) => {
            let status = refusal.map_or(StatusCode::OK, |refusal| {
                crate::pages::context::status_of(refusal.kind)
            });
            crate::pages::page(status, &page)
        }
        Err(trouble) => ctx.trouble(Here::Elsewhere, &refusal.unwrap_or(trouble)),
    }
}

async fn load(
    ctx: &Ctx,
    id: &str,
    refusal: Option<Refusal>,
    typed: &Fields,
) -> Result<CasePage, Refusal> {
    let events = ListAuditEventsRequest {
        page_size: HISTORY,
        filter: format!("resource = {}", quoted(&name(id))),
        ..Default::default()
    };
    let history = async { permitted(ctx.desk.list_audit_events(events).await) };
    let (case, names, reasons, civil, history) = tokio::try_join!(
        case(ctx, id),
        ctx.names(),
        ctx.reasons(),
        ctx.civil(),
        history
    )?;
    let names = names.reasons(&reasons);
    let (state_word, state_class) = wording::state(case.state());
    Ok(CasePage {
        id: id.to_owned(),
        etag: case.etag.clone(),
        procedure: wording::procedure(&case.procedure, case.laterality()),
        state: case.state(),
        state_word,
        state_class,
        urgency: wording::urgency(case.urgency()),
        plan: plan(&case, &names, &civil),
        facts: facts(&case, &names, &civil, ctx),
        team: case
            .team
            .iter()
            .map(|one| (wording::role(one.role()), names.name(&one.staff).to_owned()))
            .collect(),
        overrides: case
            .overrides
            .iter()
            .map(|one| format!("{} set aside by {}: {}", one.rule, one.author, one.reason))
            .collect(),
        steps: steps(&case, &civil),
        reasons: reason_choices(&reasons),
        history: history.map(|listed| {
            listed
                .audit_events
                .iter()
                .map(|event| Event::of(event, &civil))
                .collect()
        }),
        refusal,
        reason: typed.get("reason").to_owned(),
        note: typed.get("note").to_owned(),
        done: done(ctx.query.get("done"), ctx.query.get("late")),
        frame: ctx.frame(Here::Elsewhere),
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

pub(crate) fn reason_choices(reasons: &[Reason]) -> Vec<(String, String)> {
    let label = |reason: &Reason| {
        format!(
            "{}: {}",
            wording::group(reason.group()),
            reason.display_name
        )
    };
    reasons
        .iter()
        .map(|reason| (reason.name.clone(), label(reason)))
        .collect()
}

fn plan(case: &Case, names: &Directory, civil: &Civil) -> Option<PlanWords> {
    let plan = case.plan.as_ref()?;
    let (start, end) = instant(plan.start_time.as_ref()).zip(instant(plan.end_time.as_ref()))?;
    let durations = case.durations.unwrap_or_default();
    Some(PlanWords {
        theatre: names.name(&plan.theatre).to_owned(),
        when: format!("{} to {}", civil.moment(start), civil.time(end)),
        parts: format!(
            "{} min setup, {} min procedure, {} min cleanup",
            durations.setup_min, durations.procedure_min, durations.cleanup_min
        ),
        date: civil.date(start).to_string(),
    })
}

fn facts(case: &Case, names: &Directory, civil: &Civil, ctx: &Ctx) -> Vec<(&'static str, String)> {
    let when = |at: Option<&prost_types::Timestamp>| {
        instant(at).map(|at| civil.moment(at)).unwrap_or_default()
    };
    let waited =
        instant(case.decision_time.as_ref()).map(|since| how_long(minutes(since, ctx.now).max(0)));
    let cancelled = case.cancellation.as_ref().map(|one| {
        let day = if one.day_of_surgery {
            ", on the day of surgery"
        } else {
            ""
        };
        let note = if one.note.is_empty() {
            String::new()
        } else {
            format!(" – {}", one.note)
        };
        format!("{}{day}{note}", names.name(&one.reason))
    });
    let hidden = |text: &str| {
        if text.is_empty() {
            "Not shown to you".to_owned()
        } else {
            text.to_owned()
        }
    };
    let all = [
        ("Patient", hidden(&wording::shown_id(&case.patient))),
        ("Condition", hidden(&case.condition)),
        ("Urgency", wording::urgency(case.urgency()).word.to_owned()),
        (
            "Anaesthesia",
            wording::anaesthesia(case.anaesthesia()).to_owned(),
        ),
        ("Specialty", case.specialty.clone()),
        (
            "Needs",
            format!(
                "{} min in all",
                case.durations.as_ref().map_or(0, total_min)
            ),
        ),
        ("Decision", when(case.decision_time.as_ref())),
        (
            "Waited",
            waited.filter(|_| case.plan.is_none()).unwrap_or_default(),
        ),
        ("Target", when(case.target_time.as_ref())),
        (
            "Equipment",
            case.equipment
                .iter()
                .map(|unit| wording::shown_id(unit))
                .collect::<Vec<_>>()
                .join(", "),
        ),
        ("Blood", wording::blood(case.blood_units)),
        ("Cancelled", cancelled.unwrap_or_default()),
        ("Notes", case.notes.clone()),
    ];
    all.into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn steps(case: &Case, civil: &Civil) -> Vec<Step> {
    let reached_at = |milestone| reached(case.milestones.as_ref(), milestone);
    let next = MILESTONES
        .iter()
        .find(|(milestone, _)| reached_at(*milestone).is_none());
    let planned = case
        .plan
        .as_ref()
        .and_then(|plan| instant(plan.start_time.as_ref()));
    MILESTONES
        .iter()
        .map(|(milestone, label)| {
            let at = reached_at(*milestone);
            let late = at
                .zip(planned)
                .filter(|_| *milestone == Milestone::WheelsIn)
                .map(|(at, planned)| minutes(planned, at));
            Step {
                label,
                value: milestone.as_str_name(),
                time: at.map(|at| civil.time(at)).unwrap_or_default(),
                against: match late {
                    Some(late @ 1..) => format!("{late} min late"),
                    Some(late @ ..0) => format!("{} min early", -late),
                    Some(0) => "On time".to_owned(),
                    None => String::new(),
                },
                done: at.is_some(),
                next: next.is_some_and(|(next, _)| next == milestone),
            }
        })
        .collect()
}

impl Event {
    fn of(event: &AuditEvent, civil: &Civil) -> Self {
        let change = |before: &str, after: &str| match (before, after) {
            ("", after) => after.to_owned(),
            (before, "") => format!("{before} removed"),
            (before, after) => format!("{before} → {after}"),
        };
        Self {
            time: instant(event.time.as_ref())
                .map(|at| civil.exactly(at))
                .unwrap_or_default(),
            what: method_words(&event.method),
            who: event.person.clone(),
            account: event.account.clone(),
            transport: event.transport.clone(),
            changes: event
                .changes
                .iter()
                .map(|one| format!("{}: {}", one.field, change(&one.before, &one.after)))
                .collect(),
            reason: event.reason.clone(),
            denied: event.outcome() == booking_proto::ot::v1::audit_event::Outcome::Denied,
        }
    }
}

/// `ot.v1.CaseService/RescheduleCase` as `Reschedule case`.
pub(crate) fn method_words(method: &str) -> String {
    let name = method.rsplit('/').next().unwrap_or(method);
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}
