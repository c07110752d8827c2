//! Lists, days and reports: what the domain says must be found is what is found.

use booking_domain::{
    Case, CaseCondition, CaseOrder, CaseOrderKey, CaseQuery, CaseState, Milestones, StaffId,
    TeamRole, Urgency,
    report::{ReportRow, RowCancellation},
    testing,
};
use booking_store::{Scope, Store};
use jiff::{SignedDuration, Timestamp};
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::ground::{Ground, insert};

const CASES: usize = 120;
const QUERIES: usize = 150;

/// The same sequence of values in every run, so that a failure can be looked at again.
fn runner() -> TestRunner {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(Config::default(), rng)
}

/// Instants that often meet.
fn instant() -> impl Strategy<Value = Timestamp> {
    let base = testing::at("2026-05-28T00:00");
    (0_i64..12).prop_map(move |hours| base + SignedDuration::from_hours(hours * 11))
}

fn text() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "Hernia",
        "HERNIA ÖDEM",
        "hip 50% off",
        "under_score",
        "wow!",
        "it's",
        "",
        "ß",
    ])
    .prop_map(str::to_owned)
}

fn any_case() -> impl Strategy<Value = Case> {
    let states = prop::sample::select(CaseState::ALL.to_vec());
    let urgencies = prop::sample::select(vec![
        Urgency::Immediate,
        Urgency::Urgent2a,
        Urgency::Elective,
    ]);
    let places = (
        prop::sample::select(vec!["OT-1", "OT-2", "OT-3"]),
        instant(),
    );
    let staff = prop::sample::select(vec!["DC-1", "DC-2", "DC-4"]);
    let who = (staff, 0_u8..9);
    (
        states,
        urgencies,
        places,
        who,
        (text(), text()),
        (
            instant(),
            prop::option::of(instant()),
            prop::option::of(instant()),
        ),
    )
        .prop_map(
            |(
                state,
                urgency,
                (theatre, start),
                (staff, patient),
                texts,
                (decided, target, wheels_in),
            )| {
                let planned = !state.is_waiting() && (state != CaseState::Cancelled || patient > 2);
                Case {
                    state,
                    plan: planned.then(|| booking_domain::Plan {
                        theatre: testing::theatre_id(theatre),
                        start,
                        session: None,
                    }),
                    milestones: Milestones {
                        wheels_in: wheels_in.filter(|_| planned),
                        ..Milestones::default()
                    },
                    cancellation: (state == CaseState::Cancelled).then(|| {
                        booking_domain::Cancellation {
                            reason: testing::reason_code("PATIENT_UNFIT"),
                            note: String::new(),
                            at: decided,
                            day_of_surgery: patient == 0,
                            aborted: false,
                        }
                    }),
                    ..testing::with(testing::requested("to be named"), |details| {
                        details.urgency = urgency;
                        details.patient = testing::patient_id(&format!("PT-{patient}"));
                        details.team = vec![testing::member(staff, TeamRole::PrimarySurgeon)];
                        details.procedure_type =
                            (patient != 1).then(|| testing::procedure_type_id("hernia"));
                        details.procedure = texts.0;
                        details.condition = texts.1;
                        details.decided_at = decided;
                        details.target_at = target;
                        details.specialty =
                            (patient % 2 == 0).then(|| testing::specialty("general"));
                    })
                }
            },
        )
}

/// Cases without what they would hold: here they may lie where they like.
async fn fill(store: &Store) -> Vec<Case> {
    let mut runner = runner();
    let cases: Vec<_> = (0..CASES)
        .map(|number| Case {
            id: testing::case_id(&format!("c{number:03}")),
            ..any_case().new_tree(&mut runner).unwrap().current()
        })
        .collect();
    store
        .write(cases.clone(), |cases, tx| {
            Box::pin(async move {
                for case in cases {
                    tx.insert_case(case, &[]).await?;
                }
                Ok::<_, booking_store::StoreError>(())
            })
        })
        .await
        .unwrap();
    cases
}

