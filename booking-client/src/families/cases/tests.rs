//! What is typed about cases, as messages.

use booking_proto::{
    FILE_DESCRIPTOR_SET, fields,
    ot::v1::{
        Anaesthesia, Case, CaseProjection, CreateCaseRequest, Laterality, Milestones, Plan,
        TeamRole, Urgency, case::State,
    },
};
use clap::Parser;
use jiff::tz::TimeZone;
use prost::{Message as _, Name as _};
use prost_reflect::{DescriptorPool, DynamicMessage};
use theatre_log::stamp;

use super::{Cases, fields::OTHERS, shown::CASE};
use crate::printing::details;
use crate::reading::{SiteTime, UsageError, timestamp};

#[derive(Debug, Parser)]
struct Typed {
    #[command(subcommand)]
    cases: Cases,
}

fn site() -> SiteTime {
    SiteTime {
        zone: TimeZone::get("Europe/London").unwrap(),
        now: "2026-07-01T06:10:40Z".parse().unwrap(),
    }
}

fn typed(arguments: &[&str]) -> Cases {
    let argv = ["cases"].iter().chain(arguments);
    let typed = Typed::try_parse_from(argv).unwrap_or_else(|error| panic!("{error}"));
    typed.cases
}

fn created(arguments: &[&str]) -> Result<CreateCaseRequest, UsageError> {
    let all = [
        &["create", "--patient", "PT 1", "--procedure", "Hip"],
        arguments,
    ]
    .concat();
    let Cases::Create(args) = typed(&all) else {
        panic!("creates")
    };
    args.into_request(&site())
}

#[test]
fn a_new_case_is_elective_and_general_and_decided_now_unless_told() {
    let request = created(&[
        "--duration",
        "90",
        "--surgeon",
        "DC-1",
        "--scrub",
        "N-1",
        "--scrub",
        "N-2",
    ])
    .unwrap();
    let case = request.case.unwrap();
    assert_eq!(case.patient, "patients/PT%201");
    assert_eq!(case.urgency(), Urgency::Elective);
    assert_eq!(case.anaesthesia(), Anaesthesia::General);
    assert_eq!(
        case.decision_time,
        Some(stamp("2026-07-01T06:10:00Z".parse().unwrap()))
    );
    assert_eq!(case.durations.unwrap().procedure_min, 90);
    let team: Vec<_> = case
        .team
        .iter()
        .map(|m| (m.staff.as_str(), m.role()))
        .collect();
    assert_eq!(
        team,
        [
            ("staff/DC-1", TeamRole::PrimarySurgeon),
            ("staff/N-1", TeamRole::ScrubNurse),
            ("staff/N-2", TeamRole::ScrubNurse)
        ]
    );
    assert_eq!(request.plan, None);
}

#[test]
fn a_case_that_is_planned_at_once_starts_in_the_sites_civil_time() {
    let request = created(&[
        "--type",
        "hip",
        "--theatre",
        "OT-1",
        "--start",
        "08:30",
        "--override",
        "R8=agreed",
        "--side",
        "left",
    ])
    .unwrap();
    let plan = request.plan.unwrap();
    assert_eq!(plan.theatre, "theatres/OT-1");
    assert_eq!(
        plan.start_time,
        Some(stamp("2026-07-01T07:30:00Z".parse().unwrap()))
    );
    assert_eq!(request.overrides[0].rule, "R8");
    let case = request.case.unwrap();
    assert_eq!(
        (case.durations, case.laterality()),
        (None, Laterality::Left)
    );
    let gap = created(&[
        "--type",
        "hip",
        "--theatre",
        "OT-1",
        "--start",
        "2026-03-29 01:30",
    ]);
    assert!(
        gap.unwrap_err().to_string().contains("does not exist"),
        "the clocks go forward"
    );
}

#[test]
fn how_long_it_takes_must_be_known() {
    let unknown = created(&[]).unwrap_err().to_string();
    assert!(unknown.contains("--duration"), "{unknown}");
}

#[test]
fn an_update_names_exactly_what_was_typed() {
    let Cases::Update(args) = typed(&[
        "update",
        "7",
        "--setup",
        "10",
        "--notes",
        "",
        "--urgency",
        "expedited",
        "--etag",
        "v3",
    ]) else {
        panic!("updates")
    };
    let request = args.into_request(&site()).unwrap();
    let mut paths = request.update_mask.unwrap().paths;
    paths.sort();
    assert_eq!(paths, ["durations.setup_min", "notes", "urgency"]);
    let case = request.case.unwrap();
    assert_eq!((case.name.as_str(), case.etag.as_str()), ("cases/7", "v3"));
    assert_eq!(case.durations.unwrap().setup_min, 10);
    let Cases::Update(nothing) = typed(&["update", "7"]) else {
        panic!("updates")
    };
    assert!(nothing.into_request(&site()).is_err());
}

