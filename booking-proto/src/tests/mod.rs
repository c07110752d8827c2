//! The contract is not ours to change: these tests hold the names and numbers that other people's
//! clients have compiled in.

mod conventions;

use prost::Message;
use prost_types::{FileDescriptorProto, FileDescriptorSet, field_descriptor_proto::Type};

use crate::{
    FILE_DESCRIPTOR_SET,
    otbooking::{BookingRequest, BookingResponse},
};

fn contract() -> FileDescriptorProto {
    let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap();
    let found = set
        .file
        .into_iter()
        .find(|file| file.package() == "otbooking");
    found.expect("the descriptor set holds package otbooking")
}

#[test]
fn the_method_path_is_the_published_one() {
    let file = contract();
    let [service] = &file.service[..] else {
        panic!("one service, got {:?}", file.service)
    };
    let [method] = &service.method[..] else {
        panic!("one method, got {:?}", service.method)
    };
    assert_eq!(
        (service.name(), method.name()),
        ("OtBookingService", "getBookingInfo")
    );
    assert_eq!(method.input_type(), ".otbooking.BookingRequest");
    assert_eq!(method.output_type(), ".otbooking.BookingResponse");
    assert!(!method.client_streaming() && !method.server_streaming());
}

#[test]
fn field_names_json_names_and_numbers_are_the_published_ones() {
    let expected = [
        (
            "BookingRequest",
            vec![("patientID", 1), ("doctorID", 2), ("description", 3)],
        ),
        (
            "BookingResponse",
            vec![("bookingDate", 1), ("condition", 2)],
        ),
    ];
    let file = contract();
    assert_eq!(file.message_type.len(), expected.len());
    for (message, (name, fields)) in file.message_type.iter().zip(expected) {
        assert_eq!(message.name(), name);
        let seen: Vec<_> = message
            .field
            .iter()
            .map(|f| (f.name(), f.number()))
            .collect();
        assert_eq!(seen, fields, "{name}");
        for field in &message.field {
            assert_eq!(field.json_name(), field.name(), "{name}");
            assert_eq!(field.r#type(), Type::String, "{name}.{}", field.name());
        }
    }
}

#[test]
fn messages_encode_to_the_bytes_any_protobuf_reader_expects() {
    let request = BookingRequest {
        patient_id: "PT-1204".into(),
        doctor_id: "DC-3904".into(),
        description: String::new(),
    };
    assert_eq!(request.encode_to_vec(), b"\x0a\x07PT-1204\x12\x07DC-3904");
    let response = BookingResponse {
        booking_date: "x".into(),
        condition: "y".into(),
    };
    assert_eq!(response.encode_to_vec(), b"\x0a\x01x\x12\x01y");
}
