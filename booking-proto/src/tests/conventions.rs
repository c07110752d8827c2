//! What every method of `ot.v1` has in common, so that a caller who knows one knows them all. The
//! conventions are those of <https://google.aip.dev>; the numbers are its articles'.

use prost::Message;
use prost_types::{
    DescriptorProto, FileDescriptorProto, FileDescriptorSet, MethodDescriptorProto,
    field_descriptor_proto::{Label, Type},
};

use crate::FILE_DESCRIPTOR_SET;

/// What changes nothing. Everything else is a write.
const READS: [&str; 8] = [
    "Get", "List", "Find", "Plan", "Query", "Watch", "Export", "Verify",
];

/// Answered whole, because the range that is asked for bounds it.
const UNPAGED: [&str; 1] = ["ListConflicts"];

fn files() -> Vec<FileDescriptorProto> {
    let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap();
    let ours = set.file.into_iter().filter(|f| f.package() == "ot.v1");
    ours.collect()
}

fn methods() -> Vec<MethodDescriptorProto> {
    let services = files().into_iter().flat_map(|file| file.service);
    services.flat_map(|service| service.method).collect()
}

fn message(full_name: &str) -> DescriptorProto {
    let name = full_name.trim_start_matches(".ot.v1.");
    let mut all = files().into_iter().flat_map(|file| file.message_type);
    all.find(|m| m.name() == name)
        .unwrap_or_else(|| panic!("{full_name} is a message of ot.v1"))
}

fn type_of(message: &DescriptorProto, field: &str) -> Option<Type> {
    let found = message.field.iter().find(|f| f.name() == field)?;
    Some(found.r#type())
}

fn is_read(method: &MethodDescriptorProto) -> bool {
    READS.iter().any(|verb| method.name().starts_with(verb))
}

#[test]
fn every_write_can_be_repeated_safely_and_tried_first() {
    for method in methods().iter().filter(|m| !is_read(m)) {
        let input = message(method.input_type());
        // AIP-155, AIP-163
        assert_eq!(
            type_of(&input, "request_id"),
            Some(Type::String),
            "{}",
            method.name()
        );
        assert_eq!(
            type_of(&input, "validate_only"),
            Some(Type::Bool),
            "{}",
            method.name()
        );
    }
}

#[test]
fn every_list_is_paged() {
    for method in methods() {
        if !method.name().starts_with("List") || UNPAGED.contains(&method.name()) {
            continue;
        }
        let (input, output) = (message(method.input_type()), message(method.output_type()));
        // AIP-158
        assert_eq!(
            type_of(&input, "page_size"),
            Some(Type::Int32),
            "{}",
            method.name()
        );
        assert_eq!(
            type_of(&input, "page_token"),
            Some(Type::String),
            "{}",
            method.name()
        );
        assert_eq!(
            type_of(&output, "next_page_token"),
            Some(Type::String),
            "{}",
            method.name()
        );
        assert!(
            output.field[0].label() == Label::Repeated,
            "{}",
            method.name()
        );
    }
}

#[test]
fn every_update_takes_the_resource_with_its_etag_and_a_mask() {
    for method in methods() {
        let Some(resource) = method.name().strip_prefix("Update") else {
            continue;
        };
        let input = message(method.input_type());
        // AIP-134, AIP-154
        let mask = input.field.iter().find(|f| f.name() == "update_mask");
        let mask = mask.unwrap_or_else(|| panic!("{} has a mask", method.name()));
        assert_eq!(mask.type_name(), ".google.protobuf.FieldMask");
        assert_eq!(input.field[0].type_name(), format!(".ot.v1.{resource}"));
        assert_eq!(
            type_of(&message(&format!(".ot.v1.{resource}")), "etag"),
            Some(Type::String),
            "{resource}"
        );
    }
}

#[test]
fn every_method_that_moves_one_resource_can_be_told_what_it_was() {
    for method in methods().iter().filter(|m| !is_read(m)) {
        let input = message(method.input_type());
        if type_of(&input, "name").is_some() && !method.name().starts_with("Expand") {
            // AIP-154
            assert_eq!(
                type_of(&input, "etag"),
                Some(Type::String),
                "{}",
                method.name()
            );
        }
    }
}

#[test]
fn no_enum_means_something_by_being_left_out() {
    for file in files() {
        let nested = file.message_type.iter().flat_map(|m| &m.enum_type);
        for each in file.enum_type.iter().chain(nested) {
            // AIP-126
            let zero = each.value.iter().find(|v| v.number() == 0).unwrap();
            assert!(zero.name().ends_with("UNSPECIFIED"), "{}", each.name());
        }
    }
}

#[test]
fn every_moment_is_a_timestamp_and_says_so_in_its_name() {
    for message in files().into_iter().flat_map(|file| file.message_type) {
        if message.name() == "Milestones" || message.name() == "ImportRow" {
            continue; // Milestones are named as theatres name them.
        }
        for field in &message.field {
            let is_timestamp = field.type_name() == ".google.protobuf.Timestamp";
            // AIP-142
            let named = field.name() == "time" || field.name().ends_with("_time");
            assert_eq!(is_timestamp, named, "{}.{}", message.name(), field.name());
        }
    }
}
