//! What the demo hospital has: eight theatres, equipment, procedure types, weekly sessions.

use std::collections::BTreeMap;

use booking_domain::{
    Anaesthesia, Capability, EquipmentKind, EquipmentUnit, Hospital, OpeningRule, ProcedureType,
    ProcedureTypeId, Recurrence, Session, SessionFlags, SessionId, SessionOwner, SessionTemplate,
    Site, Specialty, TemplateId, Theatre, TheatreId, TheatreState, UnitId, expand,
};
use jiff::{
    SignedDuration,
    civil::{Date, Weekday},
};

use crate::{
    addition::Demo,
    procedures::{PROCEDURES, Procedure},
    specialties::{EYES, GENERAL, GYNAECOLOGY, ORTHOPAEDICS, UROLOGY},
    week::Week,
};

/// Sessions of the day theatres, minutes after midnight.
const SESSION: (u16, u16) = (8 * 60, 18 * 60);
/// The day theatres themselves are open a little longer.
const OPEN: (u16, u16) = (7 * 60 + 30, 19 * 60);

/// The theatre for emergencies, open day and night.
pub(crate) const EMERGENCY_THEATRE: &str = "OT-8";

/// A theatre: number, name, whose it is (nobody's: open to all), what it can do, on weekends too.
type TheatreRow = (
    &'static str,
    &'static str,
    Option<&'static str>,
    &'static [&'static str],
    bool,
);

const THEATRES: [TheatreRow; 8] = [
    (
        "OT-1",
        "Theatre 1",
        Some(GENERAL),
        &["general-anaesthesia"],
        true,
    ),
    (
        "OT-2",
        "Theatre 2",
        Some(ORTHOPAEDICS),
        &["general-anaesthesia", "imaging", "laminar-flow"],
        false,
    ),
    (
        "OT-3",
        "Theatre 3 (eyes)",
        Some(EYES),
        &["microscope"],
        false,
    ),
    (
        "OT-4",
        "Theatre 4",
        Some(ORTHOPAEDICS),
        &["general-anaesthesia", "imaging", "laminar-flow"],
        true,
    ),
    (
        "OT-5",
        "Theatre 5",
        Some(UROLOGY),
        &["general-anaesthesia", "imaging"],
        false,
    ),
    (
        "OT-6",
        "Theatre 6",
        Some(GYNAECOLOGY),
        &["general-anaesthesia"],
        false,
    ),
    (
        "OT-7",
        "Theatre 7 (day surgery)",
        None,
        &["general-anaesthesia"],
        false,
    ),
    (
        EMERGENCY_THEATRE,
        "Theatre 8 (emergencies)",
        None,
        &["general-anaesthesia", "imaging"],
        true,
    ),
];

const UNITS: [(&str, &str, &str, u16); 9] = [
    ("CA-1", "c-arm", "C-arm 1", 10),
    ("CA-2", "c-arm", "C-arm 2", 10),
    ("CA-3", "c-arm", "C-arm 3", 10),
    ("LT-1", "laparoscopy-tower", "Laparoscopy tower 1", 15),
    ("LT-2", "laparoscopy-tower", "Laparoscopy tower 2", 15),
    ("LT-3", "laparoscopy-tower", "Laparoscopy tower 3", 15),
    ("LT-4", "laparoscopy-tower", "Laparoscopy tower 4", 15),
    ("MS-1", "microscope", "Operating microscope 1", 0),
    ("MS-2", "microscope", "Operating microscope 2", 0),
];

/// Identifiers in this crate are constants and numbers.
macro_rules! id {
    ($type:ident, $text:expr) => {
        $type::parse($text.as_ref()).expect("short, and without control characters")
    };
}
pub(crate) use id;

/// Puts up the building: theatres, units, procedure types; templates, and the sessions of the week.
pub(crate) fn open(base: &Hospital, site: &Site, week: &Week) -> Demo {
    let mut demo = Demo {
        hospital: base.clone(),
        theatres: theatres(base, site),
        staff: Vec::new(),
        units: units(),
        procedure_types: PROCEDURES.iter().map(procedure_type).collect(),
        templates: templates(week),
        sessions: Vec::new(),
        unavailabilities: Vec::new(),
        cases: Vec::new(),
    };
    demo.sessions = demo
        .templates
        .iter()
        .flat_map(|template| sessions(template, week))
        .collect();
    let hospital = &mut demo.hospital;
    hospital
        .theatres
        .extend(keyed(&demo.theatres, |theatre| theatre.id.clone()));
    hospital
        .units
        .extend(keyed(&demo.units, |unit| unit.id.clone()));
    hospital
        .procedure_types
        .extend(keyed(&demo.procedure_types, |each| each.id.clone()));
    demo
}

