//! Percent-encoding for the queries of our own links (RFC 3986, section 2.1).

use std::fmt::Write as _;

/// A text as the value of a query's field.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a string takes everything");
        }
    }
    encoded
}

/// A text as one segment of a path, and so as the id in a resource name.
pub(crate) fn segment(text: &str) -> String {
    encode(text).replace('/', "%2F")
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
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_gone_to() {
        for own in ["/", "/cases/1?x=%20", "/schedule?date=2026-03-02"] {
            assert_eq!(own_path(own), own);
        }
        for foreign in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nb",
            "/é",
        ] {
            assert_eq!(own_path(foreign), "/", "{foreign}");
        }
    }

    #[test]
    fn what_is_encoded_is_one_value() {
        assert_eq!(encode("/a?b=c&d é"), "/a%3Fb%3Dc%26d%20%C3%A9");
    }
}
