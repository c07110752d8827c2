//! `/sign-in`, `/sign-out`, and the demo's link.

use std::{net::SocketAddr, time::Instant};

use askama::Template;
use axum::{
    Extension,
    extract::{
        ConnectInfo, Form, Path, Query, State,
        rejection::{FormRejection, QueryRejection},
    },
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Redirect, Response},
};
use jiff::Timestamp;

use super::{
    error::{ErrorPage, NO_SUCH_PAGE, not_found},
    field::{Field, Kind},
    fields::Fields,
    posted::Posted,
    render::page,
    url,
};
use crate::{
    state::AppState,
    visitor::{MAX_NAME_CHARS, SESSION_COOKIE, SESSION_S, Way, client, cookie},
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    name: Field,
    password: Field,
    next: String,
    problem: &'static str,
}

fn form(next: &str, name: &str, problem: &'static str) -> SignInPage {
    SignInPage {
        name: Field::line("name", "Name").kind(Kind::Username).value(name),
        password: Field::line("password", "Password").kind(Kind::Password),
        next: url::own_path(next).to_owned(),
        problem,
    }
}

/// `GET /sign-in`
pub(crate) async fn show(
    State(state): State<AppState>,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Response {
    if !matches!(state.sign_in.way, Way::Local { .. }) {
        return Redirect::to("/").into_response();
    }
    let query = query.map_or_else(|_| Fields::default(), |Query(pairs)| Fields::new(pairs));
    page(StatusCode::OK, &form(query.get("next"), "", ""))
}

/// `POST /sign-in`. No token: there is no sign-in yet that it could be bound to; the guard for
/// other sites' forms stands before it.
pub(crate) async fn sign_in(
    State(state): State<AppState>,
    from: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    typed: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, ErrorPage> {
    let Way::Local { .. } = &state.sign_in.way else {
        return Err(NO_SUCH_PAGE);
    };
    let Form(pairs) = typed?;
    let fields = Fields::new(pairs);
    let name = fields.get("name").to_owned();
    let password = fields.as_typed("password").to_owned();
    let refused = |status, problem| Ok(page(status, &form(fields.get("next"), &name, problem)));
    let from = from.map(|Extension(ConnectInfo(address))| address.ip());
    let from = client(from, &headers, &state.sign_in.proxies);
    let wrong = "That name and password do not belong together.";
    // Nobody has a longer one, and each that is tried is remembered for a while.
    if name.chars().count() > MAX_NAME_CHARS {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, wrong);
    }
    if !state.sign_in.attempts.take(&name, from, Instant::now()) {
        tracing::warn!("too many tries to sign in");
        return refused(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many tries. Wait half a minute, then try once more.",
        );
    }
    if !verify(&state, &name, password).await {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, wrong);
    }
    state.sign_in.attempts.forgive(&name, from);
    tracing::info!("somebody signed in");
    let next = url::own_path(fields.get("next"));
    Ok(enter(&state, &name, false, next))
}

/// Hashing takes a core for a while: not one of those that serve pages, and only a few at once.
async fn verify(state: &AppState, name: &str, password: String) -> bool {
    let _turn = state.sign_in.attempts.turn().await;
    let (state, name) = (state.clone(), name.to_owned());
    let checked = tokio::task::spawn_blocking(move || match &state.sign_in.way {
        Way::Local { users, .. } => users.verify(&name, &password),
        _ => false,
    });
    checked.await.unwrap_or(false)
}

/// `GET /sign-in/demo/{key}`: the link that the program printed for whoever presents it.
pub(crate) async fn demo(State(state): State<AppState>, Path(key): Path<String>) -> Response {
    match &state.sign_in.way {
        Way::Local {
            users,
            demo: Some((known, person)),
        } if *known == key && users.display_name(person).is_some() => {
            enter(&state, person, true, "/")
        }
        _ => not_found().await.into_response(),
    }
}

/// `POST /sign-out`
pub(crate) async fn sign_out(headers: HeaderMap, Posted { ctx, .. }: Posted) -> Response {
    let sign_in = &ctx.state.sign_in;
    if let Some(session) = cookie(&headers, SESSION_COOKIE) {
        sign_in.end(session, ctx.now);
    }
    let gone = sign_in.cookie(SESSION_COOKIE, "", 0);
    (gone, Redirect::to("/sign-in")).into_response()
}

fn enter(state: &AppState, person: &str, by_demo: bool, next: &str) -> Response {
    let session = state.sign_in.begin(person, by_demo, Timestamp::now());
    let session = state.sign_in.cookie(SESSION_COOKIE, &session, SESSION_S);
    (session, Redirect::to(next)).into_response()
}
