//! `booking-client theatres …` and `staff …`

use booking_proto::ot::v1::TeamRole;
use clap::{Args, Subcommand};

use super::{
    common::{ChangeArgs, WriteArgs},
    manual, words,
};
use crate::{moment::Bound, week::OpenOn};

/// What can be done with theatres.
#[derive(Debug, Subcommand)]
#[command(after_help = manual::THEATRES)]
pub enum Theatres {
    /// All of them, in the order of boards
    List {
        /// Also those no longer in use
        #[arg(long)]
        retired: bool,
    },
    /// All that is known of one
    Get {
        /// Which
        theatre: String,
    },
    /// A new one
    Create {
        /// Its identifier
        theatre: String,
        /// The rest of it.
        #[command(flatten)]
        fields: TheatreFields,
        /// Dry run, request id.
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Change only what is given
    Update {
        /// Which
        theatre: String,
        /// The rest of it.
        #[command(flatten)]
        fields: TheatreFields,
        /// Etag, dry run, request id.
        #[command(flatten)]
        change: ChangeArgs,
    },
    /// Take it out of use for good, or with --maintenance or --open for now or not
    Retire {
        /// Which
        theatre: String,
        /// Not for good: closed until --open
        #[arg(long, conflicts_with = "open")]
        maintenance: bool,
        /// In use again
        #[arg(long)]
        open: bool,
        /// Etag, dry run, request id.
        #[command(flatten)]
        change: ChangeArgs,
    },
    /// Remove one that was never planned into
    Delete {
        /// Which
        theatre: String,
        /// Etag, dry run, request id.
        #[command(flatten)]
        change: ChangeArgs,
    },
    /// Close it for a time; cases in the way stay and show up in 'conflicts'
    Close(AwayArgs),
    /// Closures in a range
    Closures(UnavailabilityArgs),
    /// Take a closure back
    Reopen {
        /// The closure, as 'theatres closures' names it
        closure: String,
        /// Etag, dry run, request id.
        #[command(flatten)]
        change: ChangeArgs,
    },
}

/// What a theatre is and can do.
#[derive(Clone, Debug, Default, Args)]
pub struct TheatreFields {
    /// Its name for people
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// Its place on boards and lists
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub order: Option<i32>,
    /// Something it can do, such as general-anaesthesia; repeat it for several
    #[arg(long, value_name = "CAPABILITY")]
    pub capability: Vec<String>,
    /// Minutes kept free after every case, beyond its cleanup
    #[arg(long, value_name = "MIN")]
    pub turnover: Option<u16>,
    /// When it is open, as in mon-fri=08:00-18:00; repeat it for several
    #[arg(long, value_name = "DAYS=HOURS")]
    pub open: Vec<OpenOn>,
}

/// What can be done with staff.
#[derive(Debug, Subcommand)]
#[command(after_help = manual::STAFF)]
pub enum Staff {
    /// All of them
    List {
        /// Also those who are no longer booked
        #[arg(long)]
        retired: bool,
    },
    /// All that is known of one
    Get {
        /// Who
        staff: String,
    },
    /// A new one
    Create {
        /// Their identifier
        staff: String,
        /// The rest.
        #[command(flatten)]
        fields: StaffFields,
        /// Dry run, request id.
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Change only what is given
    Update {
        /// Who
        staff: String,
        /// The rest.
        #[command(flatten)]
        fields: StaffFields,
        /// Etag, dry run, request id.
        #[command(flatten)]
        change: ChangeArgs,
    },
    /// No longer booked; --undo turns it round
    Retire {
        /// Who
        staff: String,
        /// Booked again
        #[arg(long)]
        undo: bool,
        /// Etag, dry run, request id.
        #[command(flatten)]
        change: ChangeArgs,
    },
    /// Remove somebody who was never in a team
    Delete {
        /// Who
        staff: String,
        /// Etag, dry run, request id.
        #[command(flatten)]
        change: ChangeArgs,
    },
    /// Away for a time; cases in the way stay and show up in 'conflicts'
    Absent(AwayArgs),
    /// Absences in a range
    Absences(UnavailabilityArgs),
    /// Take an absence back
    Present {
        /// The absence, as 'staff absences' names it
        absence: String,
        /// Etag, dry run, request id.
        #[command(flatten)]
        change: ChangeArgs,
    },
}

/// Who somebody is.
#[derive(Clone, Debug, Default, Args)]
pub struct StaffFields {
    /// Their name for people
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// What they may do in a case; repeat it for several
    #[arg(long, value_parser = words::role(), value_name = "ROLE")]
    pub role: Vec<TeamRole>,
    /// Their branch of surgery
    #[arg(long)]
    pub specialty: Option<String>,
}

/// A closure or an absence.
#[derive(Debug, Args)]
pub struct AwayArgs {
    /// Which theatre or unit, or who
    #[arg(value_name = "ID")]
    pub subject: String,
    /// From when; a day means its start
    #[arg(long, value_name = "DAY|TIME", allow_hyphen_values = true)]
    pub from: Bound,
    /// Until when; a day means its end
    #[arg(long, value_name = "DAY|TIME", allow_hyphen_values = true)]
    pub to: Bound,
    /// Why, in words
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Dry run, request id.
    #[command(flatten)]
    pub write: WriteArgs,
}

/// Which closures or absences.
#[derive(Debug, Args)]
pub struct UnavailabilityArgs {
    /// Which theatre or unit, or who; all unless told
    #[arg(value_name = "ID")]
    pub subject: Option<String>,
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
        default_value = "+28",
        allow_hyphen_values = true
    )]
    pub to: Bound,
}
