//! The time that theatres had: what minutes in use are measured against.

use jiff::civil::Date;

use super::rows::Period;
use crate::{
    Subject, Theatre, TheatreId, TimeRange, Unavailability,
    opening::{civil_range, dates, opening_on},
    time_range::subtract,
};

/// One theatre on one civil date.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TheatreDay {
    /// Which.
    pub theatre: TheatreId,
    /// When.
    pub date: Date,
    /// What it had, from openings on this date; sorted, apart, and not none.
    pub window: Vec<TimeRange>,
}

/// What a theatre's day is measured against.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Window {
    /// Its opening hours, without closures.
    OpeningHours,
    /// The same civil hours every day, whatever the opening hours; minutes after midnight. A day on
    /// which a theatre had no case does not count.
    Civil {
        /// From.
        open_minute: u16,
        /// To; at or before `open_minute` it is on the next day.
        close_minute: u16,
    },
}

impl Window {
    pub(super) fn definition(&self) -> String {
        match self {
            Self::OpeningHours => "A theatre-day is a theatre on a civil date. Its window is the \
                opening hours that begin on that date, by the site's clock, less closures; elapsed \
                time, so that a night in which clocks change is 1 hour shorter or longer. Only \
                theatre-days with a window count."
                .to_owned(),
            Self::Civil {
                open_minute,
                close_minute,
            } => format!(
                "A theatre-day is a theatre on a civil date. Its window is from {} to {} by the \
                 site's clock, whatever its opening hours and closures; elapsed time. Only \
                 theatre-days on which a counted case had its wheels in count.",
                clock(*open_minute),
                clock(*close_minute)
            ),
        }
    }
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// The theatre-days of a period, by theatre and date. All theatres are of the period's site.
pub fn theatre_days<'a>(
    theatres: impl IntoIterator<Item = &'a Theatre>,
    closures: &[Unavailability],
    window: Window,
    period: &Period,
) -> Vec<TheatreDay> {
    let mut days = Vec::new();
    for theatre in theatres {
        let subject = Subject::Theatre(theatre.id.clone());
        let closed = closures.iter().filter(|closure| closure.subject == subject);
        let closed: Vec<TimeRange> = closed.map(|closure| closure.range).collect();
        for date in dates(period.first, period.last) {
            let window = match window {
                Window::OpeningHours => {
                    let open = opening_on(theatre, &period.zone, date);
                    let near = closed
                        .iter()
                        .filter(|hole| open.iter().any(|r| r.overlaps(hole)));
                    let near = near.copied().collect();
                    subtract(open, near)
                }
                Window::Civil {
                    open_minute,
                    close_minute,
                } => {
                    let range = civil_range(&period.zone, date, open_minute, close_minute);
                    range.into_iter().collect()
                }
            };
            if !window.is_empty() {
                days.push(TheatreDay {
                    theatre: theatre.id.clone(),
                    date,
                    window,
                });
            }
        }
    }
    days.sort_by(|a, b| (&a.theatre, a.date).cmp(&(&b.theatre, b.date)));
    days
}
