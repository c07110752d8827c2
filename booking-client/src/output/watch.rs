//! Changes, for people: a line each.

use booking_proto::ot::v1::{WatchScheduleResponse, watch_schedule_response::Kind};

use super::{cases::case_line, time::clock};
use crate::{moment::Place, printable::Printable};

/// What changed, on a line; with the token to go on from, when asked for.
pub fn change(change: &WatchScheduleResponse, place: &Place, with_token: bool) -> String {
    let case = || {
        change
            .case
            .as_ref()
            .map(|case| case_line(case, place).trim_end().to_owned())
            .unwrap_or_default()
    };
    let said = match change.kind() {
        Kind::Snapshot => format!("there      {}", case()),
        Kind::SnapshotComplete => "           that is what is there; changes follow".to_owned(),
        Kind::Changed => format!(
            "{:10} {}",
            clock(change.commit_time.as_ref(), place),
            case()
        ),
        Kind::Removed => format!(
            "{:10} {} is no longer among them",
            clock(change.commit_time.as_ref(), place),
            Printable(&change.name)
        ),
        Kind::Configuration => format!(
            "{:10} {} changed",
            clock(change.commit_time.as_ref(), place),
            Printable(&change.name)
        ),
        Kind::Heartbeat | Kind::Unspecified => return String::new(),
    };
    if with_token && !change.resume_token.is_empty() {
        return format!("{said}  {}\n", Printable(&change.resume_token));
    }
    format!("{said}\n")
}
