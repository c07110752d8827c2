//! `/cases/{id}/move`: putting a case somewhere, by form. Dragging and the arrow keys end here too:
//! they ask for a preview, then show this very form with place and time filled in.

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response, Result},
};
use booking_proto::ot::v1::{
    Case, OverrideRequest, Plan, Reason, RescheduleCaseRequest, Theatre, case::State,
};
use jiff::Timestamp;

use super::change::Change;
use crate::{
    backend::{BrokenRule, Refusal, RefusalKind},
    pages::{
        context::{Ctx, reason_choices},
        field::{Choice, Field, Kind},
        fields::{Fields, Form},
        frame::Frame,
        posted::Posted,
        undo_offer, url,
    },
    view::{
        civil::{self, Civil, instant},
        wording,
    },
};

#[derive(Template)]
#[template(path = "move.html")]
struct MovePage<'a> {
    frame: Frame,
    known: &'a Known,
    /// As it was filled in. Its `exactly` is the instant that was shown as date and time, which is meant
    /// as long as these stay as they are: when the clocks go back, date and time alone mean two.
    form: &'a Form,
    etag: String,
    fields: Vec<Field>,
    /// A preview found nothing in the way.
    fits: bool,
    /// Rules in the way, where all of them may be overridden: each with its words and whether it was ticked.
    overridable: Vec<(String, String, bool)>,
}

impl MovePage<'_> {
    fn verb(&self) -> &'static str {
        match self.known.case.plan {
            Some(_) => "Move",
            None => "Book",
        }
    }
}

/// What the backend said stands in the way, now or, when it was not asked again, as the form gives it
/// back; nothing when any of it stands firm.
fn overridable(typed: &Fields, refusal: Option<&Refusal>) -> Vec<(String, String, bool)> {
    let said: Vec<(&str, &str)> = match refusal.map(|refusal| &refusal.broken_rules) {
        None => typed.all("rule").zip(typed.all("rule_words")).collect(),
        Some(broken) if broken.iter().all(BrokenRule::is_overridable) => {
            let broken = broken.iter();
            broken.map(|one| (&*one.rule, &*one.description)).collect()
        }
        Some(_) => Vec::new(),
    };
    let is_chosen = |rule| typed.all("override").any(|chosen| chosen == rule);
    let said = said.into_iter();
    said.map(|(rule, words)| (rule.to_owned(), words.to_owned(), is_chosen(rule)))
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
pub(crate) async fn show(Path(id): Path<String>, ctx: Ctx) -> Result<Response> {
    let known = known(&ctx, id).await.map_err(|why| ctx.trouble(&why))?;
    Ok(known.page(&ctx, &known.proposed(&ctx.query).into(), false))
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
        let planned = plan.and_then(|plan| instant(plan.start_time));
        let asked = ["theatre", "next"].map(|name| (name, query.get(name)));
        let there = ("theatre", plan.map_or("", |plan| &plan.theatre));
        let place = Fields::default().or(asked).or([there]);
        match query.get("at").parse().ok().or(planned) {
            Some(at) => with_instant(place, at, &self.civil),
            None => place,
        }
    }

    fn page(&self, ctx: &Ctx, form: &Form, fits: bool) -> Response {
        let frame = ctx.frame();
        let refusal = frame.refusal.as_ref();
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
        if self.case.plan.is_some() {
            fields.push(Field::line("reason", "Reason").kind(reasons));
            fields.push(Field::line("note", "Note").optional());
        }
        let stale = refusal.is_some_and(|one| one.kind == RefusalKind::Stale);
        let page = MovePage {
            known: self,
            etag: match form.get("etag") {
                typed if !typed.is_empty() && !stale => typed.to_owned(),
                _ => self.case.etag.clone(),
            },
            fields: fields.into_iter().map(|field| field.typed(form)).collect(),
            fits,
            overridable: overridable(form, refusal),
            frame,
            form,
        };
        ctx.show_form(form, &page)
    }

    /// Where the case is, in words.
    fn planned(&self) -> Option<String> {
        let plan = self.case.plan.as_ref()?;
        let at = instant(plan.start_time)?;
        let theatre = self.theatres.iter().find(|one| one.name == plan.theatre);
        let theatre = theatre.map_or(&plan.theatre, |one| &one.display_name);
        Some(format!("{theatre}, {}", self.civil.moment(at)))
    }

    /// What is asked for, if it can be: a move, which for a case that waits is without its reason.
    fn wish(&self, form: &mut Form, preview: bool) -> Option<RescheduleCaseRequest> {
        let theatre = form.own("theatre");
        if !self.theatres.iter().any(|one| one.name == theatre) {
            form.complain("theatre", "Choose one of the theatres.");
        }
        let start = match form.get("at").parse::<Timestamp>() {
            Ok(at) => Some(at),
            Err(_) => self.start(form),
        };
        let (mut reason, note) = (form.own("reason"), form.line("note", false));
        if reason.is_empty() {
            if self.case.plan.is_some() && !preview {
                form.complain("reason", "Choose a reason.");
            }
            // A preview asks about the place; any reason will do for that.
            let any = self.reasons.first().map(|one| one.name.clone());
            reason = any.unwrap_or_default();
        }
        let why = form.line("override_reason", form.has("override"));
        let overrides = form.all("override").map(|rule| OverrideRequest {
            rule: rule.to_owned(),
            reason: why.clone(),
        });
        let wish = RescheduleCaseRequest {
            name: self.case.name.clone(),
            etag: form.own("etag"),
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
                false => form.own("request_id"),
            },
            validate_only: preview,
        };
        (!form.is_wrong()).then_some(wish)
    }

    fn start(&self, form: &mut Form) -> Option<Timestamp> {
        let (date, time) = (form.date("date"), form.time("time"));
        let (date, time) = date.zip(time)?;
        if let Ok(exactly) = form.get("exactly").parse::<Timestamp>()
            && self.civil.shows(exactly, date, time)
        {
            return Some(exactly);
        }
        let at = self.civil.at(date, time);
        at.map_err(|words| form.complain("time", words)).ok()
    }
}

/// `POST /cases/{id}/move`. `preview` asks whether it would fit and changes nothing.
pub(crate) async fn place(Path(id): Path<String>, posted: Posted) -> Result<Response> {
    let Posted { ctx, mut form } = posted;
    let preview = form.has("preview");
    let known = known(&ctx, id).await.map_err(|why| ctx.trouble(&why))?;
    // An offered slot is an instant; the form has fields for date and time.
    if let Ok(at) = form.get("at").parse() {
        form.typed = with_instant(form.typed, at, &known.civil);
    }
    let Some(wish) = known.wish(&mut form, preview) else {
        return Ok(known.page(&ctx, &form, false));
    };
    let change = match known.case.state() {
        State::Requested | State::Postponed => Change::Schedule,
        _ => Change::Reschedule,
    };
    Ok(match change.call(&ctx.client, wish).await {
        Ok(_) if preview => known.page(&ctx, &form, true),
        Ok(after) => {
            let seal = &ctx.state.sign_in.seal;
            let query = undo_offer::query(seal, ctx.now, change, after, &known.case);
            let next = match url::own_path(form.get("next")) {
                "/" if !form.has("next") => format!("/cases/{}", known.id),
                next => next.to_owned(),
            };
            let joint = if next.contains('?') { '&' } else { '?' };
            Redirect::to(&format!("{next}{joint}{query}")).into_response()
        }
        Err(refusal) => known.page(&ctx.refused(refusal), &form, false),
    })
}
