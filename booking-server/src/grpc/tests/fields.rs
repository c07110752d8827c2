//! Every field of a case, as the contract declares them: none is forgotten by updates, the audit,
//! redaction, files or whoever enters a case again.

use booking_domain::{Case, CaseId, CaseState, Plan, TheatreId};
use booking_proto::{
    fields::{self, Field},
    ot::v1::{
        self, audit_service_client::AuditServiceClient,
        hospital_service_client::HospitalServiceClient,
    },
};
use jiff::{SignedDuration, Timestamp};
use prost::{Message as _, Name as _};
use prost_reflect::{DescriptorPool, DynamicMessage, Kind, ReflectMessage as _, Value};

use super::{
    days::{at, created, wire},
    drafts::draft,
    world::World,
};
use crate::{
    access::Role,
    export::{Export, Format},
};

fn case_fields() -> &'static [Field] {
    &fields::of(v1::Case::NAME).all
}

/// A hospital with a kind of procedure and a unit, and a case with nothing left to defaults.
async fn world_with_case() -> (World, v1::Case) {
    let world = World::new().await;
    let mut hospital = HospitalServiceClient::new(wire(&world, Role::Admin).await);
    let kind = v1::CreateProcedureTypeRequest {
        procedure_type_id: "knee".into(),
        procedure_type: Some(v1::ProcedureType {
            display_name: "Knee".into(),
            default_durations: draft("PT-1").durations,
            ..v1::ProcedureType::default()
        }),
        ..v1::CreateProcedureTypeRequest::default()
    };
    hospital.create_procedure_type(kind).await.unwrap();
    let unit = v1::CreateEquipmentUnitRequest {
        equipment_unit_id: "ARM".into(),
        equipment_unit: Some(v1::EquipmentUnit {
            kind: "c-arm".into(),
            display_name: "C-arm".into(),
            ..v1::EquipmentUnit::default()
        }),
        ..v1::CreateEquipmentUnitRequest::default()
    };
    hospital.create_equipment_unit(unit).await.unwrap();
    let case = v1::Case {
        decision_time: at("2024-06-01T08:00:00Z"),
        target_time: at("2024-07-01T08:00:00Z"),
        specialty: "general".into(),
        ..draft("PT-1")
    };
    let case = created(&world, case, None).await;
    (world, case)
}

/// The message, to be gone through field by field.
fn reflected(case: &v1::Case) -> DynamicMessage {
    let pool = DescriptorPool::decode(booking_proto::FILE_DESCRIPTOR_SET).unwrap();
    let descriptor = pool.get_message_by_name("ot.v1.Case").unwrap();
    DynamicMessage::decode(descriptor, &*case.encode_to_vec()).unwrap()
}

/// A case with another value in one field.
fn with_another(case: &v1::Case, field: &Field) -> v1::Case {
    let mut case = case.clone();
    match &*field.name {
        "procedure_type" => case.procedure_type = "procedureTypes/knee".into(),
        "durations" => case.durations.get_or_insert_default().setup_min += 5,
        "team" => drop(case.team.pop()),
        "equipment" => case.equipment = vec!["equipmentUnits/ARM".into()],
        "required_capabilities" => case.required_capabilities = vec!["imaging".into()],
        name => {
            let mut dynamic = reflected(&case);
            let descriptor = dynamic.descriptor().get_field_by_name(name).unwrap();
            let value = match (descriptor.kind(), dynamic.get_field(&descriptor).as_ref()) {
                (_, Value::String(text)) => Value::String(format!("{text} otherwise")),
                (_, Value::I32(number)) => Value::I32(number + 1),
                (_, Value::Bool(flag)) => Value::Bool(!flag),
                (Kind::Enum(_), Value::EnumNumber(3)) => Value::EnumNumber(2),
                (Kind::Enum(_), Value::EnumNumber(_)) => Value::EnumNumber(3),
                (Kind::Message(kind), _) if kind.full_name() == "google.protobuf.Timestamp" => {
                    let later = at("2024-06-02T08:00:00Z").unwrap().encode_to_vec();
                    Value::Message(DynamicMessage::decode(kind, &*later).unwrap())
                }
                (kind, _) => panic!("tell this test of another value of {name}, a {kind:?}"),
            };
            dynamic.set_field(&descriptor, value);
            case = dynamic.transcode_to().unwrap();
        }
    }
    case
}

/// What must be alike of two cases that were asked for alike.
fn asked_for(case: &v1::Case) -> v1::Case {
    let mut dynamic = reflected(case);
    let fields = case_fields().iter();
    for field in fields.filter(|it| !it.usage.updatable && it.name != "patient") {
        dynamic.clear_field_by_name(&field.name);
    }
    dynamic.transcode_to().unwrap()
}

async fn kept(world: &World, case: &v1::Case) -> Case {
    let id = CaseId::parse(case.name.trim_start_matches("cases/")).unwrap();
    let mut reads = world.store.read().await.unwrap();
    reads.case(&id).await.unwrap().unwrap()
}

