//! Texts as parts of our own links (RFC 3986, section 2.1) and of the backend's filters.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What may stand in the value of a query's field.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// A text as the value of a query's field.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, VALUE).to_string()
}

/// A path with a query of these fields.
pub(crate) fn with_query<const N: usize>(path: &str, fields: [(&str, &str); N]) -> String {
    let fields = fields.map(|(name, value)| format!("{name}={}", encode(value)));
    format!("{path}?{}", fields.join("&"))
}

/// Where the next page of a list is; empty after the last.
pub(crate) fn next_page<const N: usize>(
    path: &str,
    fields: [(&str, &str); N],
    token: &str,
) -> String {
    match token {
        "" => String::new(),
        token => format!("{}&page={}", with_query(path, fields), encode(token)),
    }
}

/// A text as a value of a filter.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A path of this site to go to, as a query asks; the home page for anything else, so that no link
/// of ours leads elsewhere.
pub(crate) fn own_path(wanted: &str) -> &str {
    let own = wanted.starts_with('/')
        && !wanted.starts_with("//")
        && !wanted.contains('\\')
        && wanted.bytes().all(|byte| byte.is_ascii_graphic());
    if own { wanted } else { "/" }
}

#[cfg(test)]
#[path = "url_tests.rs"]
mod tests;
