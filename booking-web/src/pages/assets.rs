//! The static files, carried in the binary so that a page and its looks are always of one version.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

const STYLE: &str = include_str!("../../static/style.css");
const ICON: &str = include_str!("../../static/icon.svg");

/// Links name the stylesheet by version, so it may be kept for good.
const KEEP: &str = "public, max-age=31536000, immutable";
/// The icon's address has no version: a day.
const KEEP_A_DAY: &str = "public, max-age=86400";

/// A fingerprint of the stylesheet (FNV-1a, 64 bits), for its links: a new version is fetched at
/// once, an old one never again. Not a security feature.
pub(crate) const STYLE_VERSION: u64 = {
    let bytes = STYLE.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    hash
};

/// `GET /static/style.css`
pub(crate) async fn style() -> Response {
    file("text/css; charset=utf-8", KEEP, STYLE)
}

/// `GET /static/icon.svg`
pub(crate) async fn icon() -> Response {
    file("image/svg+xml", KEEP_A_DAY, ICON)
}

fn file(kind: &'static str, keep: &'static str, content: &'static str) -> Response {
    (
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)],
        content,
    )
        .into_response()
}
