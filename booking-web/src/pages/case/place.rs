//! `/cases/{id}/move`: putting a case somewhere, by form. Dragging and the arrow keys end here too:
//! they ask for a preview, then show this very form with place and time filled in.

use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use booking_proto::ot::v1::{
    Case, OverrideRequest, Plan, Reason, RescheduleCaseRequest, ScheduleCaseRequest, Theatre,
    case::State,
};
use jiff::Timestamp;

use super::{case, show::reason_choices};
use crate::{
    backend::{BrokenRule, Refusal, RefusalKind},
    pages::{
        context::{Ctx, request_id, status_of},
        field::{Choice, Field, Kind},
        fields::{Fields, Posted, Problems},
        frame::{Frame, Here},
        undo::{self, Done},
        url,
    },
    view::{
        civil::{self, Civil, instant},
        wording,
    },
};

#[derive(Template)]
#[template(path = "move.html")]
struct MovePage {
    frame: Frame,
    id: String,
    etag: String,
    request_id: String,
    procedure: String,
    now_planned: String,
    /// It has a plan already.
    moves: bool,
    fields: Vec<Field>,
    next: String,
    refusal: Option<Refusal>,
    /// A preview found nothing in the way.
    fits: bool,
    /// The instant that was shown as date and time, which is meant as long as these stay as they are:
    /// when the clocks go back, date and time alone mean two.
    exactly: String,
    /// What stands in the way, where all of it may be set aside.
    aside: Vec<Aside>,
    override_reason: String,
    override_complaint: Option<String>,
}

/// A rule that may be set aside.
struct Aside {
    rule: String,
    words: String,
    /// It was ticked.
    chosen: bool,
}

impl MovePage {
    fn verb(&self) -> &'static str {
        if self.moves { "Move" } else { "Book" }
    }
}

/// What the backend said stands in the way, now or, when it was not asked again, as the form gives it
/// back; nothing when any of it stands firm.
fn aside(typed: &Fields, refusal: Option<&Refusal>) -> Vec<Aside> {
    let said: Vec<(&str, &str)> = match refusal {
        None => typed.all("rule").zip(typed.all("rule_words")).collect(),
        Some(refusal) if refusal.broken_rules.iter().all(BrokenRule::is_overridable) => {
            let broken = refusal.broken_rules.iter();
            broken
                .map(|one| (one.rule.as_str(), one.description.as_str()))
                .collect()
        }
        Some(_) => Vec::new(),
    };
    said.into_iter()
        .map(|(rule, words)| Aside {
            rule: rule.to_owned(),
            words: words.to_owned(),
            chosen: typed.all("override").any(|chosen| chosen == rule),
        })
        .collect()
}

/// Everything the page is made of.
struct Known {
    case: Case,
    theatres: Vec<Theatre>,
    reasons: Vec<Reason>,
    civil: Civil,
}

async fn known(ctx: &Ctx, id: &str) -> Result<Known, Refusal> {
    let (case, theatres, reasons, civil) =
        tokio::try_join!(case(ctx, id), ctx.theatres(), ctx.reasons(), ctx.civil())?;
    Ok(Known {
        case,
        theatres,
        reasons,
        civil,
    })
}

/// `GET /cases/{id}/move?theatre=&at=&next=`
pub(crate) async fn show(Path(id): Path<String>, ctx: Ctx) -> Response {
    match known(&ctx, &id).await {
        Ok(known) => {
            let typed = proposed(&ctx.query, &known);
            let page = page(&ctx, &known, &id, &typed, &Problems::default(), None, false);
            crate::pages::page(StatusCode::OK, &page)
        }
        Err(refusal) => ctx.trouble(Here::Elsewhere, &refusal),
    }
}

/// What the form starts with: what the address proposes, or where the case is, or now.
fn proposed(query: &Fields, known: &Known) -> Fields {
    let plan = known.case.plan.as_ref();
    let planned = plan.and_then(|plan| instant(plan.start_time.as_ref()));
    let at: Option<Timestamp> = query.get("at").parse().ok().or(planned);
    let theatre = match query.get("theatre") {
        "" => plan.map_or("", |plan| &plan.theatre),
        theatre => theatre,
    };
    let place = Fields::default().or([("theatre", theatre), ("next", query.get("next"))]);
    match at {
        Some(at) => with_instant(place, at, &known.civil),
        None => place,
    }
}

