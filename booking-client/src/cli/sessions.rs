//! `booking-client sessions …`

use std::time::Duration;

use clap::{Args, Subcommand, builder::PossibleValuesParser};

use super::{
    common::{ChangeArgs, WriteArgs, parse_duration},
    manual, words,
};
use crate::{
    moment::{Bound, Day, Moment},
    week::{Hours, Weekday},
};

/// What can be done with sessions.
#[derive(Debug, Subcommand)]
#[command(after_help = manual::SESSIONS)]
pub enum Sessions {
    /// Those in a range
    List(ListSessionsArgs),
    /// All that is known of one
    Get {
        /// Which
        session: String,
    },
    /// A new one, made by hand
    Create(NewSessionArgs),
    /// Open it to everybody
    Release {
        /// Which
        session: String,
        /// Etag, dry run, request id.
        #[command(flatten)]
        change: ChangeArgs,
    },
    /// It does not take place
    Cancel {
        /// Which
        session: String,
        /// The code of the reason
        #[arg(long, value_name = "CODE")]
        reason: String,
        /// Put its cases back on the waiting list; without it, a session with cases is not cancelled
        #[arg(long)]
        postpone_cases: bool,
        /// Etag, dry run, request id.
        #[command(flatten)]
        change: ChangeArgs,
    },
    /// Change when it is, or what it has
    Move {
        /// Which
        session: String,
        /// From when
        #[arg(long, value_name = "TIME")]
        from: Option<Moment>,
        /// Until when
        #[arg(long, value_name = "TIME")]
        to: Option<Moment>,
        /// A note for people
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        /// What it has.
        #[command(flatten)]
        flags: FlagArgs,
        /// Etag, dry run, request id.
        #[command(flatten)]
        change: ChangeArgs,
    },
    /// Rules by which sessions recur
    #[command(subcommand)]
    Templates(Templates),
}

/// Which sessions.
#[derive(Debug, Args)]
pub struct ListSessionsArgs {
    /// In this theatre; repeat it for several
    #[arg(long)]
    pub theatre: Vec<String>,
    /// From when
    #[arg(
        long,
        value_name = "DAY|TIME",
        default_value = "today",
        allow_hyphen_values = true
    )]
    pub from: Bound,
    /// Until when
    #[arg(
        long,
        value_name = "DAY|TIME",
        default_value = "+6",
        allow_hyphen_values = true
    )]
    pub to: Bound,
}

/// Whose: exactly one of them.
#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = false)]
pub struct OwnerArgs {
    /// A surgeon's
    #[arg(long, value_name = "STAFF")]
    pub surgeon: Option<String>,
    /// A specialty's
    #[arg(long)]
    pub specialty: Option<String>,
    /// Kept for emergencies
    #[arg(long)]
    pub emergency: bool,
    /// Anybody's
    #[arg(long)]
    pub open: bool,
}

/// What a session has: a case that needs more is not booked into it.
#[derive(Clone, Debug, Default, Args)]
pub struct FlagArgs {
    /// What it has for its cases; repeat it, or join with commas. A case under general anaesthesia
    /// needs the first two, a child's the third
    #[arg(long, value_delimiter = ',', value_parser = PossibleValuesParser::new(words::FLAGS), value_name = "WHAT")]
    pub with: Vec<String>,
}

/// A session made by hand.
#[derive(Debug, Args)]
pub struct NewSessionArgs {
    /// Where
    #[arg(long)]
    pub theatre: String,
    /// From when
    #[arg(long, value_name = "TIME")]
    pub from: Moment,
    /// Until when
    #[arg(long, value_name = "TIME")]
    pub to: Moment,
    /// Whose.
    #[command(flatten)]
    pub owner: OwnerArgs,
    /// What it has.
    #[command(flatten)]
    pub flags: FlagArgs,
    /// From then on anybody may book it
    #[arg(long, value_name = "TIME")]
    pub release: Option<Moment>,
    /// For people
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    pub note: String,
    /// Dry run, request id.
    #[command(flatten)]
    pub write: WriteArgs,
}

/// What can be done with templates.
#[derive(Debug, Subcommand)]
pub enum Templates {
    /// All of them
    List,
    /// A new one
    Create(TemplateArgs),
    /// Change only what is given; sessions that are made stay as they are
    Update(ChangeTemplateArgs),
    /// Make its sessions; those that are there, changed or cancelled, stay as they are
    Expand {
        /// Which
        template: String,
        /// From this day on
        #[arg(
            long,
            value_name = "DAY",
            default_value = "today",
            allow_hyphen_values = true
        )]
        from: Day,
        /// Up to this day and with it
        #[arg(
            long,
            value_name = "DAY",
            default_value = "+28",
            allow_hyphen_values = true
        )]
        to: Day,
        /// Dry run, request id.
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Remove it; its sessions stay
    Delete {
        /// Which
        template: String,
        /// Etag, dry run, request id.
        #[command(flatten)]
        change: ChangeArgs,
    },
}

/// A session that recurs.
#[derive(Debug, Args)]
pub struct TemplateArgs {
    /// An identifier of your choice
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// Where
    #[arg(long)]
    pub theatre: String,
    /// On which day of the week
    #[arg(long, value_name = "WEEKDAY")]
    pub day: Weekday,
    /// From when until when, as in 08:00-13:00
    #[arg(long)]
    pub hours: Hours,
    /// Whose.
    #[command(flatten)]
    pub owner: OwnerArgs,
    /// What its sessions have.
    #[command(flatten)]
    pub flags: FlagArgs,
    /// Every how many weeks, 1 to 4
    #[arg(
        long,
        value_name = "WEEKS",
        default_value_t = 1,
        conflicts_with = "weeks"
    )]
    pub every: i32,
    /// Or in which weeks of the month, as in 1,3
    #[arg(long, value_name = "WEEKS", value_delimiter = ',')]
    pub weeks: Vec<i32>,
    /// From this day on
    #[arg(
        long,
        value_name = "DAY",
        default_value = "today",
        allow_hyphen_values = true
    )]
    pub first: Day,
    /// Up to this day and with it; for ever unless told
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    pub last: Option<Day>,
    /// How long before its start a session releases itself, such as 72h; never unless told
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub release_before: Option<Duration>,
    /// Dry run, request id.
    #[command(flatten)]
    pub write: WriteArgs,
}

/// What may change of a session that recurs.
#[derive(Debug, Args)]
pub struct ChangeTemplateArgs {
    /// Which
    pub template: String,
    /// On which day of the week
    #[arg(long, value_name = "WEEKDAY")]
    pub day: Option<Weekday>,
    /// From when until when, as in 08:00-13:00
    #[arg(long)]
    pub hours: Option<Hours>,
    /// What its sessions have.
    #[command(flatten)]
    pub flags: FlagArgs,
    /// Up to this day and with it
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    pub last: Option<Day>,
    /// How long before its start a session releases itself, such as 72h
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub release_before: Option<Duration>,
    /// Etag, dry run, request id.
    #[command(flatten)]
    pub change: ChangeArgs,
}
