//! `booking-client cases …`

use booking_proto::ot::v1::{Anaesthesia, Laterality, Milestone, Urgency, case::State};
use clap::{Args, Subcommand};

use super::{
    common::{ChangeArgs, OverrideArg, WriteArgs},
    manual, words,
};
use crate::moment::{Bound, Day, Moment};

/// What can be done with cases.
#[derive(Debug, Subcommand)]
#[command(after_help = manual::CASES)]
pub enum Cases {
    /// Those that meet all conditions, by start
    List(ListCasesArgs),
    /// All that is known of one
    Get {
        /// Which
        case: String,
    },
    /// Enter one, on the waiting list or, with --theatre and --start, straight into a day
    Create(CreateCaseArgs),
    /// Change what was asked for: only what is given
    Update(UpdateCaseArgs),
    /// Give a waiting case its theatre and start
    Schedule {
        /// Which
        case: String,
        /// Where and when.
        #[command(flatten)]
        plan: PlanArgs,
        /// Etag, dry run, request id.
        #[command(flatten)]
        change: ChangeArgs,
    },
    /// Everybody has agreed
    Confirm {
        /// Which
        case: String,
        /// Etag, dry run, request id.
        #[command(flatten)]
        change: ChangeArgs,
    },
    /// Move a planned case; its confirmation is lost
    Reschedule(RescheduleArgs),
    /// Back to the waiting list, with its age
    Postpone(EndArgs),
    /// It will not take place
    Cancel(EndArgs),
    /// Given up in theatre, after anaesthesia
    Abort(EndArgs),
    /// Record what happened: wheels-in, wheels-out and recovery-out move the case on
    Milestone(MilestoneArgs),
    /// Put right what was recorded wrongly
    Correct(CorrectArgs),
    /// Push the list: move everything in a theatre from a time on by so many minutes
    Push(PushArgs),
}

/// Which cases to list.
#[derive(Debug, Default, Args)]
pub struct ListCasesArgs {
    /// In this state; repeat it for any of several
    #[arg(long, value_parser = words::state(), value_name = "STATE")]
    pub state: Vec<State>,
    /// In this theatre; repeat it for any of several
    #[arg(long)]
    pub theatre: Vec<String>,
    /// In this session
    #[arg(long)]
    pub session: Option<String>,
    /// Of this patient
    #[arg(long, value_name = "ID")]
    pub patient: Option<String>,
    /// With this member of staff, in any role
    #[arg(long, value_name = "ID")]
    pub staff: Option<String>,
    /// Of this urgency; repeat it for any of several
    #[arg(long, value_parser = words::urgency(), value_name = "URGENCY")]
    pub urgency: Vec<Urgency>,
    /// Of this specialty
    #[arg(long)]
    pub specialty: Option<String>,
    /// Planned on this day
    #[arg(long, value_name = "DAY", conflicts_with_all = ["from", "to"], allow_hyphen_values = true)]
    pub date: Option<Day>,
    /// Planned from this day or time on
    #[arg(long, value_name = "DAY|TIME", allow_hyphen_values = true)]
    pub from: Option<Bound>,
    /// Planned up to this time, or this day and all of it
    #[arg(long, value_name = "DAY|TIME", allow_hyphen_values = true)]
    pub to: Option<Bound>,
    /// The waiting list: by urgency, then target, then age
    #[arg(long)]
    pub waiting: bool,
    /// Whose procedure or condition contains this, in any letter case
    #[arg(long, value_name = "TEXT")]
    pub text: Option<String>,
    /// A further condition in the service's own language, such as 'target_time < "2026-12-01T00:00:00Z"'
    #[arg(long, value_name = "FILTER")]
    pub filter: Option<String>,
    /// Another order: start_time, decision_time or waiting, with ' desc' to turn it round
    #[arg(long, value_name = "ORDER")]
    pub order_by: Option<String>,
    /// At most so many; 0 for all
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: u32,
}

