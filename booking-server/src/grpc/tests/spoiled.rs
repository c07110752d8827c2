//! Bad input: every field of every request, spoiled in every way a wire allows, on its own and in
//! an otherwise good request. The answer is a precise refusal, never `INTERNAL` and never a panic.

use booking_proto::{FILE_DESCRIPTOR_SET, ot::v1};
use prost::{Message as _, bytes::Bytes};
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor,
    ReflectMessage as _, Value,
};
use tonic::{
    Code, Request, Status,
    codec::{BufferSettings, Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
};
use tonic_types::StatusExt as _;

use super::{
    cases::{draft, plan},
    world::{FRONT_END, Wire, World},
};

/// How deep messages in messages are spoiled: in a good request, and in an empty one, most of which
/// is refused before anything is made of it.
const DEPTH: usize = 3;
const DEPTH_IN_EMPTY: usize = 1;

/// Sends bytes as they are, and takes any reply.
#[derive(Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = ();
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        prost::bytes::BufMut::put(buffer, item);
        Ok(())
    }

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::default()
    }
}

impl Decoder for Raw {
    type Item = ();
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<()>, Status> {
        let rest = prost::bytes::Buf::remaining(buffer);
        prost::bytes::Buf::advance(buffer, rest);
        Ok(Some(()))
    }
}

/// Somebody who may do everything, calling methods by name with any bytes.
struct Caller(tonic::client::Grpc<Wire>);

impl Caller {
    async fn new(world: &World) -> Self {
        Self(tonic::client::Grpc::new(world.wire(FRONT_END, None).await))
    }

    async fn call(&mut self, method: &MethodDescriptor, request: Bytes) -> Result<(), Status> {
        self.0.ready().await.unwrap();
        let service = method.parent_service().full_name();
        let path = format!("/{service}/{}", method.name()).parse().unwrap();
        let answer = self
            .0
            .server_streaming(Request::new(request), path, Raw)
            .await?;
        if method.name() == "WatchSchedule" {
            return Ok(());
        }
        answer.into_inner().message().await.map(drop)
    }
}

fn pool() -> DescriptorPool {
    DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap()
}

fn methods(pool: &DescriptorPool) -> Vec<MethodDescriptor> {
    let services = pool
        .services()
        .filter(|service| service.full_name().starts_with("ot.v1."));
    services
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .collect()
}

/// What a field of this kind must be able to take without harm.
fn bad_values(field: &FieldDescriptor) -> Vec<Value> {
    let long = "x".repeat(20_000);
    match field.kind() {
        Kind::String => [
            "",
            " ",
            "\u{0}",
            "a\nb",
            "é",
            "%",
            "%zz",
            "cases/",
            "cases/%FF",
            "cases/no-such",
            "theatres/no-such",
            "theatres/OT-1/x",
            "staff/no-such",
            "patients/..%2F",
            "reasons/NO_SUCH",
            "sessions/no-such",
            "no-such/no-such",
            "\"v0\"",
            "\"v999\"",
            "v1",
            "*",
            "AAAA",
            "2024-02-30",
            "2024-06-21",
            "-999999-01-01",
            "state = ",
            "state = NO",
            "start_time > \"never\"",
            "a = b OR c = d",
            "🔪",
            "'; drop table surgical_case; --",
            "6f0a7f62-5d2c-4a3b-9c8d-0123456789ab",
            &long,
        ]
        .into_iter()
        .map(|text| Value::String(text.to_owned()))
        .collect(),
        Kind::Int32 => [i32::MIN, -1, 0, 1, 1440, 1441, 10_000, i32::MAX]
            .map(Value::I32)
            .into(),
        Kind::Int64 => [i64::MIN, -1, 0, i64::MAX].map(Value::I64).into(),
        Kind::Bool => [true, false].map(Value::Bool).into(),
        Kind::Double => [f64::NAN, f64::INFINITY, -1.0].map(Value::F64).into(),
        Kind::Enum(_) => [-1, 0, 1, 99, i32::MAX].map(Value::EnumNumber).into(),
        Kind::Bytes => vec![
            Value::Bytes(Bytes::new()),
            Value::Bytes(vec![0; 10_000].into()),
        ],
        Kind::Message(message) => match message.full_name() {
            "google.protobuf.Timestamp" => [
                (i64::MIN, 0),
                (i64::MAX, 0),
                (0, -1),
                (0, i32::MAX),
                (0, 1),
                (1_718_956_800, 0),
                (1_718_956_801, 0),
                (253_402_300_800, 0),
                (-62_135_596_801, 0),
            ]
            .map(|(seconds, nanos)| seconds_and_nanos(&message, seconds, nanos))
            .into(),
            "google.protobuf.Duration" => {
                [(i64::MIN, 0), (i64::MAX, 0), (-60, 0), (61, 0), (60, 1)]
                    .map(|(seconds, nanos)| seconds_and_nanos(&message, seconds, nanos))
                    .into()
            }
            "google.protobuf.FieldMask" => {
                ["*", "", "state", "name", "no_such", "team.staff", "*,*"]
                    .map(|path| {
                        let mut mask = DynamicMessage::new(message.clone());
                        let paths = path.split(',').map(|path| Value::String(path.to_owned()));
                        mask.set_field_by_name("paths", Value::List(paths.collect()));
                        Value::Message(mask)
                    })
                    .into()
            }
            _ => vec![Value::Message(DynamicMessage::new(message))],
        },
        other => panic!("no bad values for {other:?}"),
    }
}