/// With date and time where there are none yet, and the instant that both of them show.
fn with_instant(fields: Fields, at: Timestamp, civil: &Civil) -> Fields {
    fields.or([
        ("date", civil.date(at).to_string()),
        ("time", civil.time(at)),
        ("exactly", at.to_string()),
    ])
}

fn page(
    ctx: &Ctx,
    known: &Known,
    id: &str,
    typed: &Fields,
    problems: &Problems,
    refusal: Option<Refusal>,
    fits: bool,
) -> MovePage {
    let theatres = known
        .theatres
        .iter()
        .map(|one| Choice::new(&one.name, &one.display_name));
    let theatres = std::iter::once(Choice::new("", "Choose a theatre"))
        .chain(theatres)
        .collect();
    let moves = known.case.plan.is_some();
    let mut fields = vec![
        Field::line("theatre", "Theatre")
            .kind(Kind::Choice(theatres))
            .typed(typed, problems),
        Field::line("date", "Date")
            .kind(Kind::Date)
            .typed(typed, problems),
        Field::line("time", "Start")
            .kind(Kind::Time)
            .hint("Setup begins then; on a five-minute grid.")
            .typed(typed, problems),
    ];
    if moves {
        let reasons = reason_choices(&known.reasons)
            .into_iter()
            .map(|(value, label)| Choice::new(value, label));
        let reasons = std::iter::once(Choice::new("", "Choose a reason"))
            .chain(reasons)
            .collect();
        fields.push(
            Field::line("reason", "Reason")
                .kind(Kind::Choice(reasons))
                .typed(typed, problems),
        );
        fields.push(
            Field::line("note", "Note")
                .optional()
                .typed(typed, problems),
        );
    }
    let planned = known.case.plan.as_ref().and_then(|plan| {
        let theatre = known.theatres.iter().find(|one| one.name == plan.theatre);
        let theatre = theatre.map_or(plan.theatre.as_str(), |one| &one.display_name);
        instant(plan.start_time.as_ref()).map(|at| format!("{theatre}, {}", known.civil.moment(at)))
    });
    MovePage {
        exactly: typed.get("exactly").to_owned(),
        aside: aside(typed, refusal.as_ref()),
        override_complaint: problems.of("override_reason").cloned(),
        frame: ctx.frame(Here::Elsewhere),
        id: id.to_owned(),
        etag: if typed.has("etag")
            && refusal
                .as_ref()
                .is_none_or(|one| one.kind != RefusalKind::Stale)
        {
            typed.get("etag").to_owned()
        } else {
            known.case.etag.clone()
        },
        request_id: request_id(),
        procedure: wording::procedure(&known.case.procedure, known.case.laterality()),
        now_planned: planned.unwrap_or_else(|| "On the waiting list".to_owned()),
        moves,
        fields,
        next: url::own_path(typed.get("next")).to_owned(),
        refusal,
        fits,
        override_reason: typed.get("override_reason").to_owned(),
    }
}

