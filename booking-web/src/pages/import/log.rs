//! `/import/{id}`: one log, and how far it is.

use std::{sync::Arc, time::Instant};

use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use booking_proto::contract::resource::{self, THEATRES};
use theatre_log::{Beginning, Mapping};

use super::questions::{Questions, answered};
use crate::{
    imports::{Import, Progress, Purpose, Settings, Stage, Tally, Why, run},
    pages::{
        context::{Ctx, permitted},
        error::{ErrorPage, not_found},
        fields::{Fields, Problems},
        frame::{Frame, Here},
        posted::Posted,
        render,
    },
    view::civil::{Civil, long_date},
};

/// Rows that are shown as they stand in the log.
const SAMPLE_ROWS: usize = 3;

#[derive(Template)]
#[template(path = "import_log.html")]
struct LogPage {
    frame: Frame,
    id: String,
    file: String,
    /// What was wrong with the log or with answers, beyond single fields.
    problem: String,
    begins: Option<Beginning>,
    questions: Option<Questions>,
    stage: Stage,
    tally: Tally,
    /// How many rows there are, as far as is known.
    rows: u64,
    /// Theatres that are, or would be, made.
    new_theatres: Vec<String>,
    /// From when to when, and where to look at it: once it is known.
    range: Option<Range>,
}

/// What a log spans.
struct Range {
    words: String,
    board: String,
    reports: String,
}

impl LogPage {
    fn running(&self) -> Option<Purpose> {
        match self.stage {
            Stage::Running(purpose) => Some(purpose),
            _ => None,
        }
    }

    fn is_check(purpose: &Purpose) -> bool {
        *purpose == Purpose::Check
    }

    /// `1 case`, `2 cases`
    fn cases(&self) -> String {
        match self.tally.new_cases() {
            1 => "1 case".to_owned(),
            many => format!("{many} cases"),
        }
    }
}

/// `GET /import/{id}`
pub(crate) async fn show(Path(id): Path<String>, ctx: Ctx) -> Response {
    match of(&ctx, &id) {
        Some(import) => page(&ctx, &import, None, &Problems::default()).await,
        None => gone().into_response(),
    }
}

/// `POST /import/{id}/{action}`
pub(crate) async fn act(
    Path((id, action)): Path<(String, String)>,
    Posted { ctx, fields }: Posted,
) -> Response {
    let Some(import) = of(&ctx, &id) else {
        return gone().into_response();
    };
    match action.as_str() {
        "check" => match answered(&import, &fields) {
            Ok(settings) => begin(&ctx, &import, Purpose::Check, settings),
            Err(problems) => return page(&ctx, &import, Some(&fields), &problems).await,
        },
        "import" => {
            // What was checked is what is imported.
            if let Some(settings) = import.progress().settings {
                begin(&ctx, &import, Purpose::Import, settings);
            }
        }
        "stop" => import.stop(),
        "discard" => {
            ctx.state.imports.discard(&import);
            return Redirect::to("/import").into_response();
        }
        _ => return not_found().await.into_response(),
    }
    Redirect::to(&format!("/import/{id}")).into_response()
}

fn of(ctx: &Ctx, id: &str) -> Option<Arc<Import>> {
    let person = ctx.visitor.person.as_deref();
    ctx.state.imports.get(id, person, Instant::now())
}

/// Rows go on being sent when nobody looks; a page only tells of it.
fn begin(ctx: &Ctx, import: &Arc<Import>, purpose: Purpose, settings: Settings) {
    if import.begin(purpose, settings.clone()) {
        let client = ctx.state.backend.client(ctx.visitor.person.clone());
        tokio::spawn(run(client, Arc::clone(import), purpose, settings));
    }
}

async fn page(ctx: &Ctx, import: &Import, typed: Option<&Fields>, problems: &Problems) -> Response {
    let Progress {
        stage,
        settings,
        mut tally,
        rows,
        ..
    } = import.progress();
    // Rows that this side refused were told before the backend was asked about those above them.
    tally.told.sort_by_key(|one| one.line);
    let asks = typed.is_some()
        || ctx.query.has("settings")
        || matches!(stage, Stage::Uploaded | Stage::Stopped(Purpose::Check, _));
    let asks = asks && !matches!(stage, Stage::Running(_));
    let (zone, theatres) = tokio::join!(ctx.civil(), ctx.theatres());
    let (zone, theatres) = match (permitted(zone), permitted(theatres)) {
        (Ok(zone), Ok(theatres)) => (zone, theatres.unwrap_or_default()),
        (Err(refusal), _) | (_, Err(refusal)) => return ctx.trouble(Here::Import, &refusal),
    };
    let mapping = Mapping::separated_as(&import.bytes);
    let begins = Beginning::of(&*import.bytes, &mapping, SAMPLE_ROWS);
    let mut problem = problems.of("log").cloned().unwrap_or_default();
    let begins = match begins {
        Ok(begins) => Some(begins),
        Err(error) => {
            problem = format!("The log {error}.");
            None
        }
    };
    let answers = typed.cloned();
    let answers = answers.or_else(|| Some(Fields::new(settings.as_ref()?.typed.clone())));
    let questions = begins.as_ref().filter(|_| asks).map(|begins| {
        let zone = zone.as_ref().and_then(|civil| civil.0.iana_name());
        Questions::of(
            import,
            begins,
            answers.as_ref(),
            problems,
            zone.unwrap_or_default(),
        )
    });
    let known: Vec<&str> = theatres.iter().map(|one| one.name.as_str()).collect();
    let is_new = |name: &&String| !known.contains(&&*resource::name(THEATRES, name));
    let status = if typed.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let page = LogPage {
        frame: ctx.frame(Here::Import),
        id: import.id.clone(),
        file: import.file.clone(),
        problem,
        new_theatres: tally.theatres.iter().filter(is_new).cloned().collect(),
        range: settings
            .as_ref()
            .and_then(|settings| range(&tally, settings)),
        rows: rows.unwrap_or_else(|| import.lines().max(tally.rows())),
        begins: begins.filter(|_| asks),
        questions,
        stage,
        tally,
    };
    render::page(status, &page)
}

fn range(tally: &Tally, settings: &Settings) -> Option<Range> {
    let civil = Civil(settings.zone.clone());
    let (first, last) = tally.range?;
    let (first, last) = (civil.date(first), civil.date(last));
    Some(Range {
        words: if first == last {
            long_date(first)
        } else {
            format!("{} to {}", long_date(first), long_date(last))
        },
        board: format!("/?date={first}"),
        reports: format!("/reports?first={first}&last={last}"),
    })
}

/// The page for a log that is not here any more.
fn gone() -> ErrorPage {
    ErrorPage {
        status: StatusCode::NOT_FOUND,
        title: "That log is not here any more",
        cause: "A log is kept for an hour after it was last looked at or sent, unless newer ones need its \
                place or this front end is started again. Cases that were imported are safe.",
        remedy: "Upload the log once more: what is in already is left as it is, and the rest goes on.",
    }
}
