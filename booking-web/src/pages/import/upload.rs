//! `/import`: a file is taken in, to be looked at.

use std::{sync::Arc, time::Instant};

use askama::Template;
use axum::{
    body::Bytes,
    extract::{
        Multipart,
        multipart::{MultipartError, MultipartRejection},
    },
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response, Result},
};

use booking_proto::contract::permission::Permission;

use crate::{
    backend::Refusal,
    imports::{MAX_LOG_BYTES, MAX_LOG_MIB},
    pages::{
        context::Ctx, error::ErrorPage, fields::MAX_LINE_CHARS, frame::Frame,
        posted::NOT_FROM_THIS_SIGN_IN, render,
    },
};

/// The right that an import needs.
const RIGHT: Permission = Permission::CasesImport;
/// What a form of ours takes beside the file.
const MAX_AROUND_BYTES: usize = 16 * 1024;
/// The largest request: the log and what is around it.
pub(crate) const MAX_UPLOAD_BYTES: usize = MAX_LOG_BYTES + MAX_AROUND_BYTES;

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    frame: Frame,
    problem: String,
    most_mib: usize,
}

/// `GET /import`
pub(crate) async fn show(ctx: Ctx) -> Result<Response> {
    page(&ctx, StatusCode::OK, "").await
}

async fn page(ctx: &Ctx, status: StatusCode, problem: &str) -> Result<Response> {
    allowed(ctx).await.map_err(|why| ctx.trouble(&why))?;
    let page = ImportPage {
        frame: ctx.frame(),
        problem: problem.to_owned(),
        most_mib: MAX_LOG_MIB,
    };
    Ok(render::page(status, &page))
}

/// Whether the person may import, as the backend says; it would refuse each row otherwise, which is
/// late to hear it.
async fn allowed(ctx: &Ctx) -> Result<(), Refusal> {
    match ctx.client.learn().await {
        Some(access) if !access.may(RIGHT) => Err(Refusal::right_missing(RIGHT)),
        _ => Ok(()),
    }
}

/// `POST /import`: a log, to be looked at.
pub(crate) async fn upload(
    ctx: Ctx,
    multipart: Result<Multipart, MultipartRejection>,
) -> Result<Response> {
    let multipart = multipart.map_err(|_| NOT_A_FORM)?;
    let (file, bytes) = read(&ctx, multipart).await?;
    if bytes.is_empty() {
        let problem = "Choose a file that is not empty.";
        return page(&ctx, StatusCode::UNPROCESSABLE_ENTITY, problem).await;
    }
    allowed(&ctx).await.map_err(|why| ctx.trouble(&why))?;
    let owner = ctx.visitor.person.clone();
    match ctx.state.imports.keep(owner, file, bytes, Instant::now()) {
        Some(import) => {
            let imports = Arc::clone(&ctx.state.imports);
            tokio::spawn(imports.forget(import.id.clone()));
            Ok(Redirect::to(&format!("/import/{}", import.id)).into_response())
        }
        None => {
            let problem =
                "Other imports are under way, as many as there may be. Wait for one to end.";
            page(&ctx, StatusCode::SERVICE_UNAVAILABLE, problem).await
        }
    }
}

/// The file and its name, if the form is ours.
async fn read(ctx: &Ctx, mut multipart: Multipart) -> Result<(String, Bytes), ErrorPage> {
    let mut token = String::new();
    while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
        match field.name() {
            Some("token") => token = field.text().await.map_err(unreadable)?,
            // The token stands before the file: of anybody else's form, no file is read.
            Some("file") if ctx.sent(&token) => {
                let name = own_name(field.file_name().unwrap_or_default());
                return Ok((name, field.bytes().await.map_err(unreadable)?));
            }
            _ => return Err(NOT_FROM_THIS_SIGN_IN),
        }
    }
    Err(NOT_A_FORM)
}

/// A file's name without folders, of which some browsers send all.
fn own_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = last.chars().filter(|c| !c.is_control());
    let own: String = plain.take(MAX_LINE_CHARS).collect();
    if own.is_empty() {
        "log.csv".to_owned()
    } else {
        own
    }
}

fn unreadable(error: MultipartError) -> ErrorPage {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ErrorPage {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            title: "That log is too large for this page",
            cause: "A log may have 32 MiB here, some two hundred thousand cases. Nothing was kept of it.",
            remedy: "Cut it into parts and import one after the other, or use booking-client import, \
                     which takes logs of any size.",
        },
        _ => NOT_A_FORM,
    }
}

const NOT_A_FORM: ErrorPage = ErrorPage {
    status: StatusCode::BAD_REQUEST,
    title: "That upload cannot be read",
    cause: "What was sent is not the form of this page, or broke off on its way. Nothing was kept \
            of it.",
    remedy: "Open the page for imports and choose the file again.",
};
