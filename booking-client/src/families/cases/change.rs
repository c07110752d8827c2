//! What moves a case: arguments, and the messages that they make.

use booking_proto::ot::v1::{
    AbortCaseRequest, CancelCaseRequest, Case, CorrectCaseRequest, CreateCaseRequest, Milestone,
    Milestones, OverrideRequest, Plan, PostponeCaseRequest, RecordMilestoneRequest,
    RescheduleCaseRequest, ScheduleCaseRequest, UpdateCaseRequest,
};
use clap::{Args, builder::TypedValueParser as _};
use theatre_log::stamp;

use super::fields::CaseFields;
use crate::reading::{
    ChangeArgs, Moment, SiteTime, UsageError, WriteArgs, enum_names, parse_rule, resource,
};

/// A new case.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// The hospital's number for the patient
    #[arg(long, value_name = "ID")]
    patient: String,
    /// What is done, in words
    #[arg(long, value_name = "TEXT")]
    procedure: String,
    #[command(flatten)]
    fields: CaseFields,
    /// An identifier of your choice
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    id: String,
    /// Plan it at once: where
    #[arg(long, requires = "start")]
    theatre: Option<String>,
    /// Plan it at once: when
    #[arg(long, value_name = "TIME", requires = "theatre")]
    start: Option<Moment>,
    /// Override a rule and say why, as in R8='the owner agreed'; repeat it for several
    #[arg(long = "override", value_name = "RULE=WHY", requires = "start", value_parser = parse_rule)]
    overrides: Vec<OverrideRequest>,
    #[command(flatten)]
    write: WriteArgs,
}

impl CreateArgs {
    /// On the waiting list, or planned at once when theatre and start were given.
    pub(super) fn into_request(self, site: &SiteTime) -> Result<CreateCaseRequest, UsageError> {
        let mut case = self.fields.draft(&self.patient, site)?;
        case.procedure = self.procedure;
        let plan = match (self.theatre, self.start) {
            (Some(theatre), Some(start)) => Some(Plan {
                theatre: resource("theatres", &theatre),
                start_time: Some(stamp(start.resolve(site)?)),
                ..Plan::default()
            }),
            _ => None,
        };
        Ok(CreateCaseRequest {
            case: Some(case),
            case_id: self.id,
            plan,
            overrides: self.overrides,
            request_id: self.write.request_id(),
            validate_only: self.write.dry_run,
        })
    }
}

/// Changes to a case.
#[derive(Debug, Args)]
pub struct UpdateArgs {
    /// Which
    case: String,
    /// What is done, in words
    #[arg(long, value_name = "TEXT")]
    procedure: Option<String>,
    #[command(flatten)]
    fields: CaseFields,
    /// Override a rule and say why, as in R8='the owner agreed'; repeat it for several
    #[arg(long = "override", value_name = "RULE=WHY", value_parser = parse_rule)]
    overrides: Vec<OverrideRequest>,
    #[command(flatten)]
    change: ChangeArgs,
}

impl UpdateArgs {
    pub(super) fn into_request(self, site: &SiteTime) -> Result<UpdateCaseRequest, UsageError> {
        let mut case = Case {
            name: resource("cases", &self.case),
            etag: self.change.etag,
            ..Case::default()
        };
        let mut mask = self.fields.put(&mut case, site)?;
        mask.put("procedure", self.procedure, &mut case.procedure);
        Ok(UpdateCaseRequest {
            case: Some(case),
            update_mask: Some(mask.finish()?),
            overrides: self.overrides,
            request_id: self.change.write.request_id(),
            validate_only: self.change.write.dry_run,
        })
    }
}

/// Where and when.
#[derive(Clone, Debug, Args)]
struct PlanArgs {
    /// Where
    #[arg(long)]
    theatre: String,
    /// When it starts, with its setup
    #[arg(long, value_name = "TIME")]
    start: Moment,
    /// In which session; found by the service unless told
    #[arg(long)]
    session: Option<String>,
    /// Override a rule and say why, as in R8='the owner agreed'; repeat it for several
    #[arg(long = "override", value_name = "RULE=WHY", value_parser = parse_rule)]
    overrides: Vec<OverrideRequest>,
}

impl PlanArgs {
    fn plan(&self, site: &SiteTime) -> Result<Plan, UsageError> {
        let session = self
            .session
            .as_ref()
            .map(|typed| resource("sessions", typed));
        Ok(Plan {
            theatre: resource("theatres", &self.theatre),
            start_time: Some(stamp(self.start.resolve(site)?)),
            end_time: None,
            session: session.unwrap_or_default(),
        })
    }
}

/// A place in a day for a waiting case.
#[derive(Debug, Args)]
pub struct ScheduleArgs {
    /// Which
    case: String,
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    change: ChangeArgs,
}

impl ScheduleArgs {
    pub(super) fn into_request(self, site: &SiteTime) -> Result<ScheduleCaseRequest, UsageError> {
        Ok(ScheduleCaseRequest {
            name: resource("cases", &self.case),
            etag: self.change.etag,
            plan: Some(self.plan.plan(site)?),
            overrides: self.plan.overrides,
            request_id: self.change.write.request_id(),
            validate_only: self.change.write.dry_run,
        })
    }
}

/// Why a case is moved or loses its place.
#[derive(Debug, Args)]
pub(super) struct ReasonArgs {
    /// The code of the reason; 'reasons list' names them
    #[arg(long, value_name = "CODE")]
    reason: String,
    /// The reason in words
    #[arg(long, value_name = "TEXT")]
    pub(super) note: Option<String>,
}

