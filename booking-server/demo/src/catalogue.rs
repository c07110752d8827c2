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

/// Identifiers in this crate are constants and numbers.
macro_rules! id {
    ($type:ident, $text:expr) => {
        $type::parse($text.as_ref()).expect("short, and without control characters")
    };
}
pub(crate) use id;

/// Sessions of the day theatres, minutes after midnight.
const SESSION: (u16, u16) = (8 * 60, 18 * 60);
/// The day theatres themselves are open a little longer.
const OPEN: (u16, u16) = (7 * 60 + 30, 19 * 60);

/// The theatre for emergencies, open day and night.
pub(crate) const EMERGENCY_THEATRE: &str = "OT-8";

/// A theatre: what people add to its number, whose it is (nobody's: open to all), what it can do, on
/// weekends too.
type TheatreRow = (
    &'static str,
    Option<&'static str>,
    &'static [&'static str],
    bool,
);

const ASLEEP: &str = "general-anaesthesia";
const BONES: [&str; 3] = [ASLEEP, "imaging", "laminar-flow"];

/// `OT-1` to `OT-8`.
const THEATRES: [TheatreRow; 8] = [
    ("", Some(GENERAL), &[ASLEEP], true),
    ("", Some(ORTHOPAEDICS), &BONES, false),
    (" (eyes)", Some(EYES), &["microscope"], false),
    ("", Some(ORTHOPAEDICS), &BONES, true),
    ("", Some(UROLOGY), &[ASLEEP, "imaging"], false),
    ("", Some(GYNAECOLOGY), &[ASLEEP], false),
    (" (day surgery)", None, &[ASLEEP], false),
    (" (emergencies)", None, &[ASLEEP, "imaging"], true),
];

/// The theatres with their places among them, from 1.
fn theatre_rows() -> impl Iterator<Item = (i32, TheatreId, &'static TheatreRow)> {
    let numbered = (1..).zip(&THEATRES);
    numbered.map(|(number, row)| (number, id!(TheatreId, format!("OT-{number}")), row))
}

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

/// Puts up the building: theatres, units, procedure types; templates, and the sessions of the week.
pub(crate) fn open(base: &Hospital, site: &Site, week: &Week) -> Demo {
    let mut demo = Demo {
        hospital: base.clone(),
        theatres: theatres(base, site),
        units: units(),
        procedure_types: PROCEDURES.iter().map(procedure_type).collect(),
        templates: templates(week),
        ..Demo::default()
    };
    let templates = demo.templates.iter();
    demo.sessions = templates.flat_map(|it| sessions(it, week)).collect();
    let (theatres, units, types) = (&demo.theatres, &demo.units, &demo.procedure_types);
    let hospital = &mut demo.hospital;
    hospital
        .theatres
        .extend(keyed(theatres, |it| it.id.clone()));
    hospital.units.extend(keyed(units, |it| it.id.clone()));
    hospital
        .procedure_types
        .extend(keyed(types, |it| it.id.clone()));
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
    let theatre = |(number, id, (added, _, capabilities, _)): (i32, TheatreId, &TheatreRow)| {
        let emergency = id.as_str() == EMERGENCY_THEATRE;
        let (open_minute, close_minute) = if emergency { (0, 0) } else { OPEN };
        let rule = |weekday| OpeningRule {
            weekday,
            open_minute,
            close_minute,
        };
        Theatre {
            version: base.theatres.get(&id).map_or(1, |it| it.version + 1),
            id,
            site: site.id.clone(),
            name: format!("Theatre {number}{added}"),
            list_order: number,
            state: TheatreState::Open,
            capabilities: capabilities.iter().map(|it| id!(Capability, it)).collect(),
            turnover_min: 5,
            opening: Weekday::Monday.cycle_forward().take(7).map(rule).collect(),
        }
    };
    theatre_rows().map(theatre).collect()
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
        .then_some(ASLEEP)
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
    let weekdays = || Weekday::Monday.cycle_forward().take(7);
    let all = theatre_rows().flat_map(|row| weekdays().map(move |weekday| (row.clone(), weekday)));
    let held = all.filter(|((_, _, (_, _, _, weekends)), weekday)| {
        let weekend = matches!(weekday, Weekday::Saturday | Weekday::Sunday);
        !weekend || *weekends || *weekday == week.today.weekday()
    });
    held.map(|((_, theatre, (_, owner, capabilities, _)), weekday)| {
        let emergency = theatre.as_str() == EMERGENCY_THEATRE;
        let (start_minute, end_minute) = if emergency { (0, 0) } else { SESSION };
        let day = weekday.to_monday_one_offset();
        SessionTemplate {
            id: id!(TemplateId, format!("{theatre}-{day}")),
            version: 1,
            theatre,
            owner: match owner {
                _ if emergency => SessionOwner::Emergency,
                Some(specialty) => SessionOwner::Specialty(id!(Specialty, specialty)),
                None => SessionOwner::Open,
            },
            flags: SessionFlags {
                anaesthetist: true,
                general_anaesthesia: capabilities.contains(&ASLEEP),
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
