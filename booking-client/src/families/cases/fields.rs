//! What is asked for in a case: what may be typed of it, and the fields of the contract that it is kept
//! in. A new field is an argument and a line in `put` here, and a line in `shown.rs`.

use booking_proto::ot::v1::{Anaesthesia, Case, Laterality, TeamMember, TeamRole, Urgency};
use clap::Args;
use theatre_log::stamp;

use crate::reading::{Moment, SiteTime, UpdateMask, UsageError, enum_names, resource, resources};

/// What is asked for in a case; everything optional, for create and update alike.
#[derive(Clone, Debug, Default, Args)]
pub struct CaseFields {
    /// The procedure's type, which gives durations and what is needed by default
    #[arg(long = "type", value_name = "TYPE")]
    procedure_type: Option<String>,
    /// What it is done for
    #[arg(long, value_name = "TEXT")]
    condition: Option<String>,
    /// Which side of the patient
    #[arg(long, value_parser = enum_names::side(), value_name = "SIDE")]
    side: Option<Laterality>,
    /// NCEPOD's category; a new case is elective unless told
    #[arg(long, value_parser = enum_names::urgency(), value_name = "URGENCY")]
    urgency: Option<Urgency>,
    /// How anaesthetised; a new case general unless told
    #[arg(long, value_parser = enum_names::anaesthesia(), value_name = "ANAESTHESIA")]
    anaesthesia: Option<Anaesthesia>,
    /// When it was decided to operate: waiting runs from here; a new case from now
    #[arg(long, value_name = "TIME")]
    decided: Option<Moment>,
    /// When it should have happened; the urgency's default unless told
    #[arg(long, value_name = "TIME")]
    target: Option<Moment>,
    /// Minutes from wheels in to ready
    #[arg(long, value_name = "MIN")]
    setup: Option<u16>,
    /// Minutes of the procedure itself
    #[arg(long, value_name = "MIN")]
    duration: Option<u16>,
    /// Minutes from wheels out to a clean theatre
    #[arg(long, value_name = "MIN")]
    cleanup: Option<u16>,
    #[command(flatten)]
    team: TeamArgs,
    /// A unit of equipment; repeat it for several
    #[arg(long, value_name = "UNIT")]
    equipment: Vec<String>,
    /// Something the theatre must be able to do; repeat it for several
    #[arg(long, value_name = "CAPABILITY")]
    requires: Vec<String>,
    /// The specialty it counts for
    #[arg(long)]
    specialty: Option<String>,
    /// For people
    #[arg(long, value_name = "TEXT")]
    notes: Option<String>,
}

impl CaseFields {
    /// Puts what was typed into `case`, and tells which fields that were. Each duration is a field of its
    /// own, so that one can be changed alone.
    ///
    /// # Errors
    /// [`UsageError`] for a civil time that names no instant, or two.
    pub fn put(self, case: &mut Case, site: &SiteTime) -> Result<UpdateMask, UsageError> {
        let time = |typed: Option<Moment>| typed.map(|typed| typed.resolve(site)).transpose();
        let procedure_type = self
            .procedure_type
            .map(|typed| resource("procedureTypes", &typed));
        let minutes = self.setup.or(self.duration).or(self.cleanup);
        let mut durations = case.durations.unwrap_or_default();
        let mut mask = UpdateMask::default();
        mask.put("procedure_type", procedure_type, &mut case.procedure_type);
        mask.put("condition", self.condition, &mut case.condition);
        mask.put("laterality", self.side, &mut case.laterality);
        mask.put("urgency", self.urgency, &mut case.urgency);
        mask.put("anaesthesia", self.anaesthesia, &mut case.anaesthesia);
        mask.put(
            "decision_time",
            time(self.decided)?.map(stamp),
            &mut case.decision_time,
        );
        mask.put(
            "target_time",
            time(self.target)?.map(stamp),
            &mut case.target_time,
        );
        mask.put("durations.setup_min", self.setup, &mut durations.setup_min);
        mask.put(
            "durations.procedure_min",
            self.duration,
            &mut durations.procedure_min,
        );
        mask.put(
            "durations.cleanup_min",
            self.cleanup,
            &mut durations.cleanup_min,
        );
        mask.put_all("team", self.team.members(), &mut case.team);
        mask.put_all(
            "equipment",
            resources("equipmentUnits", &self.equipment),
            &mut case.equipment,
        );
        mask.put_all(
            "required_capabilities",
            self.requires,
            &mut case.required_capabilities,
        );
        mask.put("specialty", self.specialty, &mut case.specialty);
        mask.put("notes", self.notes, &mut case.notes);
        case.durations = minutes.map(|_| durations).or(case.durations);
        Ok(mask)
    }

    /// A case that is not entered yet, with what a new one has unless told.
    ///
    /// # Errors
    /// [`UsageError`] when nothing says how long it takes, or a time means nothing.
    pub fn draft(self, patient: &str, site: &SiteTime) -> Result<Case, UsageError> {
        let (has_type, has_duration) = (self.procedure_type.is_some(), self.duration.is_some());
        if !has_type && !has_duration {
            return Err(UsageError::Meaning(
                "how long it takes is not known; give --duration in minutes, or --type".to_owned(),
            ));
        }
        let mut case = Case {
            patient: resource("patients", patient),
            urgency: Urgency::Elective.into(),
            anaesthesia: Anaesthesia::General.into(),
            decision_time: Some(stamp(Moment::Now.resolve(site)?)),
            ..Case::default()
        };
        self.put(&mut case, site)?;
        // Without the procedure's own, all three are its type's.
        case.durations = case.durations.filter(|_| has_duration);
        Ok(case)
    }
}

/// Who does what; giving any of them in an update replaces the whole team.
#[derive(Clone, Debug, Default, Args)]
struct TeamArgs {
    /// The surgeon who answers for it
    #[arg(long, value_name = "STAFF")]
    surgeon: Option<String>,
    /// A surgeon who helps; repeat it for several
    #[arg(long, value_name = "STAFF")]
    assistant: Vec<String>,
    /// The anaesthetist; repeat it for several
    #[arg(long, value_name = "STAFF")]
    anaesthetist: Vec<String>,
    /// The nurse at the table; repeat it for several
    #[arg(long, value_name = "STAFF")]
    scrub: Vec<String>,
    /// The nurse around the table; repeat it for several
    #[arg(long, value_name = "STAFF")]
    circulating: Vec<String>,
}

impl TeamArgs {
    fn members(&self) -> Vec<TeamMember> {
        let by_role = [
            (TeamRole::PrimarySurgeon, self.surgeon.as_slice()),
            (TeamRole::AssistantSurgeon, &self.assistant),
            (TeamRole::Anaesthetist, &self.anaesthetist),
            (TeamRole::ScrubNurse, &self.scrub),
            (TeamRole::CirculatingNurse, &self.circulating),
        ];
        let members = by_role.into_iter().flat_map(|(role, people)| {
            people.iter().map(move |who| TeamMember {
                staff: resource("staff", who),
                role: role.into(),
            })
        });
        members.collect()
    }
}
