//! Who may call what: the whole table, each cell by a call.

use booking_proto::{
    FILE_DESCRIPTOR_SET,
    ot::v1::{Access, GetAccessRequest, access_service_client::AccessServiceClient, grant::Scope},
};
use booking_store::{AuditQuery, Outcome};
use prost::Message as _;
use prost_types::FileDescriptorSet;
use tonic::{Code, Request, Status, transport::Channel};
use tonic_prost::ProstCodec;
use tonic_types::StatusExt as _;

use super::world::{FRONT_END, Wire, World, account_of};
use crate::{
    access::{Policy, Role, methods::METHODS, role_table},
    testing::PATIENCE,
};

/// What this table says is promised; `booking-server roles` prints the same.
const TABLE: &str = include_str!("roles.txt");

/// Calls a method by name with an empty request, and says how it ended at once.
async fn call<T>(grpc: &mut tonic::client::Grpc<T>, method: &str) -> Result<(), Status>
where
    T: tonic::client::GrpcService<tonic::body::Body>,
    T::ResponseBody: http_body::Body<Data = tonic::codegen::Bytes> + Send + 'static,
    <T::ResponseBody as http_body::Body>::Error: Into<tonic::codegen::StdError> + Send,
    T::Error: std::fmt::Debug,
{
    grpc.ready().await.unwrap();
    let path = format!("/{method}").parse().unwrap();
    let codec = ProstCodec::<(), ()>::default();
    let answer = grpc.server_streaming(Request::new(()), path, codec).await?;
    let mut replies = answer.into_inner();
    // A watch goes on; all others say at once how they end.
    if method.ends_with("WatchSchedule") {
        return Ok(());
    }
    replies.message().await.map(drop)
}

fn missing_permission(status: &Status) -> Option<String> {
    let details = status.get_error_details();
    let info = details.error_info()?;
    (info.reason == "PERMISSION_MISSING").then(|| info.metadata["permission"].clone())
}

#[test]
fn every_method_of_the_contract_is_in_the_table_and_no_other() {
    let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap();
    let mut methods = Vec::new();
    for file in set.file.iter().filter(|file| !file.service.is_empty()) {
        for service in &file.service {
            for method in &service.method {
                methods.push(format!(
                    "{}.{}/{}",
                    file.package(),
                    service.name(),
                    method.name()
                ));
            }
        }
    }
    let mut known: Vec<_> = METHODS
        .iter()
        .map(|method| method.name.to_owned())
        .collect();
    methods.sort();
    known.sort();
    assert_eq!(known, methods);
}

#[test]
fn the_table_is_the_one_that_was_agreed_on() {
    assert_eq!(
        role_table(),
        TABLE,
        "run booking-server roles and see what changes for whom"
    );
}

#[tokio::test]
async fn every_role_may_call_what_the_table_says_and_nothing_else() {
    let world = World::new().await;
    let mut lines = TABLE.lines();
    let roles: Vec<Role> = lines
        .next()
        .unwrap()
        .split_whitespace()
        .skip(1)
        .map(|role| role.parse().unwrap())
        .collect();
    let mut wires = Vec::new();
    for role in &roles {
        let channel: Channel = world.channel(&account_of(*role)).await;
        wires.push(tonic::client::Grpc::new(channel));
    }
    let mut cells = 0;
    for line in lines {
        let mut words = line.split_whitespace();
        let method = words.next().unwrap();
        for ((role, grpc), cell) in roles.iter().zip(&mut wires).zip(words) {
            let answer = call(grpc, method).await;
            let denied = answer.as_ref().err().and_then(missing_permission);
            assert_eq!(denied.is_none(), cell != "-", "{role} {method}: {answer:?}");
            if let (None, Err(status)) = (&denied, &answer) {
                assert_eq!(
                    status.code(),
                    Code::InvalidArgument,
                    "{role} {method}: {status:?}"
                );
            }
            cells += 1;
        }
    }
    assert_eq!(cells, METHODS.len() * Role::ALL.len());
}