/// For the hospital's maps.
pub(crate) fn keyed<K: Ord, T: Clone>(things: &[T], key: impl Fn(&T) -> K) -> BTreeMap<K, T> {
    things
        .iter()
        .map(|thing| (key(thing), thing.clone()))
        .collect()
}

fn theatres(base: &Hospital, site: &Site) -> Vec<Theatre> {
    let theatre = |(order, (id, name, _, capabilities, _)): (i32, &TheatreRow)| {
        let id = id!(TheatreId, id);
        let (open_minute, close_minute) = if id.as_str() == EMERGENCY_THEATRE {
            (0, 0)
        } else {
            OPEN
        };
        let opening = Weekday::Monday.cycle_forward().take(7);
        Theatre {
            version: base
                .theatres
                .get(&id)
                .map_or(1, |before| before.version + 1),
            id,
            site: site.id.clone(),
            name: (*name).to_owned(),
            list_order: order,
            state: TheatreState::Open,
            capabilities: capabilities
                .iter()
                .map(|text| id!(Capability, text))
                .collect(),
            turnover_min: 5,
            opening: opening
                .map(|weekday| OpeningRule {
                    weekday,
                    open_minute,
                    close_minute,
                })
                .collect(),
        }
    };
    (1..).zip(&THEATRES).map(theatre).collect()
}

fn units() -> Vec<EquipmentUnit> {
    let unit = |(id, kind, name, reprocess_min): &(&str, &str, &str, u16)| EquipmentUnit {
        id: id!(UnitId, id),
        version: 1,
        kind: id!(EquipmentKind, kind),
        name: (*name).to_owned(),
        reprocess_min: *reprocess_min,
        retired: false,
    };
    UNITS.iter().map(unit).collect()
}

fn procedure_type(procedure: &Procedure) -> ProcedureType {
    let asleep = procedure.anaesthesia == Anaesthesia::General;
    let capabilities = asleep
        .then_some("general-anaesthesia")
        .into_iter()
        .chain(procedure.capability);
    ProcedureType {
        id: id!(ProcedureTypeId, procedure.id),
        version: 1,
        name: procedure.name.to_owned(),
        specialty: Some(id!(Specialty, procedure.specialty)),
        footprint: procedure.footprint(),
        required_capabilities: capabilities.map(|text| id!(Capability, text)).collect(),
        required_kinds: procedure
            .kind
            .iter()
            .map(|kind| id!(EquipmentKind, kind))
            .collect(),
        laterality_required: procedure.sided,
        retired: false,
    }
}

/// Every theatre's list on every day of the week; at weekends few, unless it is now.
fn templates(week: &Week) -> Vec<SessionTemplate> {
    let weekdays: Vec<Weekday> = Weekday::Monday.cycle_forward().take(7).collect();
    let all = THEATRES
        .iter()
        .flat_map(|row| weekdays.iter().map(move |weekday| (row, *weekday)));
    let held = all.filter(|((_, _, _, _, weekends), weekday)| {
        let weekend = matches!(weekday, Weekday::Saturday | Weekday::Sunday);
        !weekend || *weekends || *weekday == week.today.weekday()
    });
    held.map(|((theatre, _, owner, capabilities, _), weekday)| {
        let emergency = *theatre == EMERGENCY_THEATRE;
        let (start_minute, end_minute) = if emergency { (0, 0) } else { SESSION };
        SessionTemplate {
            id: id!(
                TemplateId,
                format!("{theatre}-{}", weekday.to_monday_one_offset())
            ),
            version: 1,
            theatre: id!(TheatreId, theatre),
            owner: match owner {
                _ if emergency => SessionOwner::Emergency,
                Some(specialty) => SessionOwner::Specialty(id!(Specialty, specialty)),
                None => SessionOwner::Open,
            },
            flags: SessionFlags {
                anaesthetist: true,
                general_anaesthesia: capabilities.contains(&"general-anaesthesia"),
                paediatric: false,
            },
            weekday,
            start_minute,
            end_minute,
            recurrence: Recurrence::EveryWeeks(1),
            first_date: week.first,
            last_date: None,
            release_before: (!emergency).then(|| SignedDuration::from_hours(18)),
        }
    })
    .collect()
}

fn sessions(template: &SessionTemplate, week: &Week) -> Vec<Session> {
    let new_id = |date: Date| id!(SessionId, format!("{}-{date}", template.id));
    expand(template, &week.zone, (week.first, week.last), &[], new_id).sessions
}
