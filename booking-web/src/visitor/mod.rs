//! Who is looking: people sign in here, and the backend hears of them as *on behalf of*.
//!
//! ```text
//!   local users     name + password ─► users.rs ─► sealed cookie ─┐
//!   trusted proxy   header of a request from the proxy ───────────┼─► Visitor ─► on-behalf-of
//!   Google's proxy  header that Identity-Aware Proxy signs ───────┤
//!   demo            a link that the program printed ─► cookie ────┘
//!   nobody          on loopback only: being on the machine is the sign-in
//! ```
//!
//! ALTS proves the *account* of this front end; that a person is who they say is this module's
//! word, and the backend believes it only of accounts that may act for people.

mod attempts;
mod client;
mod cookie;
mod ended;
mod file_error;
pub(crate) mod iap;
mod person;
mod seal;
mod sign_in;
mod users;

pub(crate) use self::{
    client::client,
    cookie::{PRESET_COOKIE, SESSION_COOKIE, SHORTCUTS_COOKIE, THEME_COOKIE, cookie},
    person::{THEMES, Visitor, theme},
    sign_in::{MAX_NAME_CHARS, SESSION_S, named},
};
pub use self::{
    ended::Ended,
    file_error::FileError,
    iap::Iap,
    seal::Seal,
    sign_in::{SignIn, Way},
    users::{Users, hash_password},
};

#[cfg(test)]
mod tests;
