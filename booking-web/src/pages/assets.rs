//! The static files, carried in the binary so that a page and its looks are always of one version.

use std::{fmt::Write as _, hash::Hasher as _, sync::LazyLock};

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};
use fnv::FnvHasher;

use super::error::not_found;
use crate::view::{grid::MAX_HOURS, lanes::MAX_LANES};

/// The stylesheet: what all pages share, what single ones need, and the board's columns.
static STYLE: LazyLock<String> = LazyLock::new(|| {
    let parts = concat!(
        include_str!("../../static/css/base.css"),
        include_str!("../../static/css/parts.css"),
        include_str!("../../static/css/board.css"),
        include_str!("../../static/css/pages.css"),
    );
    format!("{parts}{}", columns())
});
const SCRIPT: &str = include_str!("../../static/ot.js");
const ICON: &str = include_str!("../../static/icon.svg");

/// Links name these files by version, so they may be kept for good.
const KEEP: &str = "public, max-age=31536000, immutable";
/// The icon's address has no version: a day.
const KEEP_A_DAY: &str = "public, max-age=86400";

/// Columns of five minutes in an hour.
const PER_HOUR: i64 = 12;
/// The widest hatched end of a bar, in columns: setup and cleanup are at most eight hours.
const MAX_END: i64 = 96;

/// Classes in place of inline styles: h… is a window of so many hours, s… where something starts,
/// w… how wide it is, e… so wide at the end, r… its lane.
fn columns() -> String {
    let mut rules = String::new();
    let mut rule =
        |text: std::fmt::Arguments<'_>| rules.write_fmt(text).expect("a string takes everything");
    for hours in 1..=MAX_HOURS {
        let columns = hours * PER_HOUR;
        rule(format_args!(
            ".h{hours}{{grid-template-columns:repeat({columns},minmax(0,1fr));min-width:{}rem}}",
            hours * 5
        ));
    }
    for column in 1..=MAX_HOURS * PER_HOUR {
        rule(format_args!(
            ".s{column}{{grid-column-start:{column}}}.w{column}{{grid-column-end:span {column}}}"
        ));
    }
    for columns in 1..=MAX_END {
        rule(format_args!(".e{columns}{{grid-column:span {columns}/-1}}"));
    }
    for lane in 1..=MAX_LANES {
        rule(format_args!(".r{lane}{{grid-row:{}}}", lane + 1));
    }
    rules
}

/// A fingerprint, for links: a new version is fetched at once, an old one never again. Not a security
/// feature.
fn fingerprint(text: &str) -> u64 {
    let mut hasher = FnvHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// The stylesheet's version.
pub(crate) fn style_version() -> u64 {
    static VERSION: LazyLock<u64> = LazyLock::new(|| fingerprint(&STYLE));
    *VERSION
}

/// The script's version.
pub(crate) fn script_version() -> u64 {
    static VERSION: LazyLock<u64> = LazyLock::new(|| fingerprint(SCRIPT));
    *VERSION
}

/// `GET /static/{name}`
pub(crate) async fn file(Path(name): Path<String>) -> Response {
    let (kind, keep, content) = match name.as_str() {
        "style.css" => ("text/css; charset=utf-8", KEEP, STYLE.as_str()),
        "ot.js" => ("text/javascript; charset=utf-8", KEEP, SCRIPT),
        "icon.svg" => ("image/svg+xml", KEEP_A_DAY, ICON),
        _ => return not_found().await.into_response(),
    };
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)];
    (headers, content).into_response()
}
