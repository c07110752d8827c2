//! What somebody should look at, worst first.

use booking_proto::ot::v1::{Conflict, case::State};
use jiff::Timestamp;

use super::{
    card::Card,
    civil::{how_long, later, minutes},
    directory::Directory,
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

/// Everything about one theatre's day. `name` is the theatre's.
pub(crate) fn of_theatre(name: &str, cards: &[Card], now: Timestamp) -> Vec<Attention> {
    let mut found = Vec::new();
    let line = |card: &Card, matter: Matter, bad: bool, words: String| Attention {
        matter,
        link: card.link.clone(),
        subject: format!("{name}, {}", card.span),
        words,
        bad,
    };
    if let Some(first) = cards.first() {
        let late = match (first.wheels_in, first.can_move) {
            (Some(wheels_in), _) => minutes(first.start, wheels_in),
            (None, true) => minutes(first.start, now),
            (None, false) => 0,
        };
        if late > FIRST_CASE_GRACE_MIN {
            let words = match first.wheels_in {
                Some(_) => format!("The first case started {} late.", how_long(late)),
                None => format!("The first case has not started: {} late.", how_long(late)),
            };
            found.push(line(first, Matter::Delay, first.wheels_in.is_none(), words));
        }
    }
    for card in cards {
        if card.delay_min >= NOTABLE_DELAY_MIN && card.can_move {
            let words = format!("Projected to start {} late.", how_long(card.delay_min));
            found.push(line(card, Matter::Delay, false, words));
        }
        let soon = card.start < later(now, TEAM_HORIZON_MIN) && card.can_move;
        if soon && card.needs_anaesthetist && !card.has_anaesthetist {
            found.push(line(
                card,
                Matter::Team,
                true,
                "No anaesthetist is down for it.".to_owned(),
            ));
        }
        if card.state == State::InTheatre && now > card.end {
            let over = how_long(minutes(card.end, now));
            found.push(line(
                card,
                Matter::Delay,
                false,
                format!("Still in theatre, {over} past its end."),
            ));
        }
    }
    found
}

/// What stands against the rules: set aside by somebody, or overtaken by a closure or an absence.
pub(crate) fn of_conflicts(
    conflicts: &[Conflict],
    cards: &[Card],
    names: &Directory,
) -> Vec<Attention> {
    let about = |conflict: &Conflict| {
        let card = cards.iter().find(|card| card.name == conflict.case);
        card.map(|card| format!("{}, {}", names.name(&card.theatre), card.span))
    };
    conflicts
        .iter()
        .filter_map(|conflict| {
            let rule = conflict.broken_rule.as_ref()?;
            let set_aside = if conflict.overridden {
                " (set aside with a reason)"
            } else {
                ""
            };
            Some(Attention {
                link: format!("/{}", conflict.case),
                subject: about(conflict)?,
                words: format!("{}{set_aside}", rule.description),
                matter: Matter::Rule,
                bad: !conflict.overridden,
            })
        })
        .collect()
}

/// Worst first, otherwise as they came.
pub(crate) fn worst_first(mut all: Vec<Attention>) -> Vec<Attention> {
    all.sort_by_key(|one| !one.bad);
    all
}