fn condition() -> impl Strategy<Value = CaseCondition> {
    let theatre =
        || prop::sample::select(vec!["OT-1", "OT-2", "OT-9"]).prop_map(testing::theatre_id);
    prop_oneof![
        prop::collection::vec(prop::sample::select(CaseState::ALL.to_vec()), 0..4)
            .prop_map(CaseCondition::StateIn),
        prop::collection::vec(theatre(), 0..3).prop_map(CaseCondition::TheatreIn),
        (0_u8..9).prop_map(|n| CaseCondition::PatientIs(testing::patient_id(&format!("PT-{n}")))),
        prop::sample::select(vec!["DC-1", "DC-4", "NU-1"])
            .prop_map(|id| CaseCondition::StaffIs(StaffId::parse(id).unwrap())),
        prop::collection::vec(
            prop::sample::select(vec![
                Urgency::Immediate,
                Urgency::Urgent2b,
                Urgency::Elective
            ]),
            0..3
        )
        .prop_map(CaseCondition::UrgencyIn),
        Just(CaseCondition::SpecialtyIs(testing::specialty("general"))),
        Just(CaseCondition::SessionIs(testing::session_id("S-1"))),
        instant().prop_map(CaseCondition::StartFrom),
        instant().prop_map(CaseCondition::StartBefore),
        Just(CaseCondition::StartBefore(Timestamp::MAX)),
        instant().prop_map(CaseCondition::DecidedFrom),
        instant().prop_map(CaseCondition::DecidedBefore),
        instant().prop_map(CaseCondition::TargetFrom),
        instant().prop_map(CaseCondition::TargetBefore),
        any::<bool>().prop_map(CaseCondition::Waiting),
        prop::sample::select(vec!["hernia", "ödem", "%", "_", "!", "'", "SS", ""])
            .prop_map(|text| CaseCondition::TextContains(text.to_owned())),
    ]
}

fn any_query() -> impl Strategy<Value = CaseQuery> {
    let keys = vec![
        CaseOrderKey::Start,
        CaseOrderKey::Decided,
        CaseOrderKey::Waiting,
    ];
    (
        prop::collection::vec(condition(), 0..3),
        prop::sample::select(keys),
        any::<bool>(),
        prop::sample::select(vec![0_u32, 1, 7, 1_000]),
    )
        .prop_map(|(conditions, key, descending, limit)| CaseQuery {
            conditions,
            order: CaseOrder { key, descending },
            after: None,
            limit,
        })
}

pub(crate) async fn every_page_of_every_query_is_what_the_domain_says(ground: Ground) {
    let store = ground.hospital().await;
    let cases = fill(&store).await;
    let mut runner = runner();
    let (mut pages, mut found) = (0, 0);
    for _ in 0..QUERIES {
        let mut query = any_query().new_tree(&mut runner).unwrap().current();
        loop {
            let expected = testing::page(&query, &cases);
            let mut read = store.read().await.unwrap();
            let page = read.cases(&query).await.unwrap();
            let ids = |page: &[&Case]| {
                page.iter()
                    .map(|case| case.id.as_str().to_owned())
                    .collect::<Vec<_>>()
            };
            let page: Vec<&Case> = page.iter().collect();
            assert_eq!(ids(&page), ids(&expected), "{query:?}");
            pages += 1;
            found += page.len();
            match page.last() {
                Some(last) => query.after = Some(query.order.cursor(last)),
                None => break,
            }
        }
    }
    assert!(
        pages > QUERIES && found > CASES,
        "{found} cases on {pages} pages prove little"
    );
}

