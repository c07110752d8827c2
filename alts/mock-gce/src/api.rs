//! Google's interfaces outside the machines: IAM, and the keys that verify identity tokens.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::header,
    response::IntoResponse,
    routing::get,
};

use crate::{html, iam, project::Project};

/// Where Google publishes its keys, below `https://www.googleapis.com`.
pub const JWKS_PATH: &str = "/oauth2/v3/certs";

/// The keys alone.
pub fn keys(project: Arc<Project>) -> Router {
    Router::new()
        .route(JWKS_PATH, get(jwks))
        .with_state(project)
}

/// All of them.
pub fn router(project: Arc<Project>) -> Router {
    keys(Arc::clone(&project))
        .merge(iam::http::router(project))
        .fallback(async |request: Request| html::not_found(request.uri().path()))
}

async fn jwks(State(project): State<Arc<Project>>) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=UTF-8"),
        // Verifiers keep keys as long as this says; a mock that is made anew has new ones.
        (header::CACHE_CONTROL, "public, max-age=60, must-revalidate"),
    ];
    (headers, project.jwks().to_string())
}
