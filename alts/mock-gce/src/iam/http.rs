//! The methods over HTTP, as `iam.googleapis.com` v1 maps them.

use std::sync::Arc;

use alts_authority::directory::Account;
use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
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
    page::{Page, page},
    resource::{Creation, Resource, find, is_project, resource_name},
};
use crate::{html, identity::access_token::Bearer, project::Project};

/// `projects.serviceAccounts` of one project.
pub fn router(project: Arc<Project>) -> Router {
    Router::new()
        .route(
            "/v1/projects/{project}/serviceAccounts",
            get(list).post(create),
        )
        .route(
            "/v1/projects/{project}/serviceAccounts/{account}",
            get(get_one).post(custom).delete(delete),
        )
        .with_state(project)
}

type Asked = State<Arc<Project>>;

/// A call, on its way to being allowed.
struct Call<'a> {
    project: &'a Arc<Project>,
    method: Method,
    /// The project in the URL.
    asked: &'a str,
}

impl<'a> Call<'a> {
    fn new(project: &'a Arc<Project>, method: Method, asked: &'a str) -> Self {
        Self {
            project,
            method,
            asked,
        }
    }

    /// Who calls, and whether that may be.
    fn allow(&self, headers: &HeaderMap, resource: &str) -> Result<(), ApiError> {
        let authorization = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let config = &self.project.config;
        let worth = |token: &str| self.project.worth(token);
        let bearer = access::check(config, self.method, authorization, worth, resource)?;
        if !is_project(self.asked, &config.project) {
            return Err(ApiError::permission_denied(self.method, resource));
        }
        let caller = match &bearer {
            Bearer::Operator => "operator",
            Bearer::Account(email) => email.as_ref(),
        };
        tracing::debug!(caller, method = self.method.rpc(), resource, "IAM call");
        Ok(())
    }

    /// Runs a change where blocking on the disk stops nobody else. A caller that hangs up does not
    /// stop it halfway.
    async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Project) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let project = Arc::clone(self.project);
        tokio::task::spawn_blocking(move || change(&project))
            .await
            .map_err(|_| ApiError::internal("the change did not finish; see the mock's log"))?
    }

    fn render(&self, account: &Account) -> Value {
        Resource::new(&self.project.config.project, account).to_json()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListQuery {
    page_size: Option<String>,
    page_token: Option<String>,
}

async fn list(
    State(project): Asked,
    Path(asked): Path<String>,
    Query(query): Query<ListQuery>,
    headers: HeaderMap,
) -> Response {
    let call = Call::new(&project, Method::List, &asked);
    respond(async {
        call.allow(&headers, &format!("projects/{asked}"))?;
        let all = project.accounts.accounts();
        let Page {
            accounts,
            next_page_token,
        } = page(
            &all,
            query.page_size.as_deref(),
            query.page_token.as_deref(),
        )?;
        let mut body = json!({});
        if !accounts.is_empty() {
            body["accounts"] = accounts
                .iter()
                .map(|account| call.render(account))
                .collect();
        }
        if !next_page_token.is_empty() {
            body["nextPageToken"] = next_page_token.into();
        }
        Ok(body)
    })
    .await
}

async fn create(
    State(project): Asked,
    Path(asked): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call::new(&project, Method::Create, &asked);
    respond(async {
        call.allow(&headers, &format!("projects/{asked}"))?;
        let creation = Creation::parse(&body)?;
        let account = call
            .change(move |project| operations::create(project, &creation))
            .await?;
        tracing::info!(account = %account.email, "account created");
        Ok(call.render(&account))
    })
    .await
}

async fn get_one(
    State(project): Asked,
    Path((asked, account)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let call = Call::new(&project, Method::Get, &asked);
    respond(async {
        let name = resource_name(&asked, &account);
        call.allow(&headers, &name)?;
        let all = project.accounts.accounts();
        let found = find(&all, &account).ok_or_else(|| ApiError::unknown_account(&name))?;
        Ok(call.render(found))
    })
    .await
}

async fn delete(
    State(project): Asked,
    Path((asked, account)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let call = Call::new(&project, Method::Delete, &asked);
    act(call, &headers, account).await
}

/// `ACCOUNT:VERB`.
async fn custom(
    State(project): Asked,
    Path((asked, account)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let verb = account.rsplit_once(':');
    let method = verb.and_then(|(account, verb)| Some((account, Method::of_verb(verb)?)));
    let Some((name, method)) = method else {
        return html::not_found(&format!("/v1/{}", resource_name(&asked, &account)));
    };
    let call = Call::new(&project, method, &asked);
    act(call, &headers, name.to_owned()).await
}

/// The methods that change an account that is there, or was.
async fn act(call: Call<'_>, headers: &HeaderMap, account: String) -> Response {
    respond(async {
        let name = resource_name(call.asked, &account);
        call.allow(headers, &name)?;
        let method = call.method;
        let changed = call
            .change(move |project| operations::change(project, method, &account, &name))
            .await?;
        tracing::info!(account = %changed.email, method = method.rpc(), "account changed");
        Ok(match method {
            Method::Undelete => json!({ "restoredAccount": call.render(&changed) }),
            _ => json!({}),
        })
    })
    .await
}

async fn respond(answer: impl Future<Output = Result<Value, ApiError>>) -> Response {
    let (status, body) = match answer.await {
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
