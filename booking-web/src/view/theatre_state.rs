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
    let next = cards.iter().find(|card| card.can_move && card.end > now);
    let open = open.iter().find(|(from, to)| *from <= now && now < *to);
    let late = next.map(|next| minutes(next.start, now));
    let words = match (inside, next, late, open) {
        (Some(card), ..) => {
            let since = card.wheels_in.unwrap_or(card.start);
            format!("In use, {}", how_long(minutes(since, now).max(0)))
        }
        (_, _, Some(late @ 1..), _) => format!("Next is {} late", how_long(late)),
        (_, Some(next), ..) => format!("Free until {}", civil.time(next.start)),
        (_, None, _, Some((_, to))) => format!("Free, open until {}", civil.time(*to)),
        (_, None, _, None) => "Closed now".to_owned(),
    };
    let inside = inside.is_some();
    TheatreNow { words, inside }
}
