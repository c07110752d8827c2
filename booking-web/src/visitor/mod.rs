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
mod client;
mod ended;
mod renew;
mod seal;
mod users;

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, HeaderName, header, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
};
use jiff::Timestamp;

pub(crate) use self::{attempts::Attempts, client::client, renew::renew};
pub use self::{
    ended::{Ended, EndedError},
    seal::{Seal, SealError},
    users::{Users, UsersError, hash_password},
};
use crate::{
    AppState,
    pages::{board::PRESET_COOKIE, error::ErrorPage, url},
};

/// The cookie of a signed-in person.
pub(crate) const SESSION_COOKIE: &str = "ot_session";
/// How long a sign-in lasts after it was last used: a shift.
pub(crate) const SESSION_S: i64 = 12 * 60 * 60;
/// The longest name of a person, in characters; the backend's limit too.
pub(crate) const MAX_NAME_CHARS: usize = 64;

/// How people sign in.
#[derive(Debug)]
pub struct SignIn {
    pub(crate) way: Way,
    pub(crate) seal: Seal,
    /// Cookies only over HTTPS: the front end is behind a proxy that speaks it.
    pub(crate) secure_cookies: bool,
    pub(crate) attempts: Attempts,
    /// Believed about the addresses of those who come through them.
    pub(crate) proxies: Vec<IpAddr>,
    ended: Ended,
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
            proxies: Vec::new(),
            ended: Ended::default(),
        }
    }

    /// Believes these proxies about the addresses of those who come through them.
    #[must_use]
    pub fn behind(self, proxies: Vec<IpAddr>) -> Self {
        Self { proxies, ..self }
    }

    /// Remembers there which sign-ins were ended.
    #[must_use]
    pub fn with_ended(self, ended: Ended) -> Self {
        Self { ended, ..self }
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
        let session = Session {
            until_s: now.as_second() + SESSION_S,
            by_demo,
            nonce: self.seal.nonce(),
            proof: self.proof_of(person),
            person: person.to_owned(),
        };
        self.seal.seal("session", &session.text())
    }

    /// Ends a sign-in before its time, and with it every cookie that was made of it.
    pub(crate) fn end(&self, cookie: &str, now: Timestamp) {
        if let Some(session) = self.open(cookie, now) {
            // No cookie of it lasts longer than one that is made now.
            let until_s = now.as_second() + SESSION_S;
            self.ended.insert(session.nonce, until_s, now.as_second());
        }
    }

    /// The cookie with which a sign-in goes on that is in use and past half its time.
    pub(crate) fn renewed(&self, headers: &HeaderMap, now: Timestamp) -> Option<String> {
        if !matches!(self.way, Way::Local { .. }) {
            return None;
        }
        let mut session = self.open(cookie(headers, SESSION_COOKIE)?, now)?;
        if session.until_s - now.as_second() > SESSION_S / 2 {
            return None;
        }
        session.until_s = now.as_second() + SESSION_S;
        Some(self.seal.seal("session", &session.text()))
    }

    /// What changes with a person's password, so that a new one ends what the old one began. It
    /// tells nothing of either.
    fn proof_of(&self, person: &str) -> String {
        match &self.way {
            Way::Local { users, .. } => self.seal.tag("password", &users.hash_of(person)),
            _ => String::new(),
        }
    }

    fn open(&self, cookie: &str, now: Timestamp) -> Option<Session> {
        let text = self.seal.open("session", cookie)?;
        let session = Session::read(&text)?;
        let alive = session.until_s > now.as_second()
            && !self.ended.contains(&session.nonce)
            && session.proof == self.proof_of(&session.person);
        alive.then_some(session)
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

/// What a session's cookie says: `UNTIL|KIND|NONCE|PROOF|PERSON`.
struct Session {
    until_s: i64,
    by_demo: bool,
    /// The same in all cookies of one sign-in.
    nonce: String,
    /// Of the password that the person had then.
    proof: String,
    person: String,
}

impl Session {
    fn text(&self) -> String {
        let kind = if self.by_demo { "demo" } else { "local" };
        let Self {
            until_s,
            nonce,
            proof,
            person,
            ..
        } = self;
        format!("{until_s}|{kind}|{nonce}|{proof}|{person}")
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(5, '|');
        Some(Self {
            until_s: parts.next()?.parse().ok()?,
            by_demo: parts.next()? == "demo",
            nonce: parts.next()?.to_owned(),
            proof: parts.next()?.to_owned(),
            person: parts.next()?.to_owned(),
        })
    }
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
