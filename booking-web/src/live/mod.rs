//! Changes as they happen, for every open page: one stream from the backend, many to browsers.
//!
//! ```text
//!   backend ──WatchSchedule──► follow ──► Hub ──► GET /events  ──► page: fetches itself anew
//!                                         ring of the last changes, numbered
//! ```
//!
//! A page hears only *that* something changed and asks for the rest itself, as its own person. Each
//! page carries the number of the last change before it was put together, so nothing is missed
//! between a page and its stream; who comes with a number that is no longer known is told to fetch
//! everything.

mod follow;
mod hub;

pub(crate) use self::{
    follow::follow,
    hub::{Hub, News, Numbered},
};

#[cfg(test)]
mod tests;
