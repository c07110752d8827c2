//! A small hospital and cases in it, for tests: of this crate, and of those that build on it
//! through the feature `testing`.
//!
//! | what | |
//! |---|---|
//! | site `main` | Europe/London |
//! | theatres `OT-1`, `OT-2` | open 07:00–19:00 Monday to Friday; `OT-1` has `laminar-flow` and a turnover gap of 10 minutes |
//! | theatre `OT-3` | open round the clock |
//! | staff `DC-1`, `DC-2` | surgeons, of `general` and `orthopaedics` |
//! | staff `DC-3`, `DC-4`, `NU-1` | anaesthetist; surgeon and anaesthetist; scrub and circulating nurse |
//! | staff `DC-0` | a placeholder |
//! | units `CA-1`, `CA-2` | of kind `c-arm`, 15 minutes to be made ready again |
//! | procedure types `hernia`, `hip` | `hip` needs `laminar-flow`, a `c-arm` and a side |
//! | reasons | `PATIENT_UNFIT`, `NO_BED`, `EMERGENCY_BUMP`; `OLD` is retired |

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Weekday, tz::TimeZone};

use crate::{
    Anaesthesia, Capability, Case, CaseDetails, CaseId, CaseState, EquipmentKind, EquipmentUnit,
    Footprint, Hospital, Laterality, OpeningRule, PatientId, Plan, ProcedureType, ProcedureTypeId,
    Reason, ReasonCode, ReasonGroup, Session, SessionFlags, SessionId, SessionOwner, SessionState,
    Site, SiteId, Specialty, Staff, StaffId, Subject, TeamMember, TeamRole, Theatre, TheatreId,
    TheatreState, TimeRange, Unavailability, UnavailabilityId, UnitId,
};

#[path = "tests/oracle.rs"]
mod oracle;

pub use oracle::{compare, holds, is_asked_for, page};

