//! `/sessions`: whose theatre time is whose in a week; releasing and cancelling it.

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use booking_proto::{
    contract::resource::{self, SESSIONS},
    ot::v1::{
        CancelSessionRequest, ListSessionsRequest, ReleaseSessionRequest, Session, session::State,
    },
};
use jiff::{Timestamp, civil::Date};

use super::{
    context::{ALL, Ctx, reason_choices},
    error::not_found,
    field::Choice,
    frame::Frame,
    posted::Posted,
};
use crate::{
    backend::Refusal,
    view::{
        civil::{self, Civil, between, days_later, instant, message, monday},
        directory::Directory,
        wording::{self, StateMark},
    },
};

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    frame: Frame,
    date: Date,
    sessions: Vec<Row>,
    reasons: Vec<Choice>,
    done: &'static str,
}

struct Row {
    session: Session,
    theatre: String,
    when: String,
    owner: String,
    has: String,
    releases: String,
    ended: bool,
}

impl Row {
    fn mark(&self) -> StateMark {
        let (word, class) = match self.session.state() {
            State::Released => ("Released", "good"),
            State::Cancelled => ("Cancelled", "cancelled"),
            State::Planned | State::Unspecified => ("Planned", "scheduled"),
        };
        StateMark { word, class }
    }

    fn may_release(&self) -> bool {
        self.session.state() == State::Planned && !self.ended
    }

    fn may_cancel(&self) -> bool {
        self.session.state() != State::Cancelled && !self.ended
    }
}

/// `GET /sessions?date=`
pub(crate) async fn show(ctx: Ctx) -> Response {
    let date = ctx.query.date("date");
    ctx.show(load(&ctx, date).await)
}

/// The week of a day, this week when none is given.
async fn load(ctx: &Ctx, date: Option<Date>) -> Result<SessionsPage, Refusal> {
    let (civil, names, reasons) = tokio::try_join!(ctx.civil(), ctx.names(), ctx.reasons())?;
    let date = date.unwrap_or_else(|| civil.date(ctx.now));
    let first = monday(date);
    let request = ListSessionsRequest {
        start_time: Some(message(civil.midnight(first))),
        end_time: Some(message(civil.midnight(days_later(first, 7)))),
        page_size: ALL,
        ..Default::default()
    };
    let mut sessions = ctx.client.list_sessions(request).await?.sessions;
    sessions.sort_by_cached_key(|one| (instant(one.start_time), one.theatre.clone()));
    let row = |session| Row::of(session, &names, &civil, ctx.now);
    let sessions = sessions.into_iter();
    Ok(SessionsPage {
        frame: ctx.frame(),
        date,
        sessions: sessions.filter_map(row).collect(),
        reasons: reason_choices(&reasons),
        done: match ctx.query.get("done") {
            "released" => "Released: anybody may book it now.",
            "cancelled" => "Cancelled.",
            _ => "",
        },
    })
}

impl Row {
    fn of(session: Session, names: &Directory, civil: &Civil, now: Timestamp) -> Option<Self> {
        let (start, end) = between(session.start_time, session.end_time)?;
        let flags = session.flags.unwrap_or_default();
        let has = [
            (flags.anaesthetist, "anaesthetist"),
            (flags.general_anaesthesia, "general anaesthesia"),
            (flags.paediatric, "children"),
        ];
        let has = has.into_iter().filter(|(has, _)| *has);
        let has: Vec<&str> = has.map(|(_, what)| what).collect();
        let planned = session.state() == State::Planned;
        let release = instant(session.release_time).filter(|at| planned && *at > now);
        Some(Self {
            theatre: names.name(&session.theatre).to_owned(),
            when: format!("{} to {}", civil.moment(start), civil.time(end)),
            owner: names.owner(&session),
            has: has.join(", "),
            releases: release.map(|at| civil.moment(at)).unwrap_or_default(),
            ended: end <= now,
            session,
        })
    }
}

/// `POST /sessions/{id}/{action}`
pub(crate) async fn act(
    Path((id, action)): Path<(String, String)>,
    Posted { ctx, form }: Posted,
) -> Response {
    let (name, etag) = (resource::name(SESSIONS, &id), form.own("etag"));
    let request_id = form.own("request_id");
    let done = match action.as_str() {
        "release" => {
            let request = ReleaseSessionRequest {
                name,
                etag,
                request_id,
                validate_only: false,
            };
            let released = ctx.client.release_session(request).await;
            released.map(|_| "released")
        }
        "cancel" => {
            let request = CancelSessionRequest {
                name,
                etag,
                reason: form.own("reason"),
                postpone_cases: form.has("postpone_cases"),
                request_id,
                validate_only: false,
            };
            let cancelled = ctx.client.cancel_session(request).await;
            cancelled.map(|_| "cancelled")
        }
        _ => return not_found().await.into_response(),
    };
    let date = form.typed.date("date");
    match done {
        Ok(done) => {
            let date = date.map(|date| date.to_string()).unwrap_or_default();
            Redirect::to(&format!("/sessions?date={date}&done={done}")).into_response()
        }
        Err(refusal) => {
            let ctx = ctx.refused(refusal);
            ctx.show(load(&ctx, date).await)
        }
    }
}
