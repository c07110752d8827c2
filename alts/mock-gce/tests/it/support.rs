//! A project with the article's machines, and requests to it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use alts_daemon::{clock::Clock, state::StateDir};
use alts_handshake::Timestamp;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use mock_gce::loopback::MockCloud;
use mock_gce::{
    api, config::Config, identity::signing_key::SigningKey, metadata, project::Project,
};
use rsa::rand_core::UnwrapErr;
use serde_json::Value;
use tower::ServiceExt;

pub(crate) const CLIENT: &str = "prod-ot-booking-client-svc@grpc-alts-demo.iam.gserviceaccount.com";
pub(crate) const NOW_S: u64 = 1_800_000_000;

/// A project whose clock the test moves.
pub(crate) struct World {
    pub(crate) project: Arc<Project>,
    pub(crate) operator: String,
    now_s: Arc<AtomicU64>,
    _state: tempfile::TempDir,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let article = mock_gce::config::ARTICLE.replace(
            "display_name = \"OT booking front end\"",
            "display_name = \"OT booking front end\"\nroles = [\"roles/iam.serviceAccountViewer\"]",
        );
        let config = Config::parse(&article, "article.toml").unwrap();
        let now_s = Arc::new(AtomicU64::new(NOW_S));
        let told = Arc::clone(&now_s);
        let clock = Clock::new(move || Timestamp::from_unix_s(told.load(Ordering::Relaxed)));
        let state = tempfile::tempdir().unwrap();
        let dir = StateDir::open(state.path()).unwrap();
        let accounts = MockCloud::open(&config.handshakers(), dir, clock.clone()).unwrap();
        let key = SigningKey::generate(&mut UnwrapErr(getrandom::SysRng)).unwrap();
        let project = Project::new(config, accounts, clock, key);
        Self {
            operator: project.operator_token().unwrap(),
            project: Arc::new(project),
            now_s,
            _state: state,
        }
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.now_s.fetch_add(seconds, Ordering::Relaxed);
    }

    /// A call of the project's interfaces.
    pub(crate) async fn api(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        answer(api::router(Arc::clone(&self.project)), request).await
    }

    /// The same as the operator.
    pub(crate) async fn operate(&self, method: &str, path: &str, body: &str) -> Answer {
        self.api(method, path, Some(&self.operator), body).await
    }

    /// A question to the metadata server of the client's machine.
    pub(crate) async fn metadata(&self, path: &str) -> Answer {
        let request = Request::builder()
            .uri(format!("/computeMetadata/v1/{path}"))
            .header("metadata-flavor", "Google")
            .body(Body::empty())
            .unwrap();
        self.metadata_request(request).await
    }

    pub(crate) async fn metadata_request(&self, request: Request<Body>) -> Answer {
        let machine = self.project.config.machines[0].clone();
        let router = metadata::http::router(Arc::clone(&self.project), machine);
        answer(router, request).await
    }
}

async fn answer(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body = to_bytes(body, 1024 * 1024).await.unwrap();
    Answer {
        status: head.status,
        headers: head.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}
