//! Temporary: the pages over a lively fake, for looking at.
use std::{collections::BTreeMap, sync::{Arc, Mutex}};
use booking_proto::ot::v1::{*, case::State};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, PreconditionViolation, StatusExt as _};
use super::{*, hospital::{at, midnight}};
use crate::{backend::fake::FakeOt, live::News};

const PROCS: [&str; 10] = ["Total hip replacement", "Laparoscopic cholecystectomy", "Cataract extraction", "Hernia repair", "Appendicectomy", "Carpal tunnel release", "Knee arthroscopy", "Thyroidectomy", "Coronary artery bypass grafting", "Hysteroscopy"];
type Cases = Arc<Mutex<BTreeMap<String, Case>>>;

fn seed(theatres: usize, per: usize) -> BTreeMap<String, Case> {
    let mut cases = BTreeMap::new();
    let now = jiff::Timestamp::now().as_second();
    let mut n = 0usize;
    let mut r = 12345u64;
    let mut rnd = |m: u64| { r = r.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407); (r >> 33) % m };
    for t in 0..theatres {
        let mut start = midnight() + (7 * 60 + 30) * 60;
        for _ in 0..per {
            let proc_min = i32::try_from(if per > 10 { 15 + rnd(4) * 5 } else { 30 + rnd(14) * 5 }).unwrap();
            let d = Durations { setup_min: 10, procedure_min: proc_min, cleanup_min: 10 };
            let len = i64::from(proc_min + 20) * 60;
            let end = start + len;
            n += 1;
            let state = if end < now - 1800 { State::Completed } else if start < now { State::InTheatre } else if rnd(3) == 0 { State::Scheduled } else { State::Confirmed };
            let mut m = Milestones::default();
            let late = i64::try_from(rnd(25)).unwrap() * 60;
            if matches!(state, State::Completed | State::InTheatre) { m.wheels_in = at(start + late); }
            if state == State::Completed { m.wheels_out = at(end - 600 + late); }
            cases.insert(format!("cases/c{n:03}"), Case {
                name: format!("cases/c{n:03}"), state: state.into(), etag: "\"v1\"".into(),
                patient: format!("patients/PT-{}", 1000 + n), procedure: PROCS[usize::try_from(rnd(10)).unwrap()].into(), condition: "Condition".into(),
                laterality: i32::try_from(1 + rnd(3)).unwrap(), urgency: [5,5,5,5,4,3,1][usize::try_from(rnd(7)).unwrap()], anaesthesia: 1,
                decision_time: at(now - 864000), durations: Some(d),
                team: vec![TeamMember { staff: format!("staff/s{}", rnd(5)), role: 1 }, TeamMember { staff: "staff/a1".into(), role: if rnd(9) == 0 { 2 } else { 3 } }],
                plan: Some(Plan { theatre: format!("theatres/OT-{}", t + 1), start_time: at(start), end_time: at(end), session: String::new() }),
                milestones: Some(m), ..Default::default() });
            start = end + i64::try_from(rnd(4)).unwrap() * 300;
        }
    }
    for w in 0..6 { let mut c = super::hospital::case(w, State::Requested); c.name = format!("cases/w{w}"); c.procedure = PROCS[w].into(); cases.insert(c.name.clone(), c); }
    cases
}