impl ReasonArgs {
    pub(super) fn name(&self) -> String {
        resource("reasons", &self.reason)
    }
}

/// A move.
#[derive(Debug, Args)]
pub struct RescheduleArgs {
    /// Which
    case: String,
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    reason: ReasonArgs,
    #[command(flatten)]
    change: ChangeArgs,
}

impl RescheduleArgs {
    pub(super) fn into_request(self, site: &SiteTime) -> Result<RescheduleCaseRequest, UsageError> {
        Ok(RescheduleCaseRequest {
            name: resource("cases", &self.case),
            etag: self.change.etag,
            plan: Some(self.plan.plan(site)?),
            reason: self.reason.name(),
            note: self.reason.note.unwrap_or_default(),
            overrides: self.plan.overrides,
            request_id: self.change.write.request_id(),
            validate_only: self.change.write.dry_run,
        })
    }
}

/// Which case loses its place, and why.
#[derive(Debug, Args)]
pub struct EndArgs {
    /// Which
    case: String,
    #[command(flatten)]
    reason: ReasonArgs,
    #[command(flatten)]
    change: ChangeArgs,
}

/// The three ways for a case to lose its place: messages of one shape and three types.
macro_rules! endings {
    ($($request:ident),+) => { $(
        impl From<EndArgs> for $request {
            fn from(typed: EndArgs) -> Self {
                Self {
                    name: resource("cases", &typed.case),
                    etag: typed.change.etag,
                    reason: typed.reason.name(),
                    note: typed.reason.note.unwrap_or_default(),
                    request_id: typed.change.write.request_id(),
                    validate_only: typed.change.write.dry_run,
                }
            }
        }
    )+ };
}
endings!(PostponeCaseRequest, CancelCaseRequest, AbortCaseRequest);

/// What happened, and when.
#[derive(Debug, Args)]
pub struct MilestoneArgs {
    /// In which case
    case: String,
    /// What happened
    #[arg(value_parser = enum_names::milestone())]
    milestone: Milestone,
    /// When; now unless told
    #[arg(long, value_name = "TIME")]
    at: Option<Moment>,
    #[command(flatten)]
    change: ChangeArgs,
}

impl MilestoneArgs {
    pub(super) fn into_request(
        self,
        site: &SiteTime,
    ) -> Result<RecordMilestoneRequest, UsageError> {
        let time = self.at.map(|at| at.resolve(site)).transpose()?;
        Ok(RecordMilestoneRequest {
            name: resource("cases", &self.case),
            etag: self.change.etag,
            milestone: self.milestone.into(),
            time: time.map(stamp),
            request_id: self.change.write.request_id(),
            validate_only: self.change.write.dry_run,
        })
    }
}

/// Milestones as they should read; those not given stay.
#[derive(Debug, Args)]
pub struct CorrectArgs {
    /// Which
    pub(super) case: String,
    /// Why, in words
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// A milestone as it should read, as in wheels-in='2026-11-27 08:31'; nothing behind the = takes it away
    #[arg(long = "set", value_name = "MILESTONE=TIME", required = true, value_parser = corrected)]
    set: Vec<(Milestone, Option<Moment>)>,
    #[command(flatten)]
    change: ChangeArgs,
}

fn corrected(typed: &str) -> Result<(Milestone, Option<Moment>), String> {
    let (name, time) = typed
        .split_once('=')
        .ok_or("write the milestone and its time, as in wheels-in='2026-11-27 08:31'")?;
    let known = enum_names::milestone().parse_ref(&clap::Command::new(""), None, name.as_ref());
    let milestone = known.map_err(|_| format!("'{name}' is no milestone"))?;
    let time = match time.trim() {
        "" => None,
        typed => Some(typed.parse()?),
    };
    Ok((milestone, time))
}

impl CorrectArgs {
    /// The milestones of `case` with what was typed put in. Refers to the version that was read, so
    /// that nothing which somebody else corrects meanwhile is undone.
    pub(super) fn into_request(
        self,
        case: Case,
        site: &SiteTime,
    ) -> Result<CorrectCaseRequest, UsageError> {
        let mut milestones = case.milestones.unwrap_or_default();
        for (milestone, typed) in self.set {
            let time = typed.map(|moment| moment.resolve(site)).transpose()?;
            *moment_of(&mut milestones, milestone) = time.map(stamp);
        }
        let typed = Some(self.change.etag).filter(|etag| !etag.is_empty());
        Ok(CorrectCaseRequest {
            name: case.name,
            etag: typed.unwrap_or(case.etag),
            milestones: Some(milestones),
            reason: self.reason,
            request_id: self.change.write.request_id(),
            validate_only: self.change.write.dry_run,
        })
    }
}

fn moment_of(milestones: &mut Milestones, which: Milestone) -> &mut Option<prost_types::Timestamp> {
    match which {
        // Zero is what nobody can type.
        Milestone::Unspecified | Milestone::WheelsIn => &mut milestones.wheels_in,
        Milestone::AnaesthesiaReady => &mut milestones.anaesthesia_ready,
        Milestone::KnifeToSkin => &mut milestones.knife_to_skin,
        Milestone::Closed => &mut milestones.closed,
        Milestone::WheelsOut => &mut milestones.wheels_out,
        Milestone::RecoveryOut => &mut milestones.recovery_out,
        Milestone::TheatreClean => &mut milestones.theatre_clean,
    }
}
