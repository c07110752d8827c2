//! Who is looking: people sign in here, and the backend hears of them as *on behalf of*.
//!
//! ```text
//!   local users     name + password ─► users.rs ─► sealed cookie ─┐
//!   trusted proxy   header of a request from the proxy ───────────┼─► Visitor ─► on-behalf-of
//!   demo            a link that the program printed ─► cookie ────┘
//!   nobody          on loopback only: being on the machine is the sign-in
//! ```
//!
//! ALTS proves the *account* of this front end; that a person is who they say is this module's
//! word, and the backend believes it only of accounts that may act for people.

mod attempts;
mod seal;
mod users;

use std::{
    collections::BTreeSet,
    net::{IpAddr, SocketAddr},
    sync::Mutex,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, HeaderName, header, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
};
use jiff::Timestamp;

pub(crate) use self::attempts::Attempts;
pub use self::{
    seal::{Seal, SealError},
    users::{Users, UsersError, hash_password},
};
use crate::{
    AppState,
    pages::{board::PRESET_COOKIE, error::ErrorPage, url},
};

/// The cookie of a signed-in person.
pub(crate) const SESSION_COOKIE: &str = "ot_session";
/// How long a sign-in lasts: a shift.
pub(crate) const SESSION_S: i64 = 12 * 60 * 60;
/// The longest name of a person, in characters; the backend's limit too.
const MAX_NAME_CHARS: usize = 64;
/// The most sign-outs remembered; each is forgotten when its sign-in would have ended anyhow.
const MAX_ENDED: usize = 10_000;

/// How people sign in.
#[derive(Debug)]
pub struct SignIn {
    pub(crate) way: Way,
    pub(crate) seal: Seal,
    /// Cookies only over HTTPS: the front end is behind a proxy that speaks it.
    pub(crate) secure_cookies: bool,
    pub(crate) attempts: Attempts,
    ended: Mutex<BTreeSet<(i64, String)>>,
}

/// Where names come from.
#[derive(Debug)]
pub enum Way {
    /// Nobody signs in: whoever may connect may do what this front end's account may do.
    Open,
    /// Nobody can sign in, and from elsewhere than this machine nobody need try.
    Closed,
    /// Names and passwords in a file.
    Local {
        /// The file, read again when it changes.
        users: Users,
        /// A secret link that signs a person in, and who that is.
        demo: Option<(String, String)>,
    },
    /// A header of a proxy that has asked already.
    Proxy {
        /// Its name.
        header: HeaderName,
        /// From where it is believed.
        trusted: Vec<IpAddr>,
    },
}

