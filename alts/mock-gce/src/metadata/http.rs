//! A metadata server over HTTP: translates requests into questions, and answers into responses.

use std::{borrow::Cow, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    response::{AppendHeaders, IntoResponse, Response},
};
use base16ct::lower;
use percent_encoding::percent_decode_str;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    answer::{Answer, Question, answer},
    facts,
    tree::Node,
};
use crate::{
    config::Machine,
    html,
    project::{NoToken, Project},
};

/// Longest wait for a change that is asked for; facts here never change.
const MAX_WAIT: Duration = Duration::from_secs(3600);

/// Google's own spelling.
const TEXT: &str = "application/text";
const JSON: &str = "application/json";

/// One machine's server.
struct Vm {
    project: Arc<Project>,
    machine: Machine,
    tree: Node,
}

/// The metadata server of one machine.
pub fn router(project: Arc<Project>, machine: Machine) -> Router {
    let tree = facts::tree(&project.config, &machine);
    let vm = Arc::new(Vm {
        project,
        machine,
        tree,
    });
    Router::new().fallback(respond).with_state(vm)
}

async fn respond(State(vm): State<Arc<Vm>>, request: Parts) -> impl IntoResponse {
    let response = if request.method == Method::GET {
        vm.get(&request).await
    } else {
        html::page(StatusCode::METHOD_NOT_ALLOWED, "Only GET is answered here.")
    };
    // On every answer, refusals too: the first is how libraries know where they are.
    let headers = AppendHeaders([
        ("metadata-flavor", "Google"),
        ("server", "Metadata Server for VM"),
        ("x-xss-protection", "0"),
        ("x-frame-options", "SAMEORIGIN"),
    ]);
    (headers, response)
}

impl Vm {
    async fn get(&self, request: &Parts) -> Response {
        let (uri, headers) = (&request.uri, &request.headers);
        let Ok(Query(query)) = Query::<Vec<(String, String)>>::try_from_uri(uri) else {
            return html::page(StatusCode::BAD_REQUEST, "The query cannot be understood.");
        };
        let flavor = headers.get("metadata-flavor");
        let path = percent_decoded(uri.path());
        let question = Question {
            path: &path,
            raw_query: uri.query(),
            query: &query,
            flavor: flavor.and_then(|flavor| flavor.to_str().ok()),
            forwarded: headers.contains_key("x-forwarded-for"),
        };
        let answer = answer(&self.tree, &question);
        if question.waits_for_change() && matches!(answer, Answer::Text(_) | Answer::Json(_)) {
            wait(&question, &etag(&answer)).await;
        }
        self.response(answer, &path, request)
    }

    fn response(&self, answer: Answer, path: &str, request: &Parts) -> Response {
        let etag = etag(&answer);
        match answer {
            Answer::Text(text) => found(TEXT, text, &etag),
            Answer::Json(value) => found(JSON, value.to_string(), &etag),
            Answer::Redirect(to) => redirect(&to, request),
            Answer::Forbidden(why) => {
                let why = format!(
                    "Your client does not have permission to get URL <code>{}</code> from this \
                     server. {why}",
                    html::escaped(path)
                );
                html::page(StatusCode::FORBIDDEN, &why)
            }
            Answer::NotFound => html::not_found(path),
            Answer::BadRequest(why) => {
                let kind = "text/plain; charset=utf-8";
                with_type(StatusCode::BAD_REQUEST, kind, format!("{why}\n"))
            }
            Answer::Token => self.token(),
            Answer::Identity {
                audience,
                format,
                licenses,
            } => {
                let token = self
                    .project
                    .identity_token(&self.machine, &audience, format, licenses);
                token.map_or_else(
                    |refusal| self.no_token(&refusal),
                    |token| found("text/html", token, ""),
                )
            }
        }
    }

    fn token(&self) -> Response {
        match self.project.access_token(&self.machine) {
            Ok(issued) => {
                let token = json!({
                    "access_token": issued.access_token,
                    "expires_in": issued.expires_in_s,
                    "token_type": "Bearer",
                });
                found(JSON, token.to_string(), "")
            }
            Err(refusal) => self.no_token(&refusal),
        }
    }

    /// What Google's server says then is not documented. Ours says it in OAuth's words (RFC 6749,
    /// section 5.2), with a status on which libraries do not try again.
    fn no_token(&self, refusal: &NoToken) -> Response {
        let machine = &self.machine.name;
        tracing::warn!(%machine, cause = %refusal, "no token for a workload");
        let (status, error) = match refusal {
            NoToken::Disabled(_) => (StatusCode::FORBIDDEN, "invalid_grant"),
            NoToken::Gone(_) => (StatusCode::NOT_FOUND, "invalid_grant"),
            NoToken::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal_failure"),
        };
        let body = json!({ "error": error, "error_description": refusal.to_string() });
        with_type(status, JSON, body.to_string())
    }
}

/// Facts here never change: whoever waits for that waits to the end, or learns at once that what it
/// knows is old.
async fn wait(question: &Question<'_>, etag: &str) {
    let known = question.parameter("last_etag");
    if known.is_some_and(|known| known != etag) {
        return;
    }
    let seconds = question
        .parameter("timeout_sec")
        .and_then(|text| text.parse().ok());
    let wait = seconds.map_or(MAX_WAIT, Duration::from_secs).min(MAX_WAIT);
    tokio::time::sleep(wait).await;
}

/// Names the content, 16 hexadecimal digits as Google's.
fn etag(answer: &Answer) -> String {
    let content = match answer {
        Answer::Text(text) => text.clone(),
        Answer::Json(value) => value.to_string(),
        _ => return String::new(),
    };
    lower::encode_string(&Sha256::digest(content)[..8])
}

fn found(content_type: &'static str, body: String, etag: &str) -> Response {
    let mut response = with_type(StatusCode::OK, content_type, body);
    if let Ok(etag) = HeaderValue::from_str(etag)
        && !etag.is_empty()
    {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

fn redirect(to: &str, request: &Parts) -> Response {
    let host = request.headers.get(header::HOST);
    let host = host
        .and_then(|host| host.to_str().ok())
        .unwrap_or("metadata.google.internal");
    let mut response = with_type(
        StatusCode::MOVED_PERMANENTLY,
        "text/html",
        format!("{to}\n"),
    );
    if let Ok(location) = HeaderValue::from_str(&format!("http://{host}{to}")) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn with_type(status: StatusCode, content_type: &'static str, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, content_type)], body).into_response()
}

/// Paths hold accounts' names, in which some clients write `@` as `%40`. What is not UTF-8 then is
/// the path of nothing.
fn percent_decoded(path: &str) -> String {
    let decoded = percent_decode_str(path).decode_utf8();
    decoded.map(Cow::into_owned).unwrap_or_default()
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