fn seconds_and_nanos(message: &MessageDescriptor, seconds: i64, nanos: i32) -> Value {
    let mut value = DynamicMessage::new(message.clone());
    value.set_field_by_name("seconds", Value::I64(seconds));
    value.set_field_by_name("nanos", Value::I32(nanos));
    Value::Message(value)
}

/// `base` with each of its fields spoiled in each way, and each field of the messages in it.
fn spoiled(base: &DynamicMessage, depth: usize) -> Vec<DynamicMessage> {
    let mut all = Vec::new();
    // What is only tried leaves the others as they were.
    let message = base.descriptor();
    let fields = message.fields();
    for field in fields.filter(|field| field.name() != "validate_only") {
        let mut with = |value: Value| {
            let mut spoiled = base.clone();
            spoiled.set_field(&field, value);
            all.push(spoiled);
        };
        let bad = bad_values(&field);
        if field.is_list() {
            for value in bad {
                with(Value::List(vec![value.clone(), value]));
            }
            let many = bad_values(&field).swap_remove(0);
            with(Value::List(vec![many; 1_500]));
        } else {
            bad.into_iter().for_each(&mut with);
        }
        let Kind::Message(message) = field.kind() else {
            continue;
        };
        if depth == 0 || message.full_name().starts_with("google.protobuf.") {
            continue;
        }
        // Around a good message, if there is one.
        let inner = match base.get_field(&field).as_ref() {
            Value::Message(inner) => inner.clone(),
            Value::List(inner) => match inner.first() {
                Some(Value::Message(inner)) => inner.clone(),
                _ => DynamicMessage::new(message),
            },
            _ => DynamicMessage::new(message),
        };
        for inner in spoiled(&inner, depth - 1) {
            let inner = Value::Message(inner);
            with(if field.is_list() {
                Value::List(vec![inner])
            } else {
                inner
            });
        }
    }
    all
}

/// The fields of a request that are set, as far as a person wants to read.
fn shown(request: &DynamicMessage) -> String {
    const ENOUGH: usize = 1_000;
    fn value(it: &Value) -> String {
        match it {
            Value::Message(it) => shown(it),
            Value::List(it) => it.iter().take(3).map(value).collect::<Vec<_>>().join(", "),
            other => format!("{other:?}"),
        }
    }
    let fields = request
        .fields()
        .map(|(field, it)| format!("{}: {}", field.name(), value(it)));
    let fields = fields.collect::<Vec<_>>().join(" ");
    format!("{{ {} }}", fields.chars().take(ENOUGH).collect::<String>())
}

/// A refusal that its caller can act upon.
fn assert_precise(
    method: &MethodDescriptor,
    request: &dyn Fn() -> String,
    answer: Result<(), Status>,
) {
    let Err(status) = answer else { return };
    let expected = matches!(
        status.code(),
        Code::InvalidArgument
            | Code::NotFound
            | Code::AlreadyExists
            | Code::FailedPrecondition
            | Code::Aborted
            | Code::PermissionDenied
            | Code::OutOfRange
    );
    let told = status.get_error_details().error_info().is_some();
    let name = method.full_name();
    assert!(expected && told, "{name}: {status:?}\n{}", request());
    if status.code() == Code::InvalidArgument {
        assert!(!status.message().is_empty());
    }
}