/// The case in a file, as if it were planned, whatever its version.
async fn filed(world: &World, case: &v1::Case, format: Format) -> String {
    let case = Case {
        version: 1,
        updated_at: Timestamp::UNIX_EPOCH,
        state: CaseState::Scheduled,
        plan: Some(Plan {
            theatre: TheatreId::parse("OT-1").unwrap(),
            start: Timestamp::UNIX_EPOCH,
            session: None,
        }),
        ..kept(world, case).await
    };
    let mut export = Export {
        format,
        hospital: world.store.hospital().await.unwrap(),
        sees_patients: true,
        now: Timestamp::UNIX_EPOCH,
        written: 0,
    };
    String::from_utf8(export.case(&case)).unwrap()
}

async fn audited(world: &World, case: &v1::Case, role: Role) -> Vec<v1::AuditEvent> {
    let mut audit = AuditServiceClient::new(wire(world, role).await);
    let list = v1::ListAuditEventsRequest {
        filter: format!("resource = {} AND outcome = OK", case.name),
        page_size: 100,
        ..v1::ListAuditEventsRequest::default()
    };
    let listed = audit.list_audit_events(list).await.unwrap();
    listed.into_inner().audit_events
}

fn is_of(change: &v1::FieldChange, field: &Field) -> bool {
    let name = change.field.split('.').next().unwrap();
    name == field.name
}

#[tokio::test]
async fn every_field_that_can_be_updated_is_updated_audited_and_in_the_files() {
    let (world, mut case) = world_with_case().await;
    let mut cases = world.cases(Role::Coordinator).await;
    let updatable: Vec<_> = fields::of(v1::Case::NAME).updatable().collect();
    assert!(updatable.len() > 10);
    for field in updatable {
        let name = &field.name;
        let another = with_another(&case, field);
        let (csv, fhir) = (
            filed(&world, &case, Format::Csv).await,
            filed(&world, &case, Format::FhirR4).await,
        );
        world.pass(SignedDuration::from_secs(1));
        let update = v1::UpdateCaseRequest {
            case: Some(another.clone()),
            update_mask: Some(prost_types::FieldMask {
                paths: vec![name.clone()],
            }),
            ..v1::UpdateCaseRequest::default()
        };
        let updated = cases.update_case(update).await.unwrap().into_inner();
        assert_eq!(asked_for(&updated), asked_for(&another), "{name}");
        assert_ne!(updated.etag, case.etag, "{name} counts as a change");

        let newest = &audited(&world, &case, Role::Auditor).await[0];
        let told = newest.changes.iter().all(|change| is_of(change, field));
        assert!(told && !newest.changes.is_empty(), "{name}: {newest:?}");

        let in_csv = filed(&world, &case, Format::Csv).await != csv;
        let reason = &field.usage.not_in_csv;
        assert_eq!(in_csv, reason.is_empty(), "{name} in CSV; or: {reason}");
        let in_fhir = filed(&world, &case, Format::FhirR4).await != fhir;
        let reason = &field.usage.not_in_fhir;
        assert_eq!(in_fhir, reason.is_empty(), "{name} in FHIR; or: {reason}");
        case = updated;
    }
}

#[tokio::test]
async fn no_field_that_tells_of_a_patient_is_seen_without_the_right_to_it() {
    let (world, mut case) = world_with_case().await;
    let mut cases = world.cases(Role::Coordinator).await;
    for field in fields::of(v1::Case::NAME).updatable() {
        case = with_another(&case, field);
    }
    case.etag.clear();
    let update = v1::UpdateCaseRequest {
        case: Some(case),
        ..v1::UpdateCaseRequest::default()
    };
    let case = cases.update_case(update).await.unwrap().into_inner();
    let get = v1::GetCaseRequest {
        name: case.name.clone(),
    };
    let mut viewer = world.cases(Role::Viewer).await;
    let seen = reflected(&viewer.get_case(get).await.unwrap().into_inner());
    let whole = reflected(&case);
    for field in case_fields() {
        let is_there = seen.has_field_by_name(&field.name);
        let expected = whole.has_field_by_name(&field.name) && !field.usage.patient_data;
        assert_eq!(is_there, expected, "{}", field.name);
    }
    for event in audited(&world, &case, Role::Auditor).await {
        for change in event.changes {
            let mut of = case_fields().iter().filter(|field| is_of(&change, field));
            let field = of.next().expect("the audit's names are the contract's");
            let hidden = change.before.is_empty() && change.after.is_empty();
            assert_eq!(hidden, fields::tells_of_patient(field), "{change:?}");
        }
    }
}

#[tokio::test]
async fn a_case_that_is_entered_again_as_it_was_loses_nothing() {
    let (world, mut case) = world_with_case().await;
    for field in fields::of(v1::Case::NAME).updatable() {
        case = with_another(&case, field);
    }
    let again = created(&world, case.clone(), None).await;
    assert_ne!(again.name, case.name);
    assert_eq!(asked_for(&again), asked_for(&case));
    let unset = reflected(&again);
    for field in fields::of(v1::Case::NAME).updatable() {
        assert!(unset.has_field_by_name(&field.name), "{}", field.name);
    }
}

#[test]
fn every_field_of_a_case_says_what_is_done_with_it() {
    for field in case_fields() {
        let usage = &field.usage;
        let is_of_the_service = ["etag", "create_time", "update_time"].contains(&&*field.name);
        assert!(
            is_of_the_service || !usage.label.is_empty(),
            "{}",
            field.name
        );
        assert!(
            usage.not_in_fhir.is_empty() || !usage.fhir_extension,
            "{}",
            field.name
        );
    }
}
