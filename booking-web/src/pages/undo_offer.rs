//! What can be undone for half a minute, as the browser keeps it: sealed, in a page's address.

use booking_proto::ot::v1::Case;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::case::change::Change;
use crate::{view::civil::instant, visitor::Seal};

/// How long there is an undo.
const UNDO_S: i64 = 30;

/// What can be undone, as a page offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UndoOffer {
    /// What happened.
    pub(crate) words: &'static str,
    /// Sealed; empty when it is too late.
    pub(crate) sealed: String,
    pub(crate) left_s: i64,
}

/// Everything it takes to undo something.
#[derive(Serialize, Deserialize)]
pub(crate) struct Undo {
    pub(crate) until_s: i64,
    pub(crate) done: Change,
    pub(crate) case: String,
    pub(crate) etag: String,
    pub(crate) theatre: String,
    pub(crate) start_s: i64,
    /// The same however often it is sent, so that it is done once.
    pub(crate) request_id: String,
    /// Rules that were overridden where the case was.
    pub(crate) rules: Vec<String>,
}

/// The query that leads to a page which offers to undo this. `before` is the case as it was.
pub(crate) fn query(
    seal: &Seal,
    now: Timestamp,
    done: Change,
    after: Case,
    before: &Case,
) -> String {
    let plan = before.plan.as_ref();
    let start = plan.and_then(|plan| instant(plan.start_time));
    let rules = before.overrides.iter();
    let undo = Undo {
        until_s: now.as_second() + UNDO_S,
        done,
        case: after.name,
        etag: after.etag,
        theatre: plan.map(|plan| plan.theatre.clone()).unwrap_or_default(),
        start_s: start.map_or(0, Timestamp::as_second),
        request_id: uuid::Uuid::new_v4().to_string(),
        rules: rules.map(|one| one.rule.clone()).collect(),
    };
    format!("undo={}", seal.seal("undo", &undo))
}

pub(crate) fn open(sealed: &str, seal: &Seal) -> Option<Undo> {
    seal.open("undo", sealed)
}

/// What the page's address says can be undone.
pub(crate) fn offer(sealed: &str, seal: &Seal, now: Timestamp) -> Option<UndoOffer> {
    let undo = open(sealed, seal)?;
    let left_s = undo.until_s - now.as_second();
    let in_time = (left_s > 0).then(|| sealed.to_owned());
    // Long afterwards it is no news any more.
    (left_s > -UNDO_S).then(|| UndoOffer {
        words: match undo.done {
            Change::Schedule => "Booked.",
            Change::Reschedule => "Moved.",
            Change::Postpone => "Postponed; it is on the waiting list again.",
            Change::Cancel => "Cancelled.",
            Change::Confirm | Change::Abort => "Done.",
        },
        sealed: in_time.unwrap_or_default(),
        left_s,
    })
}