/// What is asked for in a case; everything optional, for create and update alike.
#[derive(Clone, Debug, Default, Args)]
pub struct CaseFields {
    /// The procedure's type, which gives durations and what is needed by default
    #[arg(long = "type", value_name = "TYPE")]
    pub procedure_type: Option<String>,
    /// What it is done for
    #[arg(long, value_name = "TEXT")]
    pub condition: Option<String>,
    /// Which side of the patient
    #[arg(long, value_parser = words::side(), value_name = "SIDE")]
    pub side: Option<Laterality>,
    /// NCEPOD's category; a new case is elective unless told
    #[arg(long, value_parser = words::urgency(), value_name = "URGENCY")]
    pub urgency: Option<Urgency>,
    /// How anaesthetised; a new case general unless told
    #[arg(long, value_parser = words::anaesthesia(), value_name = "ANAESTHESIA")]
    pub anaesthesia: Option<Anaesthesia>,
    /// When it was decided to operate: waiting runs from here; a new case from now
    #[arg(long, value_name = "TIME")]
    pub decided: Option<Moment>,
    /// When it should have happened; the urgency's default unless told
    #[arg(long, value_name = "TIME")]
    pub target: Option<Moment>,
    /// Minutes from wheels in to ready
    #[arg(long, value_name = "MIN")]
    pub setup: Option<u16>,
    /// Minutes of the procedure itself
    #[arg(long, value_name = "MIN")]
    pub duration: Option<u16>,
    /// Minutes from wheels out to a clean theatre
    #[arg(long, value_name = "MIN")]
    pub cleanup: Option<u16>,
    /// Who does what.
    #[command(flatten)]
    pub team: TeamArgs,
    /// A unit of equipment; repeat it for several
    #[arg(long, value_name = "UNIT")]
    pub equipment: Vec<String>,
    /// Something the theatre must be able to do; repeat it for several
    #[arg(long, value_name = "CAPABILITY")]
    pub requires: Vec<String>,
    /// The specialty it counts for
    #[arg(long)]
    pub specialty: Option<String>,
    /// For people
    #[arg(long, value_name = "TEXT")]
    pub notes: Option<String>,
}

/// Who does what; giving any of them in an update replaces the whole team.
#[derive(Clone, Debug, Default, Args)]
pub struct TeamArgs {
    /// The surgeon who answers for it
    #[arg(long, value_name = "STAFF")]
    pub surgeon: Option<String>,
    /// A surgeon who helps; repeat it for several
    #[arg(long, value_name = "STAFF")]
    pub assistant: Vec<String>,
    /// The anaesthetist; repeat it for several
    #[arg(long, value_name = "STAFF")]
    pub anaesthetist: Vec<String>,
    /// The nurse at the table; repeat it for several
    #[arg(long, value_name = "STAFF")]
    pub scrub: Vec<String>,
    /// The nurse around the table; repeat it for several
    #[arg(long, value_name = "STAFF")]
    pub circulating: Vec<String>,
}

/// A new case.
#[derive(Debug, Args)]
pub struct CreateCaseArgs {
    /// The hospital's number for the patient
    #[arg(long, value_name = "ID")]
    pub patient: String,
    /// What is done, in words
    #[arg(long, value_name = "TEXT")]
    pub procedure: String,
    /// The rest of it.
    #[command(flatten)]
    pub fields: CaseFields,
    /// An identifier of your choice
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// Plan it at once: where
    #[arg(long, requires = "start")]
    pub theatre: Option<String>,
    /// Plan it at once: when
    #[arg(long, value_name = "TIME", requires = "theatre")]
    pub start: Option<Moment>,
    /// Set a rule aside and say why, as in R8='the owner agreed'; repeat it for several
    #[arg(long = "override", value_name = "RULE=WHY", requires = "start")]
    pub overrides: Vec<OverrideArg>,
    /// Dry run, request id.
    #[command(flatten)]
    pub write: WriteArgs,
}

/// Changes to a case.
#[derive(Debug, Args)]
pub struct UpdateCaseArgs {
    /// Which
    pub case: String,
    /// What is done, in words
    #[arg(long, value_name = "TEXT")]
    pub procedure: Option<String>,
    /// The rest of it.
    #[command(flatten)]
    pub fields: CaseFields,
    /// Set a rule aside and say why, as in R8='the owner agreed'; repeat it for several
    #[arg(long = "override", value_name = "RULE=WHY")]
    pub overrides: Vec<OverrideArg>,
    /// Etag, dry run, request id.
    #[command(flatten)]
    pub change: ChangeArgs,
}

