//! What the audit says of things: every field in words.
//!
//! A field that is empty before and after is not told of, so an absent one may be left out.

use jiff::Timestamp;

use crate::domain::{
    Case, EquipmentUnit, Footprint, Milestone, OpeningRule, Plan, ProcedureType, Reason,
    Recurrence, Session, SessionFlags, SessionOwner, SessionTemplate, Site, Staff, Subject,
    TeamMember, Theatre, TimeRange, Unavailability,
};

/// Fields by name.
pub(crate) type Words = Vec<(&'static str, String)>;

/// A thing that the audit can tell of.
pub(crate) trait InWords {
    /// Its fields.
    fn words(&self) -> Words;
}

fn maybe<T: ToString>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

fn list<T>(values: &[T], word: impl Fn(&T) -> String) -> String {
    values.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn range(range: &TimeRange) -> String {
    format!("{} to {}", range.start(), range.end())
}

fn footprint(it: Footprint) -> String {
    let (setup, procedure, cleanup) = (it.setup_min(), it.procedure_min(), it.cleanup_min());
    format!("{setup} + {procedure} + {cleanup} min")
}

fn plan(plan: &Plan) -> String {
    let session = plan.session.as_ref();
    let session = session.map(|session| format!(" in session {session}"));
    let session = session.unwrap_or_default();
    format!("{} at {}{session}", plan.theatre, plan.start)
}

fn owner(owner: &SessionOwner) -> String {
    match owner {
        SessionOwner::Surgeon(staff) => format!("surgeon {staff}"),
        SessionOwner::Specialty(specialty) => format!("specialty {specialty}"),
        SessionOwner::Emergency => "emergency".to_owned(),
        SessionOwner::Open => "open".to_owned(),
    }
}

fn flags(flags: SessionFlags) -> String {
    let words = [
        (flags.anaesthetist, "anaesthetist"),
        (flags.general_anaesthesia, "general anaesthesia"),
        (flags.paediatric, "paediatric"),
    ];
    let set: Vec<_> = words.into_iter().filter(|(set, _)| *set).collect();
    list(&set, |(_, word)| (*word).to_owned())
}

fn recurrence(recurrence: &Recurrence) -> String {
    match recurrence {
        Recurrence::EveryWeeks(weeks) => format!("every {weeks} weeks"),
        Recurrence::WeeksOfMonth(weeks) => {
            format!("weeks {} of the month", list(weeks, ToString::to_string))
        }
    }
}

fn time(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

impl InWords for Case {
    fn words(&self) -> Words {
        let member = |it: &TeamMember| format!("{} {}", it.role.as_str(), it.staff);
        let milestone = |milestone| -> String {
            let at: Option<Timestamp> = self.milestones.get(milestone);
            maybe(at.as_ref())
        };
        let overridden =
            |it: &crate::domain::Override| format!("{}: {}", it.rule.as_str(), it.reason);
        let given_up = self.cancellation.as_ref();
        vec![
            ("state", self.state.as_str().to_owned()),
            ("patient", self.patient.as_str().to_owned()),
            ("procedure", self.procedure.clone()),
            ("procedure_type", maybe(self.procedure_type.as_ref())),
            ("condition", self.condition.clone()),
            ("specialty", maybe(self.specialty.as_ref())),
            ("laterality", self.laterality.as_str().to_owned()),
            ("urgency", self.urgency.as_str().to_owned()),
            ("anaesthesia", self.anaesthesia.as_str().to_owned()),
            ("decision_time", self.decided_at.to_string()),
            ("target_time", maybe(self.target_at.as_ref())),
            ("durations", footprint(self.footprint)),
            ("team", list(&self.team, member)),
            ("equipment", list(&self.units, ToString::to_string)),
            (
                "required_capabilities",
                list(&self.required_capabilities, ToString::to_string),
            ),
            ("notes", self.notes.clone()),
            ("plan", self.plan.as_ref().map(plan).unwrap_or_default()),
            ("milestones.wheels_in", milestone(Milestone::WheelsIn)),
            (
                "milestones.anaesthesia_ready",
                milestone(Milestone::AnaesthesiaReady),
            ),
            (
                "milestones.knife_to_skin",
                milestone(Milestone::KnifeToSkin),
            ),
            ("milestones.closed", milestone(Milestone::Closed)),
            ("milestones.wheels_out", milestone(Milestone::WheelsOut)),
            ("milestones.recovery_out", milestone(Milestone::RecoveryOut)),
            (
                "milestones.theatre_clean",
                milestone(Milestone::TheatreClean),
            ),
            (
                "cancellation",
                given_up
                    .map(|it| format!("{} {}", it.reason, it.note))
                    .unwrap_or_default(),
            ),
            ("overrides", list(&self.overrides, overridden)),
            ("postponements", self.postponements.to_string()),
            ("import_key", self.import_key.clone().unwrap_or_default()),
        ]
    }
}

impl InWords for Site {
    fn words(&self) -> Words {
        vec![
            ("display_name", self.name.clone()),
            (
                "time_zone",
                self.zone.iana_name().unwrap_or_default().to_owned(),
            ),
        ]
    }
}

impl InWords for Theatre {
    fn words(&self) -> Words {
        let hours = |it: &OpeningRule| {
            let (open, close) = (time(it.open_minute), time(it.close_minute));
            format!("{:?} {open}-{close}", it.weekday)
        };
        vec![
            ("site", self.site.to_string()),
            ("display_name", self.name.clone()),
            ("list_order", self.list_order.to_string()),
            ("state", self.state.as_str().to_owned()),
            (
                "capabilities",
                list(&self.capabilities, ToString::to_string),
            ),
            ("turnover_min", self.turnover_min.to_string()),
            ("opening_rules", list(&self.opening, hours)),
        ]
    }
}

impl InWords for Staff {
    fn words(&self) -> Words {
        vec![
            ("display_name", self.name.clone()),
            ("roles", list(&self.roles, |role| role.as_str().to_owned())),
            ("specialty", maybe(self.specialty.as_ref())),
            ("retired", self.retired.to_string()),
        ]
    }
}

impl InWords for EquipmentUnit {
    fn words(&self) -> Words {
        vec![
            ("kind", self.kind.to_string()),
            ("display_name", self.name.clone()),
            ("reprocess_min", self.reprocess_min.to_string()),
            ("retired", self.retired.to_string()),
        ]
    }
}

impl InWords for ProcedureType {
    fn words(&self) -> Words {
        vec![
            ("display_name", self.name.clone()),
            ("specialty", maybe(self.specialty.as_ref())),
            ("default_durations", footprint(self.footprint)),
            (
                "required_capabilities",
                list(&self.required_capabilities, ToString::to_string),
            ),
            (
                "required_equipment_kinds",
                list(&self.required_kinds, ToString::to_string),
            ),
            ("laterality_required", self.laterality_required.to_string()),
            ("retired", self.retired.to_string()),
        ]
    }
}

impl InWords for Reason {
    fn words(&self) -> Words {
        vec![
            ("display_name", self.name.clone()),
            ("group", self.group.as_str().to_owned()),
            ("avoidable", self.avoidable.to_string()),
            ("fhir_code", self.fhir_code.clone()),
            ("retired", self.retired.to_string()),
        ]
    }
}

impl InWords for Unavailability {
    fn words(&self) -> Words {
        let subject = match &self.subject {
            Subject::Theatre(id) => format!("theatre {id}"),
            Subject::Staff(id) => format!("staff {id}"),
            Subject::Unit(id) => format!("unit {id}"),
        };
        vec![
            ("subject", subject),
            ("range", range(&self.range)),
            ("reason", self.reason.clone()),
        ]
    }
}

impl InWords for Session {
    fn words(&self) -> Words {
        vec![
            ("theatre", self.theatre.to_string()),
            ("range", range(&self.range)),
            ("owner", owner(&self.owner)),
            ("flags", flags(self.flags)),
            ("release_time", maybe(self.release_at.as_ref())),
            ("state", self.state.as_str().to_owned()),
            ("note", self.note.clone()),
        ]
    }
}

impl InWords for SessionTemplate {
    fn words(&self) -> Words {
        vec![
            ("theatre", self.theatre.to_string()),
            ("owner", owner(&self.owner)),
            ("flags", flags(self.flags)),
            ("weekday", format!("{:?}", self.weekday)),
            (
                "hours",
                format!("{}-{}", time(self.start_minute), time(self.end_minute)),
            ),
            ("recurrence", recurrence(&self.recurrence)),
            ("first_date", self.first_date.to_string()),
            ("last_date", maybe(self.last_date.as_ref())),
            ("release_before", maybe(self.release_before.as_ref())),
        ]
    }
}