#[tokio::test]
async fn a_person_may_what_both_they_and_the_account_may() {
    let world = World::new().await;
    let wire = |account: String, person: Option<&'static str>| {
        let world = &world;
        async move {
            let wire: Wire = world.wire(&account, person).await;
            tonic::client::Grpc::new(wire)
        }
    };
    let list = "ot.v1.CaseService/ListCases";
    let mut kiosk = wire(FRONT_END.into(), Some("kiosk")).await;
    let denied = call(&mut kiosk, list).await.unwrap_err();
    assert_eq!(missing_permission(&denied).as_deref(), Some("cases.read"));
    let mut nobody = wire(FRONT_END.into(), Some("nobody")).await;
    assert!(missing_permission(&call(&mut nobody, list).await.unwrap_err()).is_some());
    // Refused, and not taken for the account's own call.
    let mut scheduler = wire(account_of(Role::Scheduler), Some("scheduler")).await;
    let refused = call(&mut scheduler, list).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    assert!(
        refused.message().contains("may not act for anybody"),
        "{}",
        refused.message()
    );
    let mut front_end = wire(FRONT_END.into(), None).await;
    call(&mut front_end, list).await.unwrap();
}

#[tokio::test]
async fn whoever_is_known_learns_who_they_are_and_what_they_may_and_it_is_no_denied_call() {
    let world = World::new().await;
    let access = async |account: &str, person| -> Result<Access, Status> {
        let mut client = AccessServiceClient::new(world.wire(account, person).await);
        let answer = client.get_access(GetAccessRequest {}).await?;
        Ok(answer.into_inner())
    };
    let granted = |access: &Access| -> Vec<(String, Scope)> {
        let grants = access.grants.iter();
        grants
            .map(|one| (one.permission.clone(), one.scope()))
            .collect()
    };

    let legacy = account_of(Role::Legacy);
    let seen = access(&legacy, None).await.unwrap();
    assert_eq!(
        (seen.account.as_str(), seen.person.as_str()),
        (&*legacy, "")
    );
    assert_eq!(seen.roles, ["legacy"]);
    assert_eq!(granted(&seen), [("bookingInfo.get".to_owned(), Scope::Any)]);

    let seen = access(FRONT_END, Some("surgeon")).await.unwrap();
    assert_eq!(
        (seen.account.as_str(), seen.person.as_str()),
        (FRONT_END, "surgeon")
    );
    assert_eq!(
        (seen.staff.as_str(), &*seen.roles),
        ("staff/DC-3904", &["surgeon".to_owned()][..])
    );
    let granted = granted(&seen);
    assert!(granted.is_sorted());
    assert!(
        granted.contains(&("cases.schedule".to_owned(), Scope::Own)),
        "{granted:?}"
    );
    assert!(
        granted.contains(&("schedule.read".to_owned(), Scope::Any)),
        "{granted:?}"
    );

    // Known to the account and to nobody else: they may nothing, and may know that.
    let seen = access(FRONT_END, Some("nobody")).await.unwrap();
    assert_eq!((seen.roles.len(), seen.grants.len()), (0, 0));
    let refused = access("stranger@p.iam.gserviceaccount.com", None)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn denied_calls_and_strangers_are_in_the_audit() {
    let world = World::new().await;
    let create = "ot.v1.CaseService/CreateCase";
    let viewer = account_of(Role::Viewer);
    let mut grpc = tonic::client::Grpc::new(world.channel(&viewer).await);
    call(&mut grpc, create).await.unwrap_err();
    let stranger = "stranger@elsewhere.iam.gserviceaccount.com";
    let mut grpc = tonic::client::Grpc::new(world.channel(stranger).await);
    let refused = call(&mut grpc, create).await.unwrap_err();
    assert_eq!(
        refused.message(),
        format!("Client {stranger} is not authorized")
    );

    // Written once nobody can call any more.
    tokio::time::timeout(PATIENCE, world.stop()).await.unwrap();
    let query = AuditQuery {
        limit: 10,
        ..AuditQuery::default()
    };
    let events = world
        .store
        .read()
        .await
        .unwrap()
        .audit_page(&query)
        .await
        .unwrap();
    let denied: Vec<_> = events
        .iter()
        .map(|event| (event.record.account.as_str(), event.record.outcome))
        .collect();
    assert_eq!(
        denied,
        [
            (stranger, Outcome::Denied),
            (viewer.as_str(), Outcome::Denied)
        ]
    );
    assert!(events.iter().all(|event| event.record.method == create));
}

#[tokio::test]
async fn a_role_that_is_taken_away_is_gone_for_the_next_call() {
    let world = World::new().await;
    let viewer = account_of(Role::Viewer);
    let mut grpc = tonic::client::Grpc::new(world.channel(&viewer).await);
    let list = "ot.v1.CaseService/ListCases";
    call(&mut grpc, list).await.unwrap();
    world.gatekeeper.replace(Policy::default());
    let refused = call(&mut grpc, list).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}