/// Where and when.
#[derive(Clone, Debug, Args)]
pub struct PlanArgs {
    /// Where
    #[arg(long)]
    pub theatre: String,
    /// When it starts, with its setup
    #[arg(long, value_name = "TIME")]
    pub start: Moment,
    /// In which session; found by the service unless told
    #[arg(long)]
    pub session: Option<String>,
    /// Set a rule aside and say why, as in R8='the owner agreed'; repeat it for several
    #[arg(long = "override", value_name = "RULE=WHY")]
    pub overrides: Vec<OverrideArg>,
}

/// A move.
#[derive(Debug, Args)]
pub struct RescheduleArgs {
    /// Which
    pub case: String,
    /// Where and when.
    #[command(flatten)]
    pub plan: PlanArgs,
    /// The code of the reason; 'reasons list' names them
    #[arg(long, value_name = "CODE")]
    pub reason: String,
    /// The reason in words
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    pub note: String,
    /// Etag, dry run, request id.
    #[command(flatten)]
    pub change: ChangeArgs,
}

/// Why a case loses its place.
#[derive(Debug, Args)]
pub struct EndArgs {
    /// Which
    pub case: String,
    /// The code of the reason; 'reasons list' names them
    #[arg(long, value_name = "CODE")]
    pub reason: String,
    /// The reason in words
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    pub note: String,
    /// Etag, dry run, request id.
    #[command(flatten)]
    pub change: ChangeArgs,
}

/// What happened, and when.
#[derive(Debug, Args)]
pub struct MilestoneArgs {
    /// In which case
    pub case: String,
    /// What happened
    #[arg(value_parser = words::milestone())]
    pub milestone: Milestone,
    /// When; now unless told
    #[arg(long, value_name = "TIME")]
    pub at: Option<Moment>,
    /// Etag, dry run, request id.
    #[command(flatten)]
    pub change: ChangeArgs,
}

/// Milestones as they should read; those not given stay.
#[derive(Debug, Args)]
pub struct CorrectArgs {
    /// Which
    pub case: String,
    /// Why, in words
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// A milestone as it should read, as in wheels-in='2026-11-27 08:31'; nothing behind the = takes it away
    #[arg(long = "set", value_name = "MILESTONE=TIME", required = true, value_parser = corrected)]
    pub set: Vec<(Milestone, Option<Moment>)>,
    /// Etag, dry run, request id.
    #[command(flatten)]
    pub change: ChangeArgs,
}

/// A list that is pushed.
#[derive(Debug, Args)]
pub struct PushArgs {
    /// Whose list
    #[arg(long)]
    pub theatre: String,
    /// By how many minutes; negative pulls it forward
    #[arg(long, value_name = "MIN", allow_negative_numbers = true)]
    pub by: i32,
    /// Everything that starts from this time on, on its day; now unless told
    #[arg(long, value_name = "TIME", default_value = "now")]
    pub from: Moment,
    /// The code of the reason; 'reasons list' names them
    #[arg(long, value_name = "CODE")]
    pub reason: String,
    /// The reason in words
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    pub note: String,
    /// Set a rule aside and say why, as in R6='list overrun'; repeat it for several
    #[arg(long = "override", value_name = "RULE=WHY")]
    pub overrides: Vec<OverrideArg>,
    /// Dry run, request id.
    #[command(flatten)]
    pub write: WriteArgs,
}

fn corrected(typed: &str) -> Result<(Milestone, Option<Moment>), String> {
    use clap::builder::TypedValueParser as _;
    let (name, time) = typed
        .split_once('=')
        .ok_or("write the milestone and its time, as in wheels-in='2026-11-27 08:31'")?;
    let known = words::milestone().parse_ref(&clap::Command::new(""), None, name.as_ref());
    let milestone = known.map_err(|_| format!("'{name}' is no milestone"))?;
    let time = match time.trim() {
        "" => None,
        typed => Some(typed.parse()?),
    };
    Ok((milestone, time))
}