pub(crate) async fn a_day_holds_every_case_whose_footprint_reaches_into_it(ground: Ground) {
    let store = ground.hospital().await;
    let alone = |id: &str, theatre: &str, start: &str| {
        testing::with(testing::scheduled(id, theatre, start), |details| {
            details.team = Vec::new();
        })
    };
    let long = testing::with(
        alone("a day long", "OT-3", "2026-06-01T00:00:00.000001Z"),
        |details| {
            details.footprint = testing::footprint(0, 24 * 60, 0);
        },
    );
    insert(
        &store,
        vec![
            alone("ends as it begins", "OT-1", "2026-06-01T22:30"),
            alone("reaches in", "OT-2", "2026-06-01T22:31"),
            long,
            alone("inside", "OT-2", "2026-06-02T12:00"),
            alone("last", "OT-2", "2026-06-02T23:59"),
            alone("begins as it ends", "OT-2", "2026-06-03T02:00"),
            testing::requested("waiting"),
        ],
    )
    .await
    .unwrap();
    let day = testing::range("2026-06-02T00:00", "2026-06-03T00:00");
    let ask = async |scope: Scope| {
        let mut read = store.read().await.unwrap();
        let cases = read.day(&scope, day).await.unwrap();
        cases
            .iter()
            .map(|case| case.id.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    let all = ["reaches in", "inside", "last", "a day long"];
    assert_eq!(ask(Scope::All).await, all);
    let both = ["OT-2", "OT-3"].map(testing::theatre_id).to_vec();
    assert_eq!(ask(Scope::These(both)).await, all);
    assert_eq!(
        ask(Scope::These(vec![testing::theatre_id("OT-3")])).await,
        ["a day long"]
    );
    assert!(ask(Scope::These(Vec::new())).await.is_empty());
}

/// What a report must be told of a case.
fn report_row(case: &Case) -> ReportRow {
    let plan = case.plan.as_ref();
    let procedure_type = case
        .details
        .procedure_type
        .as_ref()
        .map(|id| id.as_str().to_owned());
    ReportRow {
        theatre: plan.map(|plan| plan.theatre.clone()),
        planned_start: plan.map(|plan| plan.start),
        footprint: case.details.footprint,
        milestones: case.milestones,
        state: case.state,
        cancellation: case.cancellation.as_ref().map(|off| RowCancellation {
            reason: off.reason.clone(),
            at: off.at,
            day_of_surgery: off.day_of_surgery,
            aborted: off.aborted,
        }),
        postponements: case.postponements,
        urgency: case.details.urgency,
        decided_at: case.details.decided_at,
        target_at: case.details.target_at,
        procedure: procedure_type.unwrap_or_else(|| case.details.procedure.clone()),
        imported: case.import_key.is_some(),
    }
}

/// In an order that both sides can be brought into.
fn sorted(rows: impl IntoIterator<Item = ReportRow>) -> Vec<String> {
    let mut rows: Vec<_> = rows.into_iter().map(|row| format!("{row:?}")).collect();
    rows.sort();
    rows
}

pub(crate) async fn reports_get_the_rows_of_their_period_and_of_no_other(ground: Ground) {
    let store = ground.hospital().await;
    let cases = fill(&store).await;
    let period = testing::range("2026-05-29T00:00", "2026-05-31T00:00");
    let inside = |at: Timestamp| period.start() <= at && at < period.end();
    let is_in = |case: &&Case| {
        let off = case.cancellation.as_ref().map(|off| off.at);
        let instants = [
            case.plan.as_ref().map(|plan| plan.start),
            case.milestones.wheels_in,
            off,
        ];
        instants.into_iter().flatten().any(inside)
    };
    let theatre = testing::theatre_id("OT-2");
    let is_here = |case: &&Case| {
        case.plan
            .as_ref()
            .is_some_and(|plan| plan.theatre == theatre)
    };

    let mut read = store.read().await.unwrap();
    let all = read.report_rows(&Scope::All, period).await.unwrap();
    let expected = cases.iter().filter(is_in).map(report_row);
    assert_eq!(sorted(all.clone()), sorted(expected));
    let some = read
        .report_rows(&Scope::These(vec![theatre.clone()]), period)
        .await
        .unwrap();
    let expected = cases.iter().filter(is_in).filter(is_here).map(report_row);
    assert_eq!(sorted(some.clone()), sorted(expected));
    assert!(!some.is_empty() && some.len() < all.len() && all.len() < cases.len());

    let waiting = read.waiting_rows().await.unwrap();
    let expected = cases
        .iter()
        .filter(|case| case.state.is_waiting())
        .map(report_row);
    assert_eq!(sorted(waiting), sorted(expected));
}
