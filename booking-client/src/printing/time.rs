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
#[path = "time_tests.rs"]
mod tests;