macro_rules! short {
    ($($(#[$doc:meta])* $name:ident: $type:ident;)*) => {
        $($(#[$doc])* #[must_use] pub fn $name(text: &str) -> $type {
            $type::parse(text).expect("tests give proper identifiers")
        })*
    };
}

short! {
    /// A theatre by its number.
    theatre_id: TheatreId;
    /// A member of staff by their number.
    staff_id: StaffId;
    /// A case by its number.
    case_id: CaseId;
    /// A patient by their number.
    patient_id: PatientId;
    /// A piece of equipment by its number.
    unit_id: UnitId;
    /// A procedure type by its number.
    procedure_type_id: ProcedureTypeId;
    /// A session by its number.
    session_id: SessionId;
    /// A reason by its code.
    reason_code: ReasonCode;
    /// A branch of surgery.
    specialty: Specialty;
    /// What a theatre can do.
    capability: Capability;
    /// What equipment is a piece of.
    kind: EquipmentKind;
}

/// An instant, from `2026-06-01T09:00:00Z` or, for short, `2026-06-01T09:00`.
#[must_use]
pub fn at(text: &str) -> Timestamp {
    let full = if text.len() == "2026-06-01T09:00".len() {
        format!("{text}:00Z")
    } else {
        text.to_owned()
    };
    full.parse().expect("tests give proper instants")
}

/// A zone by its IANA name.
#[must_use]
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("tests give proper zones, and jiff carries them")
}

/// A footprint that is one.
#[must_use]
pub fn footprint(setup_min: u16, procedure_min: u16, cleanup_min: u16) -> Footprint {
    Footprint::new(setup_min, procedure_min, cleanup_min).expect("tests give proper footprints")
}

/// The hospital of the table above, at revision 1.
#[must_use]
pub fn hospital() -> Hospital {
    let site = Site {
        id: SiteId::parse("main").expect("a constant"),
        version: 1,
        name: "Main".to_owned(),
        zone: zone("Europe/London"),
    };
    let unit = |(id, name): (&str, &str)| EquipmentUnit {
        id: unit_id(id),
        version: 1,
        kind: kind("c-arm"),
        name: name.to_owned(),
        reprocess_min: 15,
        retired: false,
    };
    let units = [("CA-1", "C-arm 1"), ("CA-2", "C-arm 2")].map(unit);
    Hospital {
        revision: 1,
        theatres: keyed(theatres(&site.id), |it| &it.id),
        sites: keyed([site], |it| &it.id),
        staff: keyed(people(), |it| &it.id),
        units: keyed(units, |it| &it.id),
        procedure_types: keyed(procedure_types(), |it| &it.id),
        reasons: keyed(reasons(), |it| &it.code),
    }
}

fn keyed<K: Clone + Ord, T>(
    all: impl IntoIterator<Item = T>,
    key: impl Fn(&T) -> &K,
) -> BTreeMap<K, T> {
    let all = all.into_iter();
    all.map(|one| (key(&one).clone(), one)).collect()
}

fn theatres(site: &SiteId) -> [Theatre; 3] {
    let theatre = |number: i32, days, open_minute, close_minute| {
        let rule = |weekday| OpeningRule {
            weekday,
            open_minute,
            close_minute,
        };
        let opening = Weekday::Monday.cycle_forward().take(days).map(rule);
        let laminar = (number == 1).then(|| capability("laminar-flow"));
        Theatre {
            id: theatre_id(&format!("OT-{number}")),
            version: 1,
            site: site.clone(),
            name: format!("Theatre {number}"),
            list_order: number,
            state: TheatreState::Open,
            capabilities: laminar.into_iter().collect(),
            turnover_min: if number == 1 { 10 } else { 0 },
            opening: opening.collect(),
        }
    };
    let (open, close) = (7 * 60, 19 * 60);
    [
        theatre(1, 5, open, close),
        theatre(2, 5, open, close),
        theatre(3, 7, 0, 0),
    ]
}

fn people() -> Vec<Staff> {
    use TeamRole::{Anaesthetist, AssistantSurgeon, CirculatingNurse, PrimarySurgeon, ScrubNurse};
    let person = |id: &str, name: &str, roles: &[TeamRole], branch: Option<&str>| Staff {
        id: staff_id(id),
        version: 1,
        name: name.to_owned(),
        roles: roles.to_vec(),
        specialty: branch.map(specialty),
        retired: false,
        placeholder: id == "DC-0",
    };
    let surgeon = [PrimarySurgeon, AssistantSurgeon];
    let both = [PrimarySurgeon, AssistantSurgeon, Anaesthetist];
    vec![
        person("DC-0", "General surgeon", &surgeon, Some("general")),
        person("DC-1", "Dr Quinn", &surgeon, Some("general")),
        person("DC-2", "Dr Ortega", &surgeon, Some("orthopaedics")),
        person("DC-3", "Dr Sommer", &[Anaesthetist], None),
        person("DC-4", "Dr Both", &both, None),
        person("NU-1", "Nurse Lind", &[ScrubNurse, CirculatingNurse], None),
    ]
}

fn procedure_types() -> Vec<ProcedureType> {
    let hernia = ProcedureType {
        id: procedure_type_id("hernia"),
        version: 1,
        name: "Hernia repair".to_owned(),
        specialty: Some(specialty("general")),
        footprint: footprint(15, 60, 15),
        required_capabilities: Vec::new(),
        required_kinds: Vec::new(),
        laterality_required: false,
        retired: false,
    };
    let hip = ProcedureType {
        id: procedure_type_id("hip"),
        name: "Hip replacement".to_owned(),
        specialty: Some(specialty("orthopaedics")),
        footprint: footprint(20, 100, 20),
        required_capabilities: vec![capability("laminar-flow")],
        required_kinds: vec![kind("c-arm")],
        laterality_required: true,
        ..hernia
    };
    vec![hernia, hip]
}

fn reasons() -> Vec<Reason> {
    let reason = |code: &str, group, avoidable| Reason {
        code: reason_code(code),
        version: 1,
        name: code.to_lowercase().replace('_', " "),
        group,
        avoidable,
        fhir_code: "other".to_owned(),
        retired: code == "OLD",
    };
    vec![
        reason("PATIENT_UNFIT", ReasonGroup::Clinical, false),
        reason("NO_BED", ReasonGroup::Facility, true),
        reason("EMERGENCY_BUMP", ReasonGroup::Emergency, false),
        reason("OLD", ReasonGroup::Admin, true),
    ]
}

/// What is asked for in most tests: an elective hernia repair of an hour and a half under local
/// anaesthesia, by `DC-1`, on a patient of the case's own.
#[must_use]
pub fn details(patient: &str) -> CaseDetails {
    let (decided_at, footprint) = (at("2026-05-01T08:00"), footprint(15, 60, 15));
    let procedure = "Hernia repair".to_owned();
    CaseDetails {
        procedure_type: Some(procedure_type_id("hernia")),
        condition: "Inguinal hernia".to_owned(),
        specialty: Some(specialty("general")),
        laterality: Laterality::NotApplicable,
        anaesthesia: Anaesthesia::Local,
        team: vec![member("DC-1", TeamRole::PrimarySurgeon)],
        ..CaseDetails::new(patient_id(patient), procedure, decided_at, footprint)
    }
}

/// Somebody's part in a case.
#[must_use]
pub fn member(id: &str, role: TeamRole) -> TeamMember {
    TeamMember {
        staff: staff_id(id),
        role,
    }
}

/// A requested case `id`, of [`details`] for patient `PT-{id}`, entered when it was decided.
#[must_use]
pub fn requested(id: &str) -> Case {
    let details = details(&format!("PT-{id}"));
    let now = details.decided_at;
    Case::request(case_id(id), details, now)
}

/// The case, asked for otherwise, with all that was decided about it before.
#[must_use]
pub fn with(mut case: Case, change: impl FnOnce(&mut CaseDetails)) -> Case {
    change(&mut case.details);
    case
}

/// A place.
#[must_use]
pub fn plan(theatre: &str, start: &str) -> Plan {
    Plan {
        theatre: theatre_id(theatre),
        start: at(start),
        session: None,
    }
}

/// The case of [`requested`], put into a place without asking any rule.
#[must_use]
pub fn scheduled(id: &str, theatre: &str, start: &str) -> Case {
    Case {
        state: CaseState::Scheduled,
        plan: Some(plan(theatre, start)),
        ..requested(id)
    }
}

/// A range that is one.
#[must_use]
pub fn range(start: &str, end: &str) -> TimeRange {
    TimeRange::new(at(start), at(end)).expect("tests give proper ranges")
}

/// An open session with everything, planned.
#[must_use]
pub fn session(id: &str, theatre: &str, start: &str, end: &str) -> Session {
    Session {
        id: session_id(id),
        version: 1,
        theatre: theatre_id(theatre),
        range: range(start, end),
        owner: SessionOwner::Open,
        flags: SessionFlags {
            anaesthetist: true,
            general_anaesthesia: true,
            paediatric: true,
        },
        release_at: None,
        state: SessionState::Planned,
        template: None,
        note: String::new(),
    }
}

/// A closure or absence, for the reason "training".
#[must_use]
pub fn unavailable(subject: Subject, start: &str, end: &str) -> Unavailability {
    Unavailability {
        id: UnavailabilityId::parse("U-1").expect("a constant"),
        version: 1,
        subject,
        range: range(start, end),
        reason: "training".to_owned(),
    }
}
