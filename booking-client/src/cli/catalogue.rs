//! `booking-client sites …`, `equipment …`, `procedures …` and `reasons …`

use booking_proto::ot::v1::reason::Group;
use clap::{Args, Subcommand};

use super::{
    common::{ChangeArgs, WriteArgs},
    hospital::{AwayArgs, UnavailabilityArgs},
    manual, words,
};

/// What can be done with sites.
#[derive(Debug, Subcommand)]
#[command(after_help = manual::SITES)]
pub enum Sites {
    /// All of them, with their time zones
    List,
    /// A new one; its time zone cannot change
    Create {
        /// Its identifier
        site: String,
        /// Its name for people
        #[arg(long, value_name = "TEXT")]
        name: String,
        /// What its wall clocks show, as in Europe/London
        #[arg(long, value_name = "ZONE")]
        time_zone: String,
        /// Dry run, request id.
        #[command(flatten)]
        write: WriteArgs,
    },
}

/// What can be done with equipment.
#[derive(Debug, Subcommand)]
#[command(after_help = manual::EQUIPMENT)]
pub enum Equipment {
    /// All units, by kind
    List {
        /// Also those no longer in use
        #[arg(long)]
        retired: bool,
    },
    /// A new unit: one piece that can be in one place at a time
    Create {
        /// Its identifier
        unit: String,
        /// The rest of it.
        #[command(flatten)]
        fields: UnitFields,
        /// Dry run, request id.
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Change only what is given
    Update {
        /// Which
        unit: String,
        /// The rest of it.
        #[command(flatten)]
        fields: UnitFields,
        /// Etag, dry run, request id.
        #[command(flatten)]
        change: ChangeArgs,
    },
    /// No longer booked; --undo turns it round
    Retire(RetireArgs),
    /// Not there for a time; cases in the way stay and show up in 'conflicts'
    Away(AwayArgs),
    /// When units are not there, in a range
    Absences(UnavailabilityArgs),
    /// Take an absence back
    Back {
        /// The absence, as 'equipment absences' names it
        absence: String,
        /// Etag, dry run, request id.
        #[command(flatten)]
        change: ChangeArgs,
    },
}

/// What a unit of equipment is.
#[derive(Clone, Debug, Default, Args)]
pub struct UnitFields {
    /// What it is one of, such as c-arm
    #[arg(long)]
    pub kind: Option<String>,
    /// Its name for people
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// Minutes that it is being made ready again after a case
    #[arg(long, value_name = "MIN")]
    pub reprocess: Option<u16>,
}

/// What can be done with procedure types.
#[derive(Debug, Subcommand)]
#[command(after_help = manual::PROCEDURES)]
pub enum Procedures {
    /// All of them, with their durations and needs
    List {
        /// Also those no longer in use
        #[arg(long)]
        retired: bool,
    },
    /// A new one
    Create {
        /// Its identifier
        procedure: String,
        /// The rest of it.
        #[command(flatten)]
        fields: ProcedureFields,
        /// Dry run, request id.
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Change only what is given; cases that are entered keep what they have
    Update {
        /// Which
        procedure: String,
        /// The rest of it.
        #[command(flatten)]
        fields: ProcedureFields,
        /// Etag, dry run, request id.
        #[command(flatten)]
        change: ChangeArgs,
    },
    /// No longer used; --undo turns it round
    Retire(RetireArgs),
}

/// What a procedure type brings to its cases.
#[derive(Clone, Debug, Default, Args)]
pub struct ProcedureFields {
    /// Its name for people
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// The specialty that its cases count for
    #[arg(long)]
    pub specialty: Option<String>,
    /// Minutes from wheels in to ready
    #[arg(long, value_name = "MIN")]
    pub setup: Option<u16>,
    /// Minutes of the procedure itself
    #[arg(long, value_name = "MIN")]
    pub duration: Option<u16>,
    /// Minutes from wheels out to a clean theatre
    #[arg(long, value_name = "MIN")]
    pub cleanup: Option<u16>,
    /// Something a theatre must be able to do; repeat it for several
    #[arg(long, value_name = "CAPABILITY")]
    pub requires: Vec<String>,
    /// A kind of equipment of which a case must have a unit; repeat it for several
    #[arg(long, value_name = "KIND")]
    pub equipment_kind: Vec<String>,
    /// Whether a case must say on which side
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub side_required: Option<bool>,
}

/// What can be done with reasons.
#[derive(Debug, Subcommand)]
#[command(after_help = manual::REASONS)]
pub enum Reasons {
    /// All of them
    List {
        /// Also those no longer in use
        #[arg(long)]
        retired: bool,
    },
    /// A new one
    Create {
        /// Its code, such as NO_BED
        reason: String,
        /// The rest of it.
        #[command(flatten)]
        fields: ReasonFields,
        /// Dry run, request id.
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Change only what is given
    Update {
        /// Which
        reason: String,
        /// The rest of it.
        #[command(flatten)]
        fields: ReasonFields,
        /// Etag, dry run, request id.
        #[command(flatten)]
        change: ChangeArgs,
    },
    /// No longer used; --undo turns it round
    Retire(RetireArgs),
}

/// What a reason says.
#[derive(Clone, Debug, Default, Args)]
pub struct ReasonFields {
    /// What it means, for people
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// Whose doing it is
    #[arg(long, value_parser = words::group(), value_name = "GROUP")]
    pub group: Option<Group>,
    /// Whether planning could have avoided it
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub avoidable: Option<bool>,
    /// The code of FHIR R4's appointment-cancellation-reason, as in pat-mt
    #[arg(long, value_name = "CODE")]
    pub fhir_code: Option<String>,
}

/// Out of use, or in use again.
#[derive(Debug, Args)]
pub struct RetireArgs {
    /// Which
    pub id: String,
    /// In use again
    #[arg(long)]
    pub undo: bool,
    /// Etag, dry run, request id.
    #[command(flatten)]
    pub change: ChangeArgs,
}
