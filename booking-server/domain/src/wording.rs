//! Instants and ranges as people at a site say them.

use jiff::{Timestamp, tz::TimeZone};

use crate::{Hospital, TheatreId, TimeRange};

/// `09:00`
pub(crate) fn clock(instant: Timestamp, zone: &TimeZone) -> String {
    say(instant, zone, "%H:%M")
}

/// `Mon 1 Jun`
fn day(instant: Timestamp, zone: &TimeZone) -> String {
    say(instant, zone, "%a %-d %b")
}

/// `09:00 on Mon 1 Jun`
pub(crate) fn moment(instant: Timestamp, zone: &TimeZone) -> String {
    format!("{} on {}", clock(instant, zone), day(instant, zone))
}

/// `from 09:00 to 10:30 on Mon 1 Jun`, or with both days where there are two.
pub(crate) fn span(range: &TimeRange, zone: &TimeZone) -> String {
    if day(range.start(), zone) == day(range.end(), zone) {
        let from = clock(range.start(), zone);
        format!("from {from} to {}", moment(range.end(), zone))
    } else {
        let from = moment(range.start(), zone);
        format!("from {from} to {}", moment(range.end(), zone))
    }
}

/// `1 minute`, `90 minutes`
pub(crate) fn minutes(count: i64) -> String {
    if count == 1 {
        "1 minute".to_owned()
    } else {
        format!("{count} minutes")
    }
}

fn say(instant: Timestamp, zone: &TimeZone, format: &str) -> String {
    instant.to_zoned(zone.clone()).strftime(format).to_string()
}

/// The zone of a theatre, for sentences: UTC for a theatre that is not there.
pub(crate) fn zone_of(hospital: &Hospital, theatre: &TheatreId) -> TimeZone {
    hospital.zone_of(theatre).cloned().unwrap_or(TimeZone::UTC)
}

/// The name of a theatre, for sentences: its number where it has none.
pub(crate) fn theatre_name<'a>(hospital: &'a Hospital, theatre: &'a TheatreId) -> &'a str {
    let known = hospital.theatres.get(theatre);
    known.map_or(theatre.as_str(), |theatre| &theatre.name)
}
