//! Cookies, as they come and as they are left: no script can read ours, and no other site sends them.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::AppendHeaders,
};

/// Who has signed in, sealed.
pub(crate) const SESSION_COOKIE: &str = "ot_session";
/// Which board somebody chose.
pub(crate) const PRESET_COOKIE: &str = "ot_board";
/// Light or dark.
pub(crate) const THEME_COOKIE: &str = "ot_theme";
/// `off` where single keys do nothing.
pub(crate) const SHORTCUTS_COOKIE: &str = "ot_shortcuts";

/// A cookie for a response.
pub(crate) type Cookie = AppendHeaders<[(HeaderName, HeaderValue); 1]>;

/// A cookie to be left in a browser; `secure` ones come back over HTTPS alone.
pub(super) fn leave(name: &str, value: &str, age_s: i64, secure: bool) -> Cookie {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; Max-Age={age_s}; HttpOnly; SameSite=Lax{secure}");
    let cookie = HeaderValue::try_from(cookie).expect("base64url and our own words");
    AppendHeaders([(header::SET_COOKIE, cookie)])
}

/// The value of a cookie (RFC 6265, section 5.4), as it stands.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}