#[test]
fn a_correction_keeps_what_is_not_named_and_refers_to_what_was_read() {
    let at = |text: &str| Some(stamp(text.parse().unwrap()));
    let case = Case {
        name: "cases/7".to_owned(),
        etag: "v9".to_owned(),
        milestones: Some(Milestones {
            wheels_in: at("2026-07-01T07:00:00Z"),
            closed: at("2026-07-01T08:00:00Z"),
            ..Milestones::default()
        }),
        ..Case::default()
    };
    let Cases::Correct(args) = typed(&[
        "correct",
        "7",
        "--reason",
        "typo",
        "--set",
        "wheels-in=08:05",
        "--set",
        "closed=",
    ]) else {
        panic!("corrects")
    };
    let request = args.into_request(case, &site()).unwrap();
    assert_eq!(request.etag, "v9");
    let milestones = request.milestones.unwrap();
    assert_eq!(milestones.wheels_in, at("2026-07-01T07:05:00Z"));
    assert_eq!(milestones.closed, None);
}

#[test]
fn a_pushed_list_moves_only_what_is_still_to_come() {
    let projected = |name: &str, state: State, start: &str| CaseProjection {
        case: Some(Case {
            name: name.to_owned(),
            etag: "v1".to_owned(),
            state: state.into(),
            plan: Some(Plan {
                theatre: "theatres/OT-1".to_owned(),
                start_time: Some(stamp(start.parse().unwrap())),
                ..Plan::default()
            }),
            ..Case::default()
        }),
        ..CaseProjection::default()
    };
    let day = [
        projected("cases/1", State::Completed, "2026-07-01T09:00:00Z"),
        projected("cases/2", State::InTheatre, "2026-07-01T10:00:00Z"),
        projected("cases/3", State::Confirmed, "2026-07-01T10:30:00Z"),
        projected("cases/4", State::Scheduled, "2026-07-01T12:00:00Z"),
        projected("cases/5", State::Scheduled, "2026-07-01T08:00:00Z"),
    ];
    let Cases::Push(args) = typed(&[
        "push",
        "--theatre",
        "OT-1",
        "--by",
        "-20",
        "--from",
        "11:00",
        "--reason",
        "X",
    ]) else {
        panic!("pushes")
    };
    let from = args.from.resolve(&site()).unwrap();
    let moves = args.into_request(from, day).unwrap().moves;
    let moved: Vec<_> = moves
        .iter()
        .map(|m| {
            (
                m.name.as_str(),
                timestamp(m.plan.as_ref().unwrap().start_time.unwrap())
                    .unwrap()
                    .to_string(),
            )
        })
        .collect();
    assert_eq!(
        moved,
        [
            ("cases/3", "2026-07-01T10:10:00Z".to_owned()),
            ("cases/4", "2026-07-01T11:40:00Z".to_owned())
        ]
    );
    assert!(moves.iter().all(|m| m.etag == "v1"));
}

/// Everything that can be typed of a case.
const ALL: [&str; 34] = [
    "--procedure",
    "Hip",
    "--type",
    "hip",
    "--condition",
    "Pain",
    "--side",
    "left",
    "--urgency",
    "expedited",
    "--anaesthesia",
    "regional",
    "--decided",
    "2026-06-01T09:00",
    "--target",
    "2026-08-01T09:00",
    "--setup",
    "5",
    "--duration",
    "80",
    "--cleanup",
    "10",
    "--surgeon",
    "DC-1",
    "--equipment",
    "ARM",
    "--requires",
    "imaging",
    "--specialty",
    "orthopaedics",
    "--notes",
    "Latex",
    "--blood",
    "2",
];

#[test]
fn every_field_of_a_case_can_be_typed_and_is_shown() {
    let Cases::Update(args) = typed(&[&["update", "C-1"], &ALL[..]].concat()) else {
        panic!("updates")
    };
    let request = args.into_request(&site()).unwrap();
    let (case, mask) = (request.case.unwrap(), request.update_mask.unwrap());
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
    let described = pool.get_message_by_name("ot.v1.Case").unwrap();
    for field in fields::of(Case::NAME).updatable() {
        let name = &field.name;
        let is_of = |path: &String| path.split('.').next() == Some(name);
        assert!(mask.paths.iter().any(is_of), "no argument is {name}");
        let mut without =
            DynamicMessage::decode(described.clone(), &*case.encode_to_vec()).unwrap();
        without.clear_field_by_name(name);
        let without: Case = without.transcode_to().unwrap();
        let shown = |case: &Case| details(&[CASE, OTHERS].concat(), case, &site());
        assert_ne!(shown(&case), shown(&without), "{name} is not shown");
    }
}
