//! What can be wrong with a field.

use prost::bytes::Bytes;
use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _, Value,
};

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
pub(super) fn spoiled(base: &DynamicMessage, depth: usize) -> Vec<DynamicMessage> {
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
