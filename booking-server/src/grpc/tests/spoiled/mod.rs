//! Bad input: every field of every request, spoiled in every way a wire allows, on its own and in
//! an otherwise good request. The answer is a precise refusal, never `INTERNAL` and never a panic.

mod good;
mod raw;
mod values;

use booking_proto::{FILE_DESCRIPTOR_SET, ot::v1};
use prost::{Message as _, bytes::Bytes};
use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor, Value};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use self::{good::good, raw::Caller, values::spoiled};
use super::{
    drafts::{draft, plan},
    world::World,
};

/// How deep messages in messages are spoiled: in a good request, and in an empty one, most of which
/// is refused before anything is made of it.
const DEPTH: usize = 3;
const DEPTH_IN_EMPTY: usize = 1;

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
