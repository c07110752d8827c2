//! Google's interfaces outside the machines: IAM, and the keys that verify identity tokens.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{html, iam, project::Project};

/// Where Google publishes its keys, below `https://www.googleapis.com`.
pub const JWKS_PATH: &str = "/oauth2/v3/certs";

/// All of them.
pub fn router(project: Arc<Project>) -> Router {
    Router::new()
        .route(JWKS_PATH, get(jwks))
        .with_state(Arc::clone(&project))
        .merge(iam::http::router(project))
        .fallback(async |request: Request| html::not_found(request.uri().path()))
}

async fn jwks(State(project): State<Arc<Project>>) -> Response {
    let mut response = project.jwks().to_string().into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=UTF-8"),
    );
    // Verifiers keep keys as long as this says; a mock that is made anew has new ones.
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=60, must-revalidate"),
    );
    response
}
