//! What somebody should look at, worst first.

use booking_proto::ot::v1::{Conflict, case::State};
use jiff::Timestamp;

use super::{
    card::Card,
    civil::{how_long, later, minutes},
};

/// A first case may be this late before anybody is told.
const FIRST_CASE_GRACE_MIN: i64 = 5;
/// A projected delay that changes what people do.
const NOTABLE_DELAY_MIN: i64 = 15;
/// An anaesthetist must be down for a case that starts within this time.
const TEAM_HORIZON_MIN: i64 = 24 * 60;
/// The most entries that are shown: more are no longer attention.
pub(crate) const MAX_SHOWN: usize = 12;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attention {
    pub(crate) link: String,
    /// What it is about: the link's text.
    pub(crate) subject: String,
    pub(crate) words: String,
    pub(crate) matter: Matter,
    pub(crate) bad: bool,
}

/// What kind of thing it is, for whoever looks for one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Matter {
    /// Something is, or will be, late.
    Delay,
    /// Somebody is missing.
    Team,
    /// A rule is broken.
    Rule,
}

/// Everything about one theatre's day.
pub(crate) fn of_theatre(cards: &[Card], now: Timestamp) -> Vec<Attention> {
    let mut found = Vec::new();
    let mut add = |card: &Card, matter: Matter, bad: bool, words: String| {
        found.push(Attention {
            matter,
            link: card.link.clone(),
            subject: card.subject(),
            words,
            bad,
        });
    };
    if let Some(first) = cards.first() {
        let (what, at) = match first.wheels_in {
            Some(wheels_in) => ("started", wheels_in),
            None if first.can_move => ("has not started:", now),
            None => ("", first.start),
        };
        let late = minutes(first.start, at);
        if late > FIRST_CASE_GRACE_MIN {
            let words = format!("The first case {what} {} late.", how_long(late));
            add(first, Matter::Delay, first.wheels_in.is_none(), words);
        }
    }
    for card in cards {
        if card.delay_min >= NOTABLE_DELAY_MIN && card.can_move {
            let words = format!("Projected to start {} late.", how_long(card.delay_min));
            add(card, Matter::Delay, false, words);
        }
        let soon = card.start < later(now, TEAM_HORIZON_MIN) && card.can_move;
        if soon && card.lacks_anaesthetist {
            let words = "No anaesthetist is down for it.".to_owned();
            add(card, Matter::Team, true, words);
        }
        if card.state == State::InTheatre && now > card.end {
            let over = how_long(minutes(card.end, now));
            let words = format!("Still in theatre, {over} past its end.");
            add(card, Matter::Delay, false, words);
        }
    }
    found
}

/// What stands against the rules: overridden by somebody, or overtaken by a closure or an absence.
pub(crate) fn of_conflicts(conflicts: &[Conflict], cards: &[Card]) -> Vec<Attention> {
    let found = conflicts.iter().filter_map(|conflict| {
        let rule = conflict.broken_rule.as_ref()?;
        let card = cards.iter().find(|card| card.name == conflict.case)?;
        let overridden = match conflict.overridden {
            true => " (overridden with a reason)",
            false => "",
        };
        Some(Attention {
            link: card.link.clone(),
            subject: card.subject(),
            words: format!("{}{overridden}", rule.description),
            matter: Matter::Rule,
            bad: !conflict.overridden,
        })
    });
    found.collect()
}

/// Worst first, otherwise as they came.
pub(crate) fn worst_first(mut all: Vec<Attention>) -> Vec<Attention> {
    all.sort_by_key(|one| !one.bad);
    all
}