/// Good requests, so that what is spoiled is the only thing that is wrong.
fn good(world_case: &v1::Case) -> Vec<(&'static str, Vec<u8>)> {
    let name = world_case.name.clone();
    let place = || plan("OT-2", "2024-06-21T10:00:00Z");
    let reason = || "reasons/PATIENT_UNFIT".to_owned();
    let at = |time: &str| plan("OT-1", time).unwrap().start_time;
    let validate_only = true;
    let session = || v1::Session {
        theatre: "theatres/OT-3".into(),
        start_time: at("2024-06-24T08:00:00Z"),
        end_time: at("2024-06-24T12:00:00Z"),
        owner: Some(v1::SessionOwner {
            owner: Some(v1::session_owner::Owner::Open(true)),
        }),
        ..v1::Session::default()
    };
    vec![
        (
            "CreateCase",
            v1::CreateCaseRequest {
                case: Some(draft("PT-7")),
                plan: place(),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "UpdateCase",
            v1::UpdateCaseRequest {
                case: Some(v1::Case {
                    name: name.clone(),
                    ..draft("PT-7")
                }),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "RescheduleCase",
            v1::RescheduleCaseRequest {
                name: name.clone(),
                plan: place(),
                reason: reason(),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "PostponeCase",
            v1::PostponeCaseRequest {
                name: name.clone(),
                reason: reason(),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "CancelCase",
            v1::CancelCaseRequest {
                name: name.clone(),
                reason: reason(),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "RecordMilestone",
            v1::RecordMilestoneRequest {
                name: name.clone(),
                milestone: 1,
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "BatchRescheduleCases",
            v1::BatchRescheduleCasesRequest {
                moves: vec![v1::batch_reschedule_cases_request::Move {
                    name,
                    plan: place(),
                    ..Default::default()
                }],
                reason: reason(),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "FindSlots",
            v1::FindSlotsRequest {
                draft: Some(draft("PT-7")),
                earliest_time: at("2024-06-21T07:00:00Z"),
                latest_time: at("2024-06-22T07:00:00Z"),
                include_near_misses: true,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "CreateTheatre",
            v1::CreateTheatreRequest {
                theatre_id: "OT-9".into(),
                theatre: Some(v1::Theatre {
                    site: "sites/main".into(),
                    display_name: "Nine".into(),
                    ..Default::default()
                }),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "CreateStaff",
            v1::CreateStaffRequest {
                staff: Some(v1::Staff {
                    display_name: "N".into(),
                    ..Default::default()
                }),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "UpdateTheatre",
            v1::UpdateTheatreRequest {
                theatre: Some(v1::Theatre {
                    name: "theatres/OT-1".into(),
                    turnover_min: 5,
                    ..Default::default()
                }),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "CreateSession",
            v1::CreateSessionRequest {
                session: Some(session()),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "CreateUnavailability",
            v1::CreateUnavailabilityRequest {
                unavailability: Some(v1::Unavailability {
                    subject: "theatres/OT-1".into(),
                    start_time: at("2024-06-24T08:00:00Z"),
                    end_time: at("2024-06-24T12:00:00Z"),
                    reason: "flood".into(),
                    ..Default::default()
                }),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "QueryUtilisation",
            v1::ReportRequest {
                first_date: "2024-06-01".into(),
                last_date: "2024-06-30".into(),
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "ImportCases",
            v1::ImportCasesRequest {
                source: "log".into(),
                rows: vec![v1::ImportRow {
                    line: 2,
                    encounter_id: "E1".into(),
                    theatre: "OR 1".into(),
                    procedure: "P".into(),
                    scheduled_time: at("2022-01-03T07:00:00Z"),
                    booked_min: 90,
                    ..Default::default()
                }],
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "ExportCases",
            v1::ExportCasesRequest {
                format: 1,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
    ]
}

async fn planned(world: &World) -> v1::Case {
    let mut cases = world.cases(crate::access::Role::Coordinator).await;
    let request = v1::CreateCaseRequest {
        case: Some(draft("PT-1")),
        plan: plan("OT-1", "2024-06-21T08:00:00Z"),
        ..v1::CreateCaseRequest::default()
    };
    cases.create_case(request).await.unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_field_of_every_request_is_refused_precisely_or_taken() {
    let world = World::new().await;
    let case = planned(&world).await;
    let pool = pool();
    let good = good(&case);
    let mut caller = Caller::new(&world).await;
    let mut calls = 0_u32;
    let of = |method: &MethodDescriptor| {
        let found = good.iter().find(|(name, _)| *name == method.name());
        found.map(|(_, bytes)| DynamicMessage::decode(method.input(), bytes.as_slice()).unwrap())
    };
    for method in methods(&pool) {
        if let Some(request) = of(&method) {
            let answer = caller.call(&method, request.encode_to_vec().into()).await;
            assert!(answer.is_ok(), "a good {}: {answer:?}", method.name());
        }
    }
    for method in methods(&pool) {
        let empty = DynamicMessage::new(method.input());
        let mut requests = spoiled(&empty, DEPTH_IN_EMPTY);
        if let Some(request) = of(&method) {
            requests.extend(spoiled(&request, DEPTH));
        }
        for request in requests {
            let answer = caller.call(&method, request.encode_to_vec().into()).await;
            assert_precise(&method, &|| shown(&request), answer);
            calls += 1;
        }
    }
    assert!(calls > 5_000, "{calls} spoiled requests");
    assert_eq!(world.store.examine().await.unwrap(), []);
}

#[tokio::test]
async fn what_is_no_message_at_all_is_its_caller_s_mistake() {
    let world = World::new().await;
    let pool = pool();
    let mut caller = Caller::new(&world).await;
    // A length beyond the end; a group that never ends; text that is not UTF-8 in field 1.
    let wrong: [&'static [u8]; 3] = [b"\x0a\xff\x01", b"\x0b\x0b\x0b", b"\x0a\x02\xff\xfe"];
    // A field that no message has, which is how an older server meets a newer client.
    let unknown = Bytes::from_static(b"\xfa\xff\x03\x03abc");
    for method in methods(&pool) {
        for bytes in wrong {
            let answer = caller.call(&method, Bytes::from_static(bytes)).await;
            let takes_no_text = method.input().get_field(1).is_none();
            if let Err(status) = &answer {
                assert_eq!(
                    status.code(),
                    Code::InvalidArgument,
                    "{}: {status:?}",
                    method.name()
                );
            } else {
                assert!(takes_no_text, "{} took {bytes:?}", method.name());
            }
        }
        let answer = caller.call(&method, unknown.clone()).await;
        assert_precise(&method, &|| "an unknown field".into(), answer);
    }
}

#[tokio::test]
async fn tokens_etags_and_cursors_that_were_altered_are_refused() {
    let world = World::new().await;
    let case = planned(&world).await;
    let mut cases = world.cases(crate::access::Role::Coordinator).await;
    let mut list = v1::ListCasesRequest {
        page_size: 1,
        ..v1::ListCasesRequest::default()
    };
    let token = cases
        .list_cases(list.clone())
        .await
        .unwrap()
        .into_inner()
        .next_page_token;
    for at in 0..token.len() {
        let mut altered = token.clone().into_bytes();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        list.page_token = String::from_utf8(altered).unwrap();
        let refused = cases.list_cases(list.clone()).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{at}: {refused:?}");
    }
    for (etag, code) in [
        ("\"v2\"", Code::Aborted),
        ("\"v0\"", Code::Aborted),
        ("\"v18446744073709551615\"", Code::Aborted),
        ("\"v18446744073709551616\"", Code::InvalidArgument),
        ("\"v01\"", Code::InvalidArgument),
        ("v1", Code::InvalidArgument),
        ("\"", Code::InvalidArgument),
        ("W/\"v1\"", Code::InvalidArgument),
    ] {
        let confirm = v1::ConfirmCaseRequest {
            name: case.name.clone(),
            etag: etag.into(),
            ..v1::ConfirmCaseRequest::default()
        };
        let refused = cases.confirm_case(confirm).await.unwrap_err();
        assert_eq!(refused.code(), code, "{etag}: {refused:?}");
    }
}
