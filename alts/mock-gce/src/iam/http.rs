//! The methods over HTTP, as `iam.googleapis.com` v1 maps them.

use std::sync::Arc;

use alts_authority::directory::Account;
use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::{self, HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    access,
    error::ApiError,
    method::Method,
    operations,
    page::page,
    resource::{Creation, find, is_project, resource_name, to_json},
};
use crate::{html, identity::access_token::Bearer, project::Project};

/// `projects.serviceAccounts` of one project.
pub fn router(project: Arc<Project>) -> Router {
    let all = "/v1/projects/{project}/serviceAccounts";
    let one = format!("{all}/{{account}}");
    Router::new()
        .route(all, get(answer).post(answer))
        .route(&one, get(answer).post(answer).delete(answer))
        .with_state(project)
}

/// What a URL names: a project, or an account in it, perhaps with a verb behind a colon.
#[derive(Deserialize)]
struct Named {
    project: String,
    account: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListQuery {
    page_size: Option<String>,
    page_token: Option<String>,
}

async fn answer(
    State(project): State<Arc<Project>>,
    Path(named): Path<Named>,
    Query(query): Query<ListQuery>,
    verb: http::Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = named.project.as_str();
    let Some((method, account)) = Method::of(&verb, named.account.as_deref()) else {
        let account = named.account.unwrap_or_default();
        return html::not_found(&format!("/v1/{}", resource_name(asked, &account)));
    };
    let resource = match account {
        "" => format!("projects/{asked}"),
        account => resource_name(asked, account),
    };
    let answered = async {
        allow(&project, method, &headers, (asked, &resource))?;
        match method {
            Method::List => list(&project, &query),
            Method::Get => {
                let all = project.accounts.accounts();
                let found = find(&all, account);
                let found = found.ok_or_else(|| ApiError::unknown_account(&resource))?;
                Ok(to_json(&project.config.project, found))
            }
            Method::Create => create(&project, &body).await,
            method => change(&project, method, account.to_owned(), resource).await,
        }
    };
    respond(answered.await)
}

/// Who calls, and whether that may be: `asked` is the project in the URL.
fn allow(
    project: &Project,
    method: Method,
    headers: &HeaderMap,
    (asked, resource): (&str, &str),
) -> Result<(), ApiError> {
    let authorization = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let worth = |token: &str| project.worth(token);
    let bearer = access::check(&project.config, method, authorization, worth, resource)?;
    if !is_project(asked, &project.config.project) {
        return Err(ApiError::permission_denied(method, resource));
    }
    let caller = match &bearer {
        Bearer::Operator => "operator",
        Bearer::Account(email) => email.as_ref(),
    };
    tracing::debug!(caller, method = method.rpc(), resource, "IAM call");
    Ok(())
}

fn list(project: &Project, query: &ListQuery) -> Result<Value, ApiError> {
    let all = project.accounts.accounts();
    let (size, token) = (query.page_size.as_deref(), query.page_token.as_deref());
    let (accounts, next_page_token) = page(&all, size, token)?;
    let mut body = json!({});
    if !accounts.is_empty() {
        let accounts = accounts.iter();
        let accounts = accounts.map(|account| to_json(&project.config.project, account));
        body["accounts"] = accounts.collect();
    }
    if !next_page_token.is_empty() {
        body["nextPageToken"] = next_page_token.into();
    }
    Ok(body)
}

async fn create(project: &Arc<Project>, body: &[u8]) -> Result<Value, ApiError> {
    let creation = Creation::parse(body)?;
    let account = blocking(project, move |project| {
        operations::create(project, &creation)
    });
    let account = account.await?;
    tracing::info!(account = %account.email, "account created");
    Ok(to_json(&project.config.project, &account))
}

/// The methods that change an account that is there, or was.
async fn change(
    project: &Arc<Project>,
    method: Method,
    account: String,
    resource: String,
) -> Result<Value, ApiError> {
    let changed = blocking(project, move |project| {
        operations::change(project, method, &account, &resource)
    });
    let changed = changed.await?;
    tracing::info!(account = %changed.email, method = method.rpc(), "account changed");
    Ok(match method {
        Method::Undelete => {
            json!({ "restoredAccount": to_json(&project.config.project, &changed) })
        }
        _ => json!({}),
    })
}

/// Runs a change where blocking on the disk stops nobody else. A caller that hangs up does not stop
/// it halfway.
async fn blocking(
    project: &Arc<Project>,
    change: impl FnOnce(&Project) -> Result<Account, ApiError> + Send + 'static,
) -> Result<Account, ApiError> {
    let project = Arc::clone(project);
    tokio::task::spawn_blocking(move || change(&project))
        .await
        .map_err(|_| ApiError::internal("the change did not finish; see the mock's log"))?
}

fn respond(answer: Result<Value, ApiError>) -> Response {
    let (status, body) = match answer {
        Ok(body) => (StatusCode::OK, body),
        Err(error) => {
            let status = StatusCode::from_u16(error.code);
            let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, error.to_json())
        }
    };
    let json = [(header::CONTENT_TYPE, "application/json; charset=UTF-8")];
    let challenge = [(
        header::WWW_AUTHENTICATE,
        "Bearer realm=\"https://accounts.google.com/\"",
    )];
    let challenge = (status == StatusCode::UNAUTHORIZED).then_some(AppendHeaders(challenge));
    // Indented, as Google's: people read these in terminals.
    (status, json, challenge, format!("{body:#}\n")).into_response()
}
