//! Bookings by many callers at once, for the scenes that race and that kill: a theatre open day and
//! night, a surgeon for every caller, and the call itself.

use std::time::Duration;

use alts::AltsChannel;
use booking_proto::ot::v1::{
    Anaesthesia, Case, CreateCaseRequest, Durations, Laterality, Plan, TeamMember, TeamRole,
    Urgency, case_service_client::CaseServiceClient,
};
use jiff::Timestamp;
use prost_types::Timestamp as Stamp;
use tests::hospital::Hospital;
use tonic::{Request, Status};

/// Where all of them book.
pub(crate) const THEATRE: &str = "theatres/RACE";
/// How long a caller waits for an answer: longer than a server takes to come back.
const PATIENCE: Duration = Duration::from_secs(20);

/// Makes the theatre, and a surgeon for each caller.
pub(crate) async fn furnish(hospital: &Hospital, callers: usize) {
    let theatre = [
        "theatres",
        "create",
        "RACE",
        "--name",
        "Race",
        "--open",
        "mon-sun=00:00-24:00",
    ];
    hospital.text(&theatre).await.expect("the theatre is made");
    for caller in 0..callers {
        let id = format!("RS-{caller}");
        let staff = [
            "staff",
            "create",
            &id,
            "--name",
            &id,
            "--role",
            "primary-surgeon",
        ];
        hospital.text(&staff).await.expect("the surgeon is made");
    }
}

/// A case of a quarter of an hour in slot `slot`, counted from the day after tomorrow.
pub(crate) fn booking(caller: usize, slot: i64) -> CreateCaseRequest {
    let day = 24 * 60 * 60;
    let start = (Timestamp::now().as_second() / day + 2) * day + slot * 15 * 60;
    CreateCaseRequest {
        case: Some(Case {
            patient: format!("patients/RP-{caller}-{slot}"),
            procedure: "A race".to_owned(),
            laterality: Laterality::NotApplicable.into(),
            urgency: Urgency::Elective.into(),
            anaesthesia: Anaesthesia::Local.into(),
            decision_time: Some(Stamp {
                seconds: start - 30 * day,
                nanos: 0,
            }),
            durations: Some(Durations {
                procedure_min: 15,
                ..Durations::default()
            }),
            team: vec![TeamMember {
                staff: format!("staff/RS-{caller}"),
                role: TeamRole::PrimarySurgeon.into(),
            }],
            ..Case::default()
        }),
        plan: Some(Plan {
            theatre: THEATRE.to_owned(),
            start_time: Some(Stamp {
                seconds: start,
                nanos: 0,
            }),
            ..Plan::default()
        }),
        request_id: uuid::Uuid::new_v4().to_string(),
        ..CreateCaseRequest::default()
    }
}

/// Books.
pub(crate) async fn book(channel: AltsChannel, booking: CreateCaseRequest) -> Result<Case, Status> {
    let mut request = Request::new(booking);
    request.set_timeout(PATIENCE);
    let mut cases = CaseServiceClient::new(channel);
    let answer = tokio::time::timeout(PATIENCE, cases.create_case(request)).await;
    answer
        .map_err(|_| Status::deadline_exceeded("no answer"))?
        .map(tonic::Response::into_inner)
}