/// `POST /cases/{id}/move`. `preview` asks whether it would fit and changes nothing.
pub(crate) async fn place(Path(id): Path<String>, Posted { ctx, fields }: Posted) -> Response {
    let preview = fields.has("preview");
    let known = match known(&ctx, &id).await {
        Ok(known) => known,
        Err(refusal) => return ctx.trouble(Here::Elsewhere, &refusal),
    };
    // An offered slot is an instant; the form has fields for date and time.
    let fields = match fields.get("at").parse() {
        Ok(at) => with_instant(fields, at, &known.civil),
        Err(_) => fields,
    };
    let mut problems = Problems::default();
    let wish = wish(&fields, &known, preview, &mut problems);
    let Some(wish) = wish.filter(|_| problems.is_empty()) else {
        let page = page(&ctx, &known, &id, &fields, &problems, None, false);
        return crate::pages::page(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    match carry_out(&ctx, &known.case, wish).await {
        Ok(_) if preview => {
            let page = page(&ctx, &known, &id, &fields, &problems, None, true);
            crate::pages::page(StatusCode::OK, &page)
        }
        Ok(after) => {
            let done = if known.case.plan.is_some() {
                Done::Moved
            } else {
                Done::Scheduled
            };
            let query = undo::query(&ctx, done, &after, &known.case);
            let next = match url::own_path(fields.get("next")) {
                "/" if !fields.has("next") => format!("/cases/{id}"),
                next => next.to_owned(),
            };
            let joint = if next.contains('?') { '&' } else { '?' };
            Redirect::to(&format!("{next}{joint}{query}")).into_response()
        }
        Err(refusal) => {
            let status = status_of(refusal.kind);
            let page = page(&ctx, &known, &id, &fields, &problems, Some(refusal), false);
            crate::pages::page(status, &page)
        }
    }
}

/// What is asked for.
struct Wish {
    etag: String,
    plan: Plan,
    reason: String,
    note: String,
    overrides: Vec<OverrideRequest>,
    request_id: String,
    preview: bool,
}

fn wish(fields: &Fields, known: &Known, preview: bool, problems: &mut Problems) -> Option<Wish> {
    let theatre = fields.get("theatre").to_owned();
    if !known.theatres.iter().any(|one| one.name == theatre) {
        problems.add("theatre", "Choose one of the theatres.");
    }
    let start = match fields.get("at").parse::<Timestamp>() {
        Ok(at) => Some(at),
        Err(_) => start(fields, &known.civil, problems),
    };
    let (reason, note) = (
        fields.get("reason").to_owned(),
        problems.line(fields, "note", false),
    );
    if known.case.plan.is_some() && reason.is_empty() && !preview {
        problems.add("reason", "Choose a reason.");
    }
    // A preview asks about the place; any reason will do for that.
    let any = known.reasons.first().map(|one| one.name.clone());
    let reason = if reason.is_empty() {
        any.unwrap_or_default()
    } else {
        reason
    };
    let set_aside = problems.line(fields, "override_reason", fields.has("override"));
    let overrides = fields.all("override").map(|rule| OverrideRequest {
        rule: rule.to_owned(),
        reason: set_aside.clone(),
    });
    Some(Wish {
        etag: fields.get("etag").to_owned(),
        plan: Plan {
            theatre,
            start_time: Some(civil::message(start?)),
            ..Default::default()
        },
        reason,
        note,
        overrides: overrides.collect(),
        request_id: fields.get("request_id").to_owned(),
        preview,
    })
}

fn start(fields: &Fields, civil: &Civil, problems: &mut Problems) -> Option<Timestamp> {
    let (date, time) = (problems.date(fields, "date"), problems.time(fields, "time"));
    let (date, time) = date.zip(time)?;
    if let Ok(exactly) = fields.get("exactly").parse::<Timestamp>()
        && civil.shows(exactly, date, time)
    {
        return Some(exactly);
    }
    let at = civil.at(date, time);
    at.map_err(|words| problems.add("time", words)).ok()
}

async fn carry_out(ctx: &Ctx, case: &Case, wish: Wish) -> Result<Case, Refusal> {
    let Wish {
        etag,
        plan,
        reason,
        note,
        overrides,
        request_id,
        preview,
    } = wish;
    let name = case.name.clone();
    let plan = Some(plan);
    // What only asks leaves no trace, so it needs no id that would be remembered.
    let request_id = if preview { String::new() } else { request_id };
    if matches!(case.state(), State::Requested | State::Postponed) {
        let request = ScheduleCaseRequest {
            name,
            etag,
            plan,
            overrides,
            request_id,
            validate_only: preview,
        };
        ctx.desk.schedule_case(request).await
    } else {
        let request = RescheduleCaseRequest {
            name,
            etag,
            plan,
            reason,
            note,
            overrides,
            request_id,
            validate_only: preview,
        };
        ctx.desk.reschedule_case(request).await
    }
}
