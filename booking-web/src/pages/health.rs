//! `/healthz`: whether this program runs. Says nothing about the backend, so that a backend's fault
//! does not make a supervisor restart the front end.

/// `GET /healthz`
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}
