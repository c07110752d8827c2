//! Instants in the site's civil time, for people.

use jiff::{Timestamp, Zoned};
use prost_types::Timestamp as Stamp;

use crate::{moment::Place, stamp::timestamp};

/// The civil time of a stamp; `None` when it is not there or beyond every calendar.
pub(super) fn civil(stamp: Option<&Stamp>, place: &Place) -> Option<Zoned> {
    let instant: Timestamp = timestamp(stamp?)?;
    Some(instant.to_zoned(place.zone.clone()))
}

/// `Thu 2026-11-26 08:30`; empty when there is none. In the hour that the clocks show twice, with
/// its offset.
pub(super) fn date_time(stamp: Option<&Stamp>, place: &Place) -> String {
    let format = |zoned: Zoned| {
        zoned
            .strftime(&format!("%a %Y-%m-%d {}", clock_form(&zoned)))
            .to_string()
    };
    civil(stamp, place).map(format).unwrap_or_default()
}

/// `08:30`; empty when there is none.
pub(super) fn clock(stamp: Option<&Stamp>, place: &Place) -> String {
    let format = |zoned: Zoned| zoned.strftime(clock_form(&zoned)).to_string();
    civil(stamp, place).map(format).unwrap_or_default()
}

/// `08:30-09:45`, with the date where it ends on another day.
pub(super) fn span(start: Option<&Stamp>, end: Option<&Stamp>, place: &Place) -> String {
    let (from, to) = (civil(start, place), civil(end, place));
    match (&from, &to) {
        (Some(from), Some(to)) if from.date() != to.date() => {
            format!("{}-{}", clock(start, place), to.strftime("%H:%M (%a %d)"))
        }
        _ => format!("{}-{}", clock(start, place), clock(end, place)),
    }
}

/// The same with the date of its start in front.
pub(super) fn dated_span(start: Option<&Stamp>, end: Option<&Stamp>, place: &Place) -> String {
    match civil(start, place) {
        Some(from) => format!(
            "{} {}",
            from.strftime("%a %Y-%m-%d"),
            span(start, end, place)
        ),
        None => String::new(),
    }
}

/// Two readings of a clock that is set back look alike; only the offset tells them apart.
fn clock_form(zoned: &Zoned) -> &'static str {
    let ambiguous = zoned.time_zone().to_ambiguous_timestamp(zoned.datetime());
    if ambiguous.is_ambiguous() {
        "%H:%M%:z"
    } else {
        "%H:%M"
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::stamp::stamp;

    #[test]
    fn times_are_the_sites_and_the_hour_that_happens_twice_is_told_apart() {
        let place = Place {
            zone: TimeZone::get("Europe/London").unwrap(),
            now: Timestamp::UNIX_EPOCH,
        };
        let at = |text: &str| Some(stamp(text.parse().unwrap()));
        assert_eq!(
            date_time(at("2026-07-01T07:30:00Z").as_ref(), &place),
            "Wed 2026-07-01 08:30"
        );
        assert_eq!(
            clock(at("2026-10-25T00:30:00Z").as_ref(), &place),
            "01:30+01:00"
        );
        assert_eq!(
            clock(at("2026-10-25T01:30:00Z").as_ref(), &place),
            "01:30+00:00"
        );
        let night = (at("2026-11-26T22:00:00Z"), at("2026-11-27T06:00:00Z"));
        assert_eq!(
            span(night.0.as_ref(), night.1.as_ref(), &place),
            "22:00-06:00 (Fri 27)"
        );
        assert_eq!(clock(None, &place), "");
    }
}