/// Who is looking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visitor {
    /// The person for whom the backend is asked; none where nobody signs in.
    pub(crate) person: Option<String>,
    /// As others read it.
    pub(crate) display_name: String,
    /// Signed in by the demo's link.
    pub(crate) by_demo: bool,
    /// Can sign out here.
    pub(crate) can_sign_out: bool,
    /// What a form must give back, bound to this sign-in.
    binding: String,
    pub(crate) theme: Theme,
    /// Which board they chose; empty for none.
    pub(crate) preset: String,
    /// Whether single keys do something.
    pub(crate) shortcuts: bool,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(crate) fn parse(word: &str) -> Self {
        match word {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

impl SignIn {
    /// Puts the way and the key together.
    pub fn new(way: Way, seal: Seal, secure_cookies: bool) -> Self {
        Self {
            way,
            seal,
            secure_cookies,
            attempts: Attempts::default(),
            ended: Mutex::default(),
        }
    }

    /// The path of the demo's link, without the slash before it; none without a demo.
    pub fn demo_path(&self) -> Option<String> {
        match &self.way {
            Way::Local {
                demo: Some((key, _)),
                ..
            } => Some(format!("sign-in/demo/{key}")),
            _ => None,
        }
    }

    /// The value of a session cookie for a person who has just proven who they are.
    pub(crate) fn begin(&self, person: &str, by_demo: bool, now: Timestamp) -> String {
        let until_s = now.as_second() + SESSION_S;
        let kind = if by_demo { "demo" } else { "local" };
        let nonce = self.seal.nonce();
        self.seal
            .seal("session", &format!("{until_s}|{kind}|{nonce}|{person}"))
    }

    /// Ends a sign-in before its time.
    pub(crate) fn end(&self, cookie: &str, now: Timestamp) {
        let Some(session) = self.open(cookie, now) else {
            return;
        };
        let mut ended = self
            .ended
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        ended.retain(|(until_s, _)| *until_s > now.as_second());
        if ended.len() >= MAX_ENDED {
            ended.pop_first();
        }
        ended.insert((session.until_s, session.nonce));
    }

    fn open(&self, cookie: &str, now: Timestamp) -> Option<Session> {
        let text = self.seal.open("session", cookie)?;
        let mut parts = text.splitn(4, '|');
        let until_s: i64 = parts.next()?.parse().ok()?;
        let by_demo = parts.next()? == "demo";
        let nonce = parts.next()?.to_owned();
        let person = parts.next()?.to_owned();
        let ended = self
            .ended
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let alive = until_s > now.as_second() && !ended.contains(&(until_s, nonce.clone()));
        alive.then_some(Session {
            until_s,
            by_demo,
            nonce,
            person,
        })
    }

    /// Who a request is from; none when they have to sign in first.
    fn visitor(
        &self,
        headers: &HeaderMap,
        from: Option<IpAddr>,
        now: Timestamp,
    ) -> Option<Visitor> {
        let mut visitor = Visitor {
            theme: Theme::parse(cookie(headers, "ot_theme").unwrap_or_default()),
            preset: cookie(headers, PRESET_COOKIE)
                .unwrap_or_default()
                .to_owned(),
            shortcuts: cookie(headers, "ot_shortcuts") != Some("off"),
            ..Visitor::nobody()
        };
        match &self.way {
            Way::Open => {}
            Way::Closed => return None,
            Way::Local { users, .. } => {
                let session = self.open(cookie(headers, SESSION_COOKIE)?, now)?;
                // Somebody who was taken off the list is signed out by that.
                visitor.display_name = users.display_name(&session.person)?;
                visitor.by_demo = session.by_demo;
                visitor.can_sign_out = true;
                visitor.binding = session.nonce;
                visitor.person = Some(session.person);
            }
            Way::Proxy { header, trusted } => {
                if !trusted.contains(&from?.to_canonical()) {
                    return None;
                }
                // Two names are one too many: a proxy that adds its own behind the visitor's is none
                // to be trusted.
                let mut named = headers.get_all(header).iter();
                let (Some(name), None) = (named.next(), named.next()) else {
                    return None;
                };
                let name = name.to_str().ok()?.trim();
                let plain = !name.is_empty()
                    && name.chars().count() <= MAX_NAME_CHARS
                    && name.chars().all(|c| c.is_ascii_graphic());
                if !plain {
                    return None;
                }
                visitor.display_name = name.to_owned();
                visitor.binding = format!("proxy:{name}");
                visitor.person = Some(name.to_owned());
            }
        }
        Some(visitor)
    }
}

struct Session {
    until_s: i64,
    by_demo: bool,
    nonce: String,
    person: String,
}

impl Visitor {
    /// Somebody of whom nothing is known.
    pub(crate) fn nobody() -> Self {
        Self {
            person: None,
            display_name: String::new(),
            by_demo: false,
            can_sign_out: false,
            binding: "open".to_owned(),
            theme: Theme::System,
            preset: String::new(),
            shortcuts: true,
        }
    }

    /// A token for the forms of one page. Each page gets its own, so that nothing can be learned
    /// from how well a compressed page shrinks.
    pub(crate) fn form_token(&self, seal: &Seal) -> String {
        seal.seal("form", &format!("{}|{}", seal.nonce(), self.binding))
    }

    /// Whether a form carries a token of this sign-in.
    pub(crate) fn sent(&self, seal: &Seal, token: &str) -> bool {
        seal.open("form", token)
            .is_some_and(|text| text.split_once('|').is_some_and(|(_, b)| b == self.binding))
    }
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

impl FromRequestParts<AppState> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let from = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|ConnectInfo(address)| address.ip());
        let found = state
            .sign_in
            .visitor(&parts.headers, from, Timestamp::now());
        found.ok_or_else(|| match state.sign_in.way {
            Way::Local { .. } => {
                let wanted = parts
                    .uri
                    .path_and_query()
                    .map_or("/", |wanted| wanted.as_str());
                let back = if parts.method == axum::http::Method::GET {
                    wanted
                } else {
                    "/"
                };
                Redirect::to(&format!("/sign-in?next={}", url::encode(back))).into_response()
            }
            Way::Proxy { .. } => ErrorPage {
                status: axum::http::StatusCode::FORBIDDEN,
                title: "Nobody has signed you in",
                cause: "This front end believes its proxy about who you are, and the request did \
                        not come through it, or without a name.",
                remedy: "Open the address that your hospital gave you for theatre bookings.",
            }
            .into_response(),
            Way::Open | Way::Closed => ErrorPage {
                status: axum::http::StatusCode::FORBIDDEN,
                title: "Sign-in is not set up",
                cause: "This front end can be reached from other machines, and nobody has said \
                        how people sign in. Until then it only looks up single bookings.",
                remedy: "Whoever runs it should start it with --users or --person-header.",
            }
            .into_response(),
        })
    }
}

#[cfg(test)]
mod tests;
