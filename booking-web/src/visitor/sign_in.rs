//! Signing in: by password, by a proxy's header, which Google's signs, or by the demo's link; and how long it lasts.

use std::{net::IpAddr, sync::Arc};

use axum::http::{HeaderMap, HeaderName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    attempts::Attempts,
    cookie::{
        Cookie, PRESET_COOKIE, SESSION_COOKIE, SHORTCUTS_COOKIE, THEME_COOKIE, cookie, leave,
    },
    ended::Ended,
    iap::Iap,
    person::{Visitor, theme},
    seal::Seal,
    users::Users,
};

/// How long a sign-in lasts after it was last used: a shift.
pub(crate) const SESSION_S: i64 = 12 * 60 * 60;
/// The longest name of a person, in characters.
pub(crate) const MAX_NAME_CHARS: usize = 64;

/// How people sign in.
#[derive(Debug)]
pub struct SignIn {
    pub(crate) way: Way,
    pub(crate) seal: Seal,
    /// Cookies only over HTTPS: the front end is behind a proxy that speaks it.
    secure_cookies: bool,
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
    /// Google's Identity-Aware Proxy has asked already, and signs what it says.
    Iap(Arc<Iap>),
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

    /// A cookie to be left in a browser.
    pub(crate) fn cookie(&self, name: &str, value: &str, age_s: i64) -> Cookie {
        leave(name, value, age_s, self.secure_cookies)
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
        self.seal.seal("session", &session)
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
        Some(self.seal.seal("session", &session))
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
        let session: Session = self.seal.open("session", cookie)?;
        let alive = session.until_s > now.as_second()
            && !self.ended.contains(&session.nonce)
            && session.proof == self.proof_of(&session.person);
        alive.then_some(session)
    }

    /// Who a request is from; none when they have to sign in first.
    pub(crate) fn visitor(
        &self,
        headers: &HeaderMap,
        from: Option<IpAddr>,
        now: Timestamp,
    ) -> Option<Visitor> {
        let mut visitor = nobody_yet(headers);
        match &self.way {
            Way::Open => {}
            // Whom Identity-Aware Proxy names is `named`.
            Way::Closed | Way::Iap(_) => return None,
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
                let mut given = headers.get_all(header).iter();
                let (Some(name), None) = (given.next(), given.next()) else {
                    return None;
                };
                return named(headers, name.to_str().ok()?.trim());
            }
        }
        Some(visitor)
    }
}

/// Somebody of whom no more is known than how they want their pages.
fn nobody_yet(headers: &HeaderMap) -> Visitor {
    Visitor {
        theme: theme(cookie(headers, THEME_COOKIE).unwrap_or_default()),
        preset: cookie(headers, PRESET_COOKIE)
            .unwrap_or_default()
            .to_owned(),
        shortcuts: cookie(headers, SHORTCUTS_COOKIE) != Some("off"),
        ..Visitor::nobody()
    }
}

/// Whom a proxy that is believed names; nobody by a name that is none.
pub(crate) fn named(headers: &HeaderMap, name: &str) -> Option<Visitor> {
    let plain = (1..=MAX_NAME_CHARS).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_graphic());
    plain.then(|| Visitor {
        display_name: name.to_owned(),
        binding: format!("proxy:{name}"),
        person: Some(name.to_owned()),
        ..nobody_yet(headers)
    })
}

/// What a session's cookie says.
#[derive(Serialize, Deserialize)]
struct Session {
    until_s: i64,
    by_demo: bool,
    /// The same in all cookies of one sign-in.
    nonce: String,
    /// Of the password that the person had then.
    proof: String,
    person: String,
}