fn ot(cases: &Cases, theatres: usize, hub: Arc<crate::live::Hub>) -> FakeOt {
    let base = super::hospital::hospital(0);
    let th = move |i: usize| Theatre { name: format!("theatres/OT-{}", i + 1), display_name: format!("Theatre {}", i + 1), state: 1, list_order: i32::try_from(i).unwrap(), capabilities: vec!["general-anaesthesia".into()], ..Default::default() };
    let c1 = cases.clone(); let c2 = cases.clone(); let c3 = cases.clone(); let c4 = cases.clone(); let c5 = cases.clone();
    base.on("ScheduleService/GetDaySchedule", move |q: GetDayScheduleRequest| {
        let date = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
        let today = q.date.is_empty() || q.date == date;
        let s = midnight();
        let all = c1.lock().unwrap();
        let day = (0..theatres).map(|i| {
            let th = th(i);
            let mine = all.values().filter(|c| today && c.plan.as_ref().is_some_and(|p| p.theatre == th.name));
            let cases = mine.map(|c| { let delay = if c.state() == State::Confirmed && i % 3 == 0 { 25 } else { 0 }; let p = c.plan.as_ref().unwrap(); let sh = |x: &Option<prost_types::Timestamp>| at(x.unwrap().seconds + delay * 60); CaseProjection { case: Some(c.clone()), projected_start_time: sh(&p.start_time), projected_end_time: sh(&p.end_time), delay_min: i32::try_from(delay).unwrap() } }).collect();
            let sess = |a: i64, b: i64, o: session_owner::Owner| Session { name: format!("sessions/s{i}{a}"), theatre: th.name.clone(), start_time: at(s + a * 3600), end_time: at(s + b * 3600), owner: Some(SessionOwner { owner: Some(o) }), state: 1, ..Default::default() };
            TheatreDay { open: vec![TimeRange { start_time: at(s + 27000), end_time: at(s + 18 * 3600) }], closures: if i == 6 { vec![Unavailability { start_time: at(s + 16 * 3600), end_time: at(s + 18 * 3600), reason: "ventilation check".into(), ..Default::default() }] } else { vec![] }, sessions: vec![sess(8, 13, session_owner::Owner::Surgeon(format!("staff/s{}", i % 5))), sess(13, 17, session_owner::Owner::Open(true))], cases, theatre: Some(th) }
        }).collect();
        Ok(DaySchedule { site: "sites/m".into(), time_zone: "UTC".into(), date: if q.date.is_empty() { date } else { q.date }, start_time: at(s), end_time: at(s + 86400), theatres: day, ..Default::default() })
    })
    .on("HospitalService/ListTheatres", move |_: ListTheatresRequest| Ok(ListTheatresResponse { theatres: (0..theatres).map(th).collect(), ..Default::default() }))
    .on("HospitalService/ListStaff", |_: ListStaffRequest| {
        let s = |id: &str, n: &str, r: i32| Staff { name: format!("staff/{id}"), display_name: n.into(), roles: vec![r], ..Default::default() };
        Ok(ListStaffResponse { staff: vec![s("s0", "Mr Lee", 1), s("s1", "Ms Okafor", 1), s("s2", "Dr Brandt", 1), s("s3", "Mr Silva", 1), s("s4", "Ms Haddad", 1), s("a1", "Dr Novak", 3)], ..Default::default() })
    })
    .on("CaseService/ListCases", move |_: ListCasesRequest| Ok(ListCasesResponse { cases: c2.lock().unwrap().values().filter(|c| c.plan.is_none()).cloned().collect(), ..Default::default() }))
    .on("CaseService/GetCase", move |q: GetCaseRequest| c3.lock().unwrap().get(&q.name).cloned().ok_or_else(|| Status::not_found("no such case")))
    .on("CaseService/RescheduleCase", { let hub = hub.clone(); move |q: RescheduleCaseRequest| {
        let mut all = c4.lock().unwrap();
        let plan = q.plan.unwrap(); let start = plan.start_time.unwrap().seconds;
        let case = all.get(&q.name).unwrap().clone(); let d = case.durations.unwrap(); let end = start + i64::from(d.setup_min + d.procedure_min + d.cleanup_min) * 60;
        let hit = all.values().find(|o| o.name != q.name && o.plan.as_ref().is_some_and(|p| p.theatre == plan.theatre && p.start_time.unwrap().seconds < end && start < p.end_time.unwrap().seconds));
        if let Some(hit) = hit {
            let mut e = ErrorDetails::with_error_info("THEATRE_DOUBLE_BOOKED", "otbooking", [] as [(String, String); 0]);
            e.set_precondition_failure(vec![PreconditionViolation::new("R1", &hit.name, "The theatre is taken by another case at that time.")]);
            return Err(Status::with_error_details(Code::FailedPrecondition, "broken", e));
        }
        let mut case = case; case.plan = Some(Plan { end_time: at(end), ..plan }); case.state = State::Scheduled.into(); case.etag = format!("\"v{}\"", start % 1000);
        if !q.validate_only { all.insert(q.name.clone(), case.clone()); hub.tell(News::Changed(q.name)); }
        Ok(case)
    }})
    .on("CaseService/ConfirmCase", move |q: ConfirmCaseRequest| { let mut all = c5.lock().unwrap(); let c = all.get_mut(&q.name).unwrap(); c.state = State::Confirmed.into(); hub.tell(News::Changed(q.name)); Ok(c.clone()) })
    .on("ScheduleService/FindSlots", |_: FindSlotsRequest| {
        let o = |t: &str, h: i64, broken: Vec<BrokenRule>| SlotOffer { plan: Some(Plan { theatre: format!("theatres/{t}"), start_time: at(midnight() + h * 3600 + 86400), end_time: at(midnight() + (h + 1) * 3600 + 86400), session: String::new() }), broken_rules: broken };
        Ok(FindSlotsResponse { offers: vec![o("OT-1", 9, vec![]), o("OT-2", 10, vec![]), o("OT-3", 11, vec![BrokenRule { rule: "R8".into(), description: "The session belongs to Mr Lee until Thursday noon.".into(), ..Default::default() }])] })
    })
    .on("SessionService/ListSessions", |_: ListSessionsRequest| {
        let s = |i: i64, state: i32| Session { name: format!("sessions/x{i}"), theatre: "theatres/OT-1".into(), start_time: at(midnight() + i * 86400 + 28800), end_time: at(midnight() + i * 86400 + 46800), owner: Some(SessionOwner { owner: Some(session_owner::Owner::Specialty("orthopaedics".into())) }), state, release_time: at(midnight() + i * 86400), ..Default::default() };
        Ok(ListSessionsResponse { sessions: vec![s(1, 1), s(2, 2), s(3, 3), s(4, 1)], ..Default::default() })
    })
    .on("ReportService/QueryUtilisation", |_: ReportRequest| { let r = |t: &str, raw: f64| utilisation_report::Row { theatre: t.into(), days: 20, available_min: 9600.0, in_room_min: 9600.0 * raw, raw, adjusted: raw + 0.08, overrun_min: 120.0, early_finish_min: 340.0, ..Default::default() }; Ok(UtilisationReport { rows: vec![r("", 0.78), r("theatres/OT-1", 0.81), r("theatres/OT-2", 0.64), r("theatres/OT-3", 1.04)], definitions: vec![Definition { figure: "Raw utilisation".into(), text: "Minutes with a patient in the room inside the window, divided by available minutes.".into() }], ..Default::default() }) })
    .on("ReportService/QueryOnTimeStarts", |_: ReportRequest| Ok(OnTimeStartsReport { rows: vec![on_time_starts_report::Row { first_cases: 40, on_time_0: 12, on_time_5: 22, on_time_10: 30, on_time_15: 34, mean_delay_min: 7.3, ..Default::default() }], ..Default::default() }))
    .on("ReportService/QueryTurnover", |_: ReportRequest| Ok(TurnoverReport { rows: vec![turnover_report::Row { count: 100, mean_min: 24.0, median_min: 22.0, p90_min: 40.0, max_min: 80.0, ..Default::default() }], ..Default::default() }))
    .on("ReportService/QueryCancellations", |_: ReportRequest| Ok(CancellationsReport { rows: vec![cancellations_report::Row { reason: "reasons/ill".into(), group: 1, cancelled: 7, day_of_surgery: 3, ..Default::default() }], completed: 200, cancelled: 7, cancellation_rate: 0.034, ..Default::default() }))
    .on("ReportService/QueryWaiting", |_: ReportRequest| Ok(WaitingReport { rows: vec![waiting_report::Row { urgency: 5, waiting: 120, past_target: 4, mean_wait_days: 40.0, max_wait_days: 120.0 }], ..Default::default() }))
    .on("AuditService/ListAuditEvents", |_: ListAuditEventsRequest| Ok(ListAuditEventsResponse { audit_events: vec![AuditEvent { sequence: 4711, time: at(midnight() + 3600), method: "ot.v1.CaseService/RescheduleCase".into(), resource: "cases/c001".into(), account: "prod-ot-booking-client-svc@grpc-alts-demo.iam.gserviceaccount.com".into(), transport: "alts".into(), person: "anna".into(), changes: vec![FieldChange { field: "plan.start_time".into(), before: "09:00".into(), after: "09:30".into() }], reason: "Patient unwell".into(), outcome: 1, ..Default::default() }], ..Default::default() }))
}

#[tokio::test]
async fn look() {
    let Ok(port) = std::env::var("OT_SERVE") else { return };
    let theatres: usize = std::env::var("OT_THEATRES").map_or(8, |t| t.parse().unwrap());
    let per: usize = std::env::var("OT_PER").map_or(7, |t| t.parse().unwrap());
    let address: SocketAddr = format!("127.0.0.1:{port}").parse().unwrap();
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let cases: Cases = Arc::new(Mutex::new(seed(theatres, per)));
    let hub = Arc::new(crate::live::Hub::new("dev".into()));
    hub.tell(News::Connected(true));
    let sign_in = SignIn::new(Way::Open, Seal::random().unwrap(), false);
    let mut state = AppState::new(FakeBackend::hospital(ot(&cases, theatres, hub.clone())), [proven().backend], Duration::from_secs(5), HostPolicy::new(address, vec![]), sign_in);
    state.live = hub;
    crate::serve::serve(listener, app(state), std::future::pending(), Duration::from_secs(1)).await;
}
