//! `/import/{id}`: one log, and how far it is.

use std::{sync::Arc, time::Instant};

use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response, Result},
};
use booking_proto::contract::resource::{self, THEATRES};
use jiff::civil::Date;
use theatre_log::{Beginning, Mapping};

use super::questions::{Questions, answered};
use crate::{
    imports::{Import, Progress, RunMode, Settings, Stage, Tally, Why, run},
    pages::{
        context::{Ctx, permitted},
        error::{ErrorPage, NO_SUCH_PAGE},
        fields::{Fields, Form},
        frame::Frame,
        posted::Posted,
    },
    view::civil::Civil,
};

/// Rows that are shown as they stand in the log.
const SAMPLE_ROWS: usize = 3;

#[derive(Template)]
#[template(path = "import_log.html")]
struct LogPage<'a> {
    frame: Frame,
    import: &'a Import,
    /// What was wrong with the log or with answers, beyond single fields.
    problem: String,
    begins: Option<Beginning>,
    questions: Option<Questions>,
    running: bool,
    stage: Stage,
    tally: Tally,
    /// How many rows there are, as far as is known.
    rows: u64,
    /// Theatres that are, or would be, made.
    new_theatres: Vec<String>,
    /// From when to when: once it is known.
    range: Option<(Date, Date)>,
}

/// `GET /import/{id}`
pub(crate) async fn show(Path(id): Path<String>, ctx: Ctx) -> Result<Response> {
    page(&ctx, &*of(&ctx, &id)?, None).await
}

/// `POST /import/{id}/{action}`
pub(crate) async fn act(
    Path((id, action)): Path<(String, String)>,
    Posted { ctx, mut form }: Posted,
) -> Result<Response> {
    let import = of(&ctx, &id)?;
    match action.as_str() {
        "check" => match answered(&import, &mut form) {
            Some(settings) => begin(&ctx, &import, RunMode::DryRun, settings),
            None => return page(&ctx, &import, Some(form)).await,
        },
        "import" => {
            // What was checked is what is imported.
            if let Some(settings) = import.progress().settings {
                begin(&ctx, &import, RunMode::Import, settings);
            }
        }
        "stop" => import.stop(),
        "discard" => {
            ctx.state.imports.discard(&import);
            return Ok(Redirect::to("/import").into_response());
        }
        _ => return Err(NO_SUCH_PAGE.into()),
    }
    Ok(Redirect::to(&format!("/import/{id}")).into_response())
}

fn of(ctx: &Ctx, id: &str) -> Result<Arc<Import>, ErrorPage> {
    let person = ctx.visitor.person.as_deref();
    let found = ctx.state.imports.get(id, person, Instant::now());
    found.ok_or(GONE)
}

/// Rows go on being sent when nobody looks; a page only tells of it.
fn begin(ctx: &Ctx, import: &Arc<Import>, mode: RunMode, settings: Settings) {
    if import.begin(mode, settings.clone()) {
        let client = ctx.state.backend.client(ctx.visitor.person.clone());
        tokio::spawn(run(client, Arc::clone(import), mode, settings));
    }
}

/// How far it is, or what has to be said about it: with what was answered and is wrong, if it is.
async fn page(ctx: &Ctx, import: &Import, wrong: Option<Form>) -> Result<Response> {
    let progress = import.progress();
    let running = progress.is_running();
    let Progress {
        stage,
        settings,
        mut tally,
        rows,
        ..
    } = progress;
    // Rows that this side refused were told before the backend was asked about those above them.
    tally.issues.sort_by_key(|one| one.line);
    let open = matches!(stage, Stage::Uploaded | Stage::Stopped(RunMode::DryRun, _));
    let asks = !running && (open || wrong.is_some() || ctx.query.has("settings"));
    let (zone, theatres) = tokio::join!(ctx.civil(), ctx.theatres());
    let zone = permitted(zone).map_err(|why| ctx.trouble(&why))?;
    let theatres = permitted(theatres).map_err(|why| ctx.trouble(&why))?;
    let theatres = theatres.unwrap_or_default();
    let mapping = Mapping::separated_as(&import.bytes);
    let begins = Beginning::of(&*import.bytes, &mapping, SAMPLE_ROWS);
    let complaint = wrong.as_ref().and_then(|form| form.problem("log"));
    let problem = match &begins {
        Ok(_) => complaint.cloned().unwrap_or_default(),
        Err(error) => format!("The log {error}."),
    };
    let begins = begins.ok().filter(|_| asks);
    let said = settings.as_ref().map(|one| Fields::new(one.typed.clone()));
    let answers = wrong.or_else(|| Some(said?.into()));
    let questions = begins.as_ref().map(|begins| {
        let zone = zone.as_ref().and_then(|civil| civil.0.iana_name());
        Questions::of(import, begins, answers.as_ref(), zone.unwrap_or_default())
    });
    let known: Vec<&str> = theatres.iter().map(|one| one.name.as_str()).collect();
    let is_new = |name: &&String| !known.contains(&&*resource::name(THEATRES, name));
    let page = LogPage {
        frame: ctx.frame(),
        import,
        problem,
        new_theatres: tally.theatres.iter().filter(is_new).cloned().collect(),
        range: settings.zip(tally.range).map(|(settings, (first, last))| {
            let civil = Civil(settings.zone);
            (civil.date(first), civil.date(last))
        }),
        rows: rows.unwrap_or_else(|| import.lines.max(tally.rows())),
        begins,
        questions,
        running,
        stage,
        tally,
    };
    Ok(ctx.show_form(&answers.unwrap_or_default(), &page))
}

/// The page for a log that is not here any more.
const GONE: ErrorPage = ErrorPage {
    status: StatusCode::NOT_FOUND,
    title: "That log is not here any more",
    cause: "A log is kept for an hour after it was last looked at or sent, unless newer ones need its \
            place or this front end is started again. Cases that were imported are safe.",
    remedy: "Upload the log once more: what is in already is left as it is, and the rest goes on.",
};
