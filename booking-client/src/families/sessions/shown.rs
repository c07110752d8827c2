//! Sessions, for people.

use booking_proto::ot::v1::{ExpandSessionTemplateResponse, Session};

use super::parts::{flags, owner};
use crate::{
    printable::Printable,
    printing::{Column, date_time, dated_span, table},
    reading::{SiteTime, id_of, shown},
};

/// A table of sessions.
pub(super) const SESSIONS: &[Column<Session, SiteTime>] = &[
    ("when", |each, site| {
        dated_span(each.start_time, each.end_time, site)
    }),
    ("theatre", |each, _| id_of(&each.theatre)),
    ("owner", |each, _| owner(each.owner.as_ref())),
    ("with", |each, _| flags(each.flags)),
    ("state", |each, _| shown(each.state().as_str_name())),
    ("released from", |each, site| {
        date_time(each.release_time, site)
    }),
    ("note", |each, _| each.note.clone()),
    ("session", |each, _| id_of(&each.name)),
    ("version", |each, _| each.etag.clone()),
];

/// What was made of a template, and which dates were left out.
pub(super) fn expansion(made: &ExpandSessionTemplateResponse, site: &SiteTime) -> String {
    let mut text = table(SESSIONS, &made.sessions, site);
    for skipped in &made.skipped {
        let (date, reason) = (Printable(&skipped.date), Printable(&skipped.reason));
        text.push_str(&format!("{date} left out: {reason}\n"));
    }
    text
}
