//! What is typed, whatever the command: shared arguments, times, days, names, and what they mean in the
//! contract's words. Pure: no I/O, no connection; where a civil time is meant, the site is an argument.

mod common;
mod endpoint;
pub mod enum_names;
mod filter;
mod moment;
mod name;
mod update_mask;
mod usage;
mod week;

pub use self::{
    common::{
        ChangeArgs, Common, EVERY_COMMAND, MAX_TIMEOUT, OneArgs, OutputFormat, WriteArgs,
        parse_duration, parse_rule,
    },
    endpoint::Endpoint,
    enum_names::shown,
    filter::{Conditions, quoted},
    moment::{Bound, Day, Moment, SiteTime, minute_of, timestamp, whole_minute},
    name::{id_of, resource, resources},
    update_mask::UpdateMask,
    usage::UsageError,
    week::{Hours, OpenOn, Weekday, day_name, hours},
};
