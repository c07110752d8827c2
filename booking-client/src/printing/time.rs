//! Instants in the site's civil time, for people.

use jiff::Zoned;
use prost_types::Timestamp as Stamp;

use crate::reading::{SiteTime, timestamp};

/// The civil time of a stamp; `None` when it is not there or beyond every calendar.
pub fn civil(stamp: Option<Stamp>, site: &SiteTime) -> Option<Zoned> {
    Some(timestamp(stamp?)?.to_zoned(site.zone.clone()))
}

/// `Thu 2026-11-26 08:30`; empty when there is none. In the hour that the clocks show twice, with
/// its offset.
pub fn date_time(stamp: Option<Stamp>, site: &SiteTime) -> String {
    match civil(stamp, site) {
        Some(zoned) => format!("{} {}", zoned.strftime("%a %Y-%m-%d"), clock(stamp, site)),
        None => String::new(),
    }
}

/// `08:30`; empty when there is none.
pub fn clock(stamp: Option<Stamp>, site: &SiteTime) -> String {
    let format = |zoned: Zoned| zoned.strftime(clock_form(&zoned)).to_string();
    civil(stamp, site).map(format).unwrap_or_default()
}

/// `08:30-09:45`, with the date where it ends on another day.
pub fn span(start: Option<Stamp>, end: Option<Stamp>, site: &SiteTime) -> String {
    let ends = match (civil(start, site), civil(end, site)) {
        (Some(from), Some(to)) if from.date() != to.date() => {
            to.strftime("%H:%M (%a %d)").to_string()
        }
        _ => clock(end, site),
    };
    format!("{}-{ends}", clock(start, site))
}

/// The same with the date of its start in front; empty when there is none.
pub fn dated_span(start: Option<Stamp>, end: Option<Stamp>, site: &SiteTime) -> String {
    match civil(start, site) {
        Some(from) => format!(
            "{} {}",
            from.strftime("%a %Y-%m-%d"),
            span(start, end, site)
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
    use jiff::{Timestamp, tz::TimeZone};
    use theatre_log::stamp;

    use super::*;

    #[test]
    fn times_are_the_sites_and_the_hour_that_happens_twice_is_told_apart() {
        let site = SiteTime {
            zone: TimeZone::get("Europe/London").unwrap(),
            now: Timestamp::UNIX_EPOCH,
        };
        let at = |text: &str| Some(stamp(text.parse().unwrap()));
        assert_eq!(
            date_time(at("2026-07-01T07:30:00Z"), &site),
            "Wed 2026-07-01 08:30"
        );
        assert_eq!(clock(at("2026-10-25T00:30:00Z"), &site), "01:30+01:00");
        assert_eq!(clock(at("2026-10-25T01:30:00Z"), &site), "01:30+00:00");
        let night = (at("2026-11-26T22:00:00Z"), at("2026-11-27T06:00:00Z"));
        assert_eq!(span(night.0, night.1, &site), "22:00-06:00 (Fri 27)");
        assert_eq!(clock(None, &site), "");
    }
}
