//! What is asked for in a case: what may be typed of it, and the fields of the contract that it is kept
//! in. A new field is an argument, a line in `put` and one in `OTHERS`.

use booking_proto::ot::v1::{
    Anaesthesia, Case, Durations, Laterality, TeamMember, TeamRole, Urgency,
};
use clap::Args;
use theatre_log::stamp;

use crate::{
    printing::Column,
    reading::{Moment, SiteTime, UpdateMask, UsageError, enum_names, resource, resources},
};

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
    #[command(flatten)]
    durations: DurationArgs,
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
    /// Units of blood to have ready, 0 for none
    #[arg(long, value_name = "UNITS")]
    blood: Option<u8>,
}

/// The lines in which people see what has no line of its own in `shown.rs`.
pub const OTHERS: &[Column<Case, SiteTime>] = &[("Blood", |case, _| match case.blood_units {
    0 => String::new(),
    units => format!("{units} units to be ready"),
})];

impl CaseFields {
    /// Puts what was typed into `case`, and tells which fields that were.
    ///
    /// # Errors
    /// [`UsageError`] for a civil time that names no instant, or two.
    pub fn put(self, case: &mut Case, site: &SiteTime) -> Result<UpdateMask, UsageError> {
        let time = |typed: Option<Moment>| -> Result<_, UsageError> {
            Ok(typed
                .map(|typed| typed.resolve(site))
                .transpose()?
                .map(stamp))
        };
        let procedure_type = self
            .procedure_type
            .map(|typed| resource("procedureTypes", &typed));
        let mut mask = UpdateMask::default();
        mask.put("procedure_type", procedure_type, &mut case.procedure_type);
        mask.put("condition", self.condition, &mut case.condition);
        mask.put("laterality", self.side, &mut case.laterality);
        mask.put("urgency", self.urgency, &mut case.urgency);
        mask.put("anaesthesia", self.anaesthesia, &mut case.anaesthesia);
        mask.put(
            "decision_time",
            time(self.decided)?,
            &mut case.decision_time,
        );
        mask.put("target_time", time(self.target)?, &mut case.target_time);
        self.durations
            .put("durations", &mut mask, &mut case.durations);
        mask.put_all("team", self.team.members(), &mut case.team);
        let equipment = resources("equipmentUnits", &self.equipment);
        mask.put_all("equipment", equipment, &mut case.equipment);
        let required = &mut case.required_capabilities;
        mask.put_all("required_capabilities", self.requires, required);
        mask.put("specialty", self.specialty, &mut case.specialty);
        mask.put("notes", self.notes, &mut case.notes);
        mask.put("blood_units", self.blood, &mut case.blood_units);
        Ok(mask)
    }

    /// A case that is not entered yet, with what a new one has unless told.
    ///
    /// # Errors
    /// [`UsageError`] when nothing says how long it takes, or a time means nothing.
    pub fn draft(self, patient: &str, site: &SiteTime) -> Result<Case, UsageError> {
        let has_duration = self.durations.duration.is_some();
        if !has_duration && self.procedure_type.is_none() {
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

/// How long it takes its theatre for.
#[derive(Clone, Debug, Default, Args)]
pub struct DurationArgs {
    /// Minutes from wheels in to ready
    #[arg(long, value_name = "MIN")]
    pub setup: Option<u16>,
    /// Minutes of the procedure itself
    #[arg(long, value_name = "MIN")]
    pub duration: Option<u16>,
    /// Minutes from wheels out to a clean theatre
    #[arg(long, value_name = "MIN")]
    pub cleanup: Option<u16>,
}

impl DurationArgs {
    /// Puts what was typed into the field of this name. Each part is a field of its own, so that one can
    /// be changed alone.
    pub fn put(self, field: &str, mask: &mut UpdateMask, durations: &mut Option<Durations>) {
        let mut put = |part: &str, typed: Option<u16>, kept: fn(&mut Durations) -> &mut i32| {
            if typed.is_some() {
                let all = durations.get_or_insert_default();
                mask.put(&format!("{field}.{part}"), typed, kept(all));
            }
        };
        put("setup_min", self.setup, |all| &mut all.setup_min);
        put("procedure_min", self.duration, |all| &mut all.procedure_min);
        put("cleanup_min", self.cleanup, |all| &mut all.cleanup_min);
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
