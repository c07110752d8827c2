//! What a theatre is doing now, and for how long: the first thing a coordinator looks for.

use booking_proto::ot::v1::case::State;
use jiff::Timestamp;

use super::{
    card::Card,
    civil::{Civil, how_long, minutes},
};

/// What stands under a theatre's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TheatreNow {
    pub(crate) words: String,
    /// A patient is inside.
    pub(crate) inside: bool,
}

/// `cards` are the theatre's cases of the day by start; `open` its opening hours. Only for a day
/// that contains `now`.
pub(crate) fn theatre_now(
    cards: &[Card],
    open: &[(Timestamp, Timestamp)],
    now: Timestamp,
    civil: &Civil,
) -> TheatreNow {
    let inside = cards.iter().find(|card| card.state == State::InTheatre);
    if let Some(card) = inside {
        let since = card.wheels_in.unwrap_or(card.start);
        return TheatreNow {
            words: format!("In use, {}", how_long(minutes(since, now).max(0))),
            inside: true,
        };
    }
    let calm = |words: String| TheatreNow {
        words,
        inside: false,
    };
    let next = cards.iter().find(|card| card.can_move && card.end > now);
    if let Some(next) = next {
        return calm(match minutes(next.start, now) {
            late @ 1.. => format!("Next is {} late", how_long(late)),
            _ => format!("Free until {}", civil.time(next.start)),
        });
    }
    match open.iter().find(|(from, to)| *from <= now && now < *to) {
        Some((_, to)) => calm(format!("Free, open until {}", civil.time(*to))),
        None => calm("Closed now".to_owned()),
    }
}
