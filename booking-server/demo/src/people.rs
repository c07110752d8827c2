//! Who works in the demo hospital, and who is away this week.

use booking_domain::{
    Hospital, Specialty, Staff, StaffId, Subject, TeamRole, TheatreId, TimeRange, Unavailability,
    UnavailabilityId, civil_range,
};
use jiff::civil::Date;

use crate::{
    addition::Demo,
    catalogue::{id, keyed},
    chance::Chance,
    specialties::{EYES, GENERAL, GYNAECOLOGY, ORTHOPAEDICS, UROLOGY},
    week::Week,
};

/// Invented; any likeness is chance.
const SURGEONS: [(&str, &str, &str); 19] = [
    ("DC-3904", "Demo surgeon, general", GENERAL),
    ("DC-5101", "Ms A. Okonjo", GENERAL),
    ("DC-5102", "Mr B. Halloran", GENERAL),
    ("DC-5103", "Ms C. Lindqvist", GENERAL),
    ("DC-2217", "Demo surgeon, orthopaedic", ORTHOPAEDICS),
    ("DC-5201", "Mr D. Achterberg", ORTHOPAEDICS),
    ("DC-5202", "Ms E. Varga", ORTHOPAEDICS),
    ("DC-5203", "Mr F. Nakagawa", ORTHOPAEDICS),
    ("DC-5204", "Ms G. Castellano", ORTHOPAEDICS),
    ("DC-4410", "Demo surgeon, eyes", EYES),
    ("DC-5301", "Ms H. Marchetti", EYES),
    ("DC-5302", "Mr I. Sørensen", EYES),
    ("DC-5401", "Mr J. Abernathy", UROLOGY),
    ("DC-5402", "Ms K. Petrenko", UROLOGY),
    ("DC-5403", "Mr L. Delacroix", UROLOGY),
    ("DC-5501", "Ms M. Yilmaz", GYNAECOLOGY),
    ("DC-5502", "Ms N. Fitzwilliam", GYNAECOLOGY),
    ("DC-5503", "Mr O. Bergström", GYNAECOLOGY),
    ("DC-5504", "Ms P. Adeyemi", GYNAECOLOGY),
];

const ANAESTHETISTS: [(&str, &str); 11] = [
    ("DC-1180", "Demo anaesthetist"),
    ("DC-1195", "Demo anaesthetist, second"),
    ("DC-6001", "Dr Q. Ferreira"),
    ("DC-6002", "Dr R. Kowalczyk"),
    ("DC-6003", "Dr S. Banerjee"),
    ("DC-6004", "Dr T. Mwangi"),
    ("DC-6005", "Dr U. Halvorsen"),
    ("DC-6006", "Dr V. Rousseau"),
    ("DC-6007", "Dr W. Zielinski"),
    ("DC-6008", "Dr X. Papadakis"),
    ("DC-6009", "Dr Y. O'Donnell"),
];

/// How many nurses there are; each theatre needs two at a time.
const NURSES: u16 = 22;

/// Takes everybody on, and gives some of them leave.
pub(crate) fn take_on(demo: &mut Demo, base: &Hospital, week: &Week, number: u64) {
    let surgical = vec![TeamRole::PrimarySurgeon, TeamRole::AssistantSurgeon];
    let surgeons = SURGEONS.iter().map(|(id, name, specialty)| {
        let specialty = Some(id!(Specialty, specialty));
        staff(base, id, name, surgical.clone(), specialty)
    });
    let anaesthetists = ANAESTHETISTS
        .iter()
        .map(|(id, name)| staff(base, id, name, vec![TeamRole::Anaesthetist], None));
    let roles = vec![TeamRole::ScrubNurse, TeamRole::CirculatingNurse];
    let nurses = (1..=NURSES).map(|number| {
        let (id, name) = (format!("NU-{}", 700 + number), format!("Nurse {number}"));
        staff(base, &id, &name, roles.clone(), None)
    });
    demo.staff = surgeons.chain(anaesthetists).chain(nurses).collect();
    let all = keyed(&demo.staff, |person| person.id.clone());
    demo.hospital.staff.extend(all);
    leave(demo, week, &mut Chance::of(number, "leave"));
}

fn staff(
    base: &Hospital,
    id: &str,
    name: &str,
    roles: Vec<TeamRole>,
    specialty: Option<Specialty>,
) -> Staff {
    let id = id!(StaffId, id);
    Staff {
        version: base.staff.get(&id).map_or(1, |before| before.version + 1),
        id,
        name: name.to_owned(),
        roles,
        specialty,
        retired: false,
        placeholder: false,
    }
}

/// Somebody is always away, and a theatre has its filters changed the day after tomorrow.
fn leave(demo: &mut Demo, week: &Week, chance: &mut Chance) {
    let mut away = |subject, range: Option<TimeRange>, reason: &str| {
        let number = demo.unavailabilities.len() + 1;
        demo.unavailabilities
            .extend(range.map(|range| Unavailability {
                id: id!(UnavailabilityId, format!("demo-{number}")),
                version: 1,
                subject,
                range,
                reason: reason.to_owned(),
            }));
    };
    let range = |first: Date, last: Date| {
        let from = civil_range(&week.zone, first, 0, 0)?.start();
        TimeRange::new(from, civil_range(&week.zone, last, 0, 0)?.end()).ok()
    };
    // Of each specialty but the smallest teams, one is on leave all week.
    for id in ["DC-5203", "DC-5504", "DC-6009"] {
        away(
            Subject::Staff(id!(StaffId, id)),
            range(week.first, week.last),
            "Annual leave",
        );
    }
    for day in week.days() {
        let nurse = format!("NU-{}", 720 + chance.between(1, 2));
        away(Subject::Staff(id!(StaffId, nurse)), range(day, day), "Sick");
    }
    let filters = week.today.tomorrow().and_then(Date::tomorrow).ok();
    let filters = filters.and_then(|day| civil_range(&week.zone, day, 13 * 60, 19 * 60));
    away(
        Subject::Theatre(id!(TheatreId, "OT-6")),
        filters,
        "Change of air filters",
    );
}
