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

use crate::{
    backend::{BrokenRule, Refusal, RefusalKind},
    pages::{
        context::{Ctx, reason_choices, request_id},
        field::{Choice, Field, Kind},
        fields::{Fields, Problems},
        frame::{Frame, Here},
        posted::Posted,
        render::page,
        undo_offer::{self, Done},
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
    id: String,
    case: Case,
    theatres: Vec<Theatre>,
    reasons: Vec<Reason>,
    civil: Civil,
}

async fn known(ctx: &Ctx, id: String) -> Result<Known, Refusal> {
    let (case, theatres, reasons, civil) =
        tokio::try_join!(ctx.case(&id), ctx.theatres(), ctx.reasons(), ctx.civil())?;
    Ok(Known {
        id,
        case,
        theatres,
        reasons,
        civil,
    })
}

/// `GET /cases/{id}/move?theatre=&at=&next=`
pub(crate) async fn show(Path(id): Path<String>, ctx: Ctx) -> Response {
    let page = known(&ctx, id).await.map(|known| {
        let typed = known.proposed(&ctx.query);
        known.page(&ctx, &typed, &Problems::default(), None)
    });
    ctx.show(Here::Elsewhere, page)
}

/// With date and time where there are none yet, and the instant that both of them show.
fn with_instant(fields: Fields, at: Timestamp, civil: &Civil) -> Fields {
    fields.or([
        ("date", civil.date(at).to_string()),
        ("time", civil.time(at)),
        ("exactly", at.to_string()),
    ])
}

impl Known {
    /// What the form starts with: what the address proposes, or where the case is, or now.
    fn proposed(&self, query: &Fields) -> Fields {
        let plan = self.case.plan.as_ref();
        let planned = plan.and_then(|plan| instant(plan.start_time.as_ref()));
        let asked = ["theatre", "next"].map(|name| (name, query.get(name)));
        let there = ("theatre", plan.map_or("", |plan| &plan.theatre));
        let place = Fields::default().or(asked).or([there]);
        match query.get("at").parse().ok().or(planned) {
            Some(at) => with_instant(place, at, &self.civil),
            None => place,
        }
    }

    fn page(
        &self,
        ctx: &Ctx,
        typed: &Fields,
        problems: &Problems,
        refusal: Option<Refusal>,
    ) -> MovePage {
        let theatres = self.theatres.iter();
        let theatres = theatres.map(|one| Choice::new(&one.name, &one.display_name));
        let theatres = Kind::or_none("Choose a theatre", theatres);
        let reasons = Kind::or_none("Choose a reason", reason_choices(&self.reasons));
        let mut fields = vec![
            Field::line("theatre", "Theatre").kind(theatres),
            Field::line("date", "Date").kind(Kind::Date),
            Field::line("time", "Start")
                .kind(Kind::Time)
                .hint("Setup begins then; on a five-minute grid."),
        ];
        let moves = self.case.plan.is_some();
        if moves {
            fields.push(Field::line("reason", "Reason").kind(reasons));
            fields.push(Field::line("note", "Note").optional());
        }
        let is_stale = |one: &Refusal| one.kind == RefusalKind::Stale;
        let keeps = typed.has("etag") && !refusal.as_ref().is_some_and(is_stale);
        MovePage {
            exactly: typed.own("exactly"),
            aside: aside(typed, refusal.as_ref()),
            override_complaint: problems.of("override_reason").cloned(),
            frame: ctx.frame(Here::Elsewhere),
            id: self.id.clone(),
            etag: if keeps {
                typed.own("etag")
            } else {
                self.case.etag.clone()
            },
            request_id: request_id(),
            procedure: wording::procedure(&self.case.procedure, self.case.laterality()),
            now_planned: self
                .planned()
                .unwrap_or_else(|| "On the waiting list".to_owned()),
            moves,
            fields: fields
                .into_iter()
                .map(|field| field.typed(typed, problems))
                .collect(),
            next: url::own_path(typed.get("next")).to_owned(),
            refusal,
            fits: false,
            override_reason: typed.own("override_reason"),
        }
    }

    /// Where the case is, in words.
    fn planned(&self) -> Option<String> {
        let plan = self.case.plan.as_ref()?;
        let at = instant(plan.start_time.as_ref())?;
        let theatre = self.theatres.iter().find(|one| one.name == plan.theatre);
        let theatre = theatre.map_or(&plan.theatre, |one| &one.display_name);
        Some(format!("{theatre}, {}", self.civil.moment(at)))
    }

    /// What is asked for, if it can be: a move, which for a case that waits is without its reason.
    fn wish(
        &self,
        fields: &Fields,
        preview: bool,
        problems: &mut Problems,
    ) -> Option<RescheduleCaseRequest> {
        let theatre = fields.own("theatre");
        if !self.theatres.iter().any(|one| one.name == theatre) {
            problems.add("theatre", "Choose one of the theatres.");
        }
        let start = match fields.get("at").parse::<Timestamp>() {
            Ok(at) => Some(at),
            Err(_) => self.start(fields, problems),
        };
        let (mut reason, note) = (fields.own("reason"), problems.line(fields, "note", false));
        if reason.is_empty() {
            if self.case.plan.is_some() && !preview {
                problems.add("reason", "Choose a reason.");
            }
            // A preview asks about the place; any reason will do for that.
            let any = self.reasons.first().map(|one| one.name.clone());
            reason = any.unwrap_or_default();
        }
        let why = problems.line(fields, "override_reason", fields.has("override"));
        let overrides = fields.all("override").map(|rule| OverrideRequest {
            rule: rule.to_owned(),
            reason: why.clone(),
        });
        let wish = RescheduleCaseRequest {
            name: self.case.name.clone(),
            etag: fields.own("etag"),
            plan: Some(Plan {
                theatre,
                start_time: Some(civil::message(start?)),
                ..Default::default()
            }),
            reason,
            note,
            overrides: overrides.collect(),
            // What only asks leaves no trace, so it needs no id that would be remembered.
            request_id: match preview {
                true => String::new(),
                false => fields.own("request_id"),
            },
            validate_only: preview,
        };
        problems.is_empty().then_some(wish)
    }

    fn start(&self, fields: &Fields, problems: &mut Problems) -> Option<Timestamp> {
        let (date, time) = (problems.date(fields, "date"), problems.time(fields, "time"));
        let (date, time) = date.zip(time)?;
        if let Ok(exactly) = fields.get("exactly").parse::<Timestamp>()
            && self.civil.shows(exactly, date, time)
        {
            return Some(exactly);
        }
        let at = self.civil.at(date, time);
        at.map_err(|words| problems.add("time", words)).ok()
    }

    async fn carry_out(&self, ctx: &Ctx, wish: RescheduleCaseRequest) -> Result<Case, Refusal> {
        if !matches!(self.case.state(), State::Requested | State::Postponed) {
            return ctx.client.reschedule_case(wish).await;
        }
        let request = ScheduleCaseRequest {
            name: wish.name,
            etag: wish.etag,
            plan: wish.plan,
            overrides: wish.overrides,
            request_id: wish.request_id,
            validate_only: wish.validate_only,
        };
        ctx.client.schedule_case(request).await
    }
}

/// `POST /cases/{id}/move`. `preview` asks whether it would fit and changes nothing.
pub(crate) async fn place(Path(id): Path<String>, Posted { ctx, fields }: Posted) -> Response {
    let preview = fields.has("preview");
    let known = match known(&ctx, id).await {
        Ok(known) => known,
        Err(refusal) => return ctx.trouble(Here::Elsewhere, &refusal),
    };
    // An offered slot is an instant; the form has fields for date and time.
    let fields = match fields.get("at").parse() {
        Ok(at) => with_instant(fields, at, &known.civil),
        Err(_) => fields,
    };
    let mut problems = Problems::default();
    let Some(wish) = known.wish(&fields, preview, &mut problems) else {
        let shown = known.page(&ctx, &fields, &problems, None);
        return page(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    };
    match known.carry_out(&ctx, wish).await {
        Ok(_) if preview => {
            let shown = MovePage {
                fits: true,
                ..known.page(&ctx, &fields, &problems, None)
            };
            page(StatusCode::OK, &shown)
        }
        Ok(after) => {
            let done = match known.case.plan {
                Some(_) => Done::Moved,
                None => Done::Scheduled,
            };
            let seal = &ctx.state.sign_in.seal;
            let query = undo_offer::query(seal, ctx.now, done, after, &known.case);
            let next = match url::own_path(fields.get("next")) {
                "/" if !fields.has("next") => format!("/cases/{}", known.id),
                next => next.to_owned(),
            };
            let joint = if next.contains('?') { '&' } else { '?' };
            Redirect::to(&format!("{next}{joint}{query}")).into_response()
        }
        Err(refusal) => {
            let status = refusal.text().status;
            page(status, &known.page(&ctx, &fields, &problems, Some(refusal)))
        }
    }
}
