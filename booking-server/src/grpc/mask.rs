//! Updates: the fields of a mask, from what is given into what is there (AIP-134).
//!
//! Done on the wire form, where a message is a list of numbered fields and an absent one is not in
//! it, so that one function serves every resource:
//!
//! ```text
//!  there   1:name 3:title 5:state              mask "title, note": fields 3 and 9
//!  given   1:name 3:TITLE        9:note
//!  result  1:name 3:TITLE 5:state 9:note
//! ```
//!
//! A part of a field may be named too, as in `durations.setup_min`: the same, one level down.

use std::{collections::BTreeMap, sync::LazyLock};

use booking_proto::FILE_DESCRIPTOR_SET;
use prost::{
    Message, Name,
    bytes::{Buf, Bytes},
    encoding::{self, DecodeContext, decode_key, decode_varint, skip_field},
};
use prost_types::{DescriptorProto, FieldMask, FileDescriptorSet, field_descriptor_proto::Label};

use crate::app::Refusal;

/// A resource that can be updated.
pub(super) trait Updatable: Message + Name + Default {
    /// The name that it was given with.
    fn name(&self) -> &str;
    /// The etag that it was given with.
    fn etag(&self) -> &str;

    /// The field of the request that holds it.
    const FIELD: &'static str;
    /// The fields that an update may change; all others are the service's or the methods'.
    const UPDATABLE: &'static [&'static str];
}

/// `there`, with the fields that `mask` names as they are in `given`.
///
/// Without a mask, the fields that are set in `given`, names, etags and what only the service sets
/// left out; with `*`, every field that can be updated.
pub(super) fn update<M: Updatable>(
    there: &M,
    given: &M,
    mask: Option<&FieldMask>,
) -> Result<M, Refusal> {
    let given = split(&given.encode_to_vec());
    let chosen = chosen::<M>(mask, &given)?;
    let mut result = split(&there.encode_to_vec());
    for Chosen { number, part } in chosen {
        match part {
            None => take_over(number, &given, &mut result),
            Some(part) => {
                let mut inner = split_message(result.get(&number));
                take_over(part, &split_message(given.get(&number)), &mut inner);
                result.insert(number, joined_message(number, inner));
            }
        }
    }
    let bytes: Vec<u8> = result.into_values().flatten().collect();
    Ok(M::decode(&*bytes).expect("fields of two valid messages of one type"))
}

/// An encoded message, by the numbers of its fields.
type Parts = BTreeMap<u32, Vec<u8>>;

fn take_over(number: u32, given: &Parts, result: &mut Parts) {
    match given.get(&number) {
        Some(field) => result.insert(number, field.clone()),
        None => result.remove(&number),
    };
}

/// A field that is to change, or a part of one.
#[derive(Clone, Copy)]
struct Chosen {
    number: u32,
    part: Option<u32>,
}

/// The fields that are to change.
fn chosen<M: Updatable>(mask: Option<&FieldMask>, given: &Parts) -> Result<Vec<Chosen>, Refusal> {
    let fields = &MESSAGES[M::NAME];
    let whole = |number| Chosen { number, part: None };
    let updatable = || M::UPDATABLE.iter().map(|field| fields[*field].number);
    let Some(mask) = mask else {
        let set = updatable().filter(|number| given.contains_key(number));
        return Ok(set.map(whole).collect());
    };
    if mask.paths == ["*"] {
        return Ok(updatable().map(whole).collect());
    }
    let path = |path: &String| {
        let (name, part) = match path.split_once('.') {
            Some((name, part)) => (name, Some(part)),
            None => (path.as_str(), None),
        };
        let known = fields.get(name);
        let part = part.map(|part| {
            let parts = known.and_then(|field| field.parts.as_ref());
            let parts = parts.and_then(|message| MESSAGES.get(message));
            parts
                .and_then(|parts| parts.get(part))
                .map(|part| part.number)
        });
        let why = match (known, part) {
            (Some(field), None) if M::UPDATABLE.contains(&name) => return Ok(whole(field.number)),
            (Some(field), Some(Some(part))) if M::UPDATABLE.contains(&name) => {
                let part = Some(part);
                return Ok(Chosen {
                    number: field.number,
                    part,
                });
            }
            (Some(_), None | Some(Some(_))) => format!("{path} cannot be updated"),
            _ => format!(
                "there is no such field; it is one of {}",
                M::UPDATABLE.join(", ")
            ),
        };
        Err(Refusal::field("update_mask", why))
    };
    mask.paths.iter().map(path).collect()
}

/// A field of a message of ours.
struct Field {
    number: u32,
    /// The message that it holds, when that can be changed part by part: one, of ours, and not a
    /// choice between parts.
    parts: Option<String>,
}

/// The fields of every message of ours, by name.
static MESSAGES: LazyLock<BTreeMap<String, BTreeMap<String, Field>>> = LazyLock::new(|| {
    let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).expect("built with this program");
    let ours = set.file.iter().filter(|file| file.package() == "ot.v1");
    let messages: Vec<&DescriptorProto> = ours.flat_map(|file| &file.message_type).collect();
    let has_parts = |name: &str| {
        let mut named = messages.iter().filter(|message| message.name() == name);
        named.any(|message| message.oneof_decl.is_empty())
    };
    let fields = |message: &DescriptorProto| {
        let fields = message.field.iter().map(|field| {
            let holds = field.type_name().strip_prefix(".ot.v1.").map(str::to_owned);
            let number = u32::try_from(field.number()).expect("field numbers are positive");
            let one = field.label() != Label::Repeated;
            let parts = holds.filter(|holds| one && has_parts(holds));
            (field.name().to_owned(), Field { number, parts })
        });
        fields.collect()
    };
    let named = messages
        .iter()
        .map(|message| (message.name().to_owned(), fields(message)));
    named.collect()
});

/// The fields of the message in an encoded field; none when it is absent.
fn split_message(field: Option<&Vec<u8>>) -> Parts {
    let Some(field) = field else {
        return Parts::new();
    };
    let mut rest = field.as_slice();
    decode_key(&mut rest).expect("encoded by prost");
    decode_varint(&mut rest).expect("encoded by prost");
    split(rest)
}

/// The encoded field with this message in it.
fn joined_message(number: u32, parts: Parts) -> Vec<u8> {
    let message: Vec<u8> = parts.into_values().flatten().collect();
    let mut field = Vec::new();
    encoding::bytes::encode(number, &message, &mut field);
    field
}

/// The fields of an encoded message by number, each with its key and all its repetitions.
fn split(message: &[u8]) -> Parts {
    let mut fields = Parts::new();
    let mut rest = Bytes::copy_from_slice(message);
    while rest.has_remaining() {
        let whole = rest.clone();
        let (number, wire_type) = decode_key(&mut rest).expect("encoded by prost");
        skip_field(wire_type, number, &mut rest, DecodeContext::default())
            .expect("encoded by prost");
        let len = whole.len() - rest.len();
        fields
            .entry(number)
            .or_default()
            .extend_from_slice(&whole[..len]);
    }
    fields
}

#[cfg(test)]
mod tests {
    use booking_proto::ot::v1::{Case, Durations, ProcedureType, Session, SessionFlags};

    use super::*;

    fn mask(path: &str) -> FieldMask {
        FieldMask {
            paths: vec![path.to_owned()],
        }
    }

    fn durations(setup_min: i32, procedure_min: i32, cleanup_min: i32) -> Option<Durations> {
        Some(Durations {
            setup_min,
            procedure_min,
            cleanup_min,
        })
    }

    #[test]
    fn a_part_of_a_field_is_changed_alone() {
        let case = |durations| Case {
            durations,
            procedure: "Toe".into(),
            ..Case::default()
        };
        let (there, given) = (case(durations(10, 60, 15)), case(durations(5, 90, 0)));
        let table = [
            ("durations.setup_min", durations(5, 60, 15)),
            ("durations.procedure_min", durations(10, 90, 15)),
            ("durations.cleanup_min", durations(10, 60, 0)),
            ("durations", durations(5, 90, 0)),
        ];
        for (path, expected) in table {
            let updated = update(&there, &given, Some(&mask(path))).unwrap();
            assert_eq!(updated, case(expected), "{path}");
        }
        // Of what is absent on either side.
        let updated = update(&case(None), &given, Some(&mask("durations.setup_min"))).unwrap();
        assert_eq!(updated, case(durations(5, 0, 0)));
        let updated = update(&there, &case(None), Some(&mask("durations.setup_min"))).unwrap();
        assert_eq!(updated, case(durations(0, 60, 15)));
    }

    #[test]
    fn only_what_has_parts_is_changed_by_parts() {
        let paediatric = Session {
            flags: Some(SessionFlags {
                paediatric: true,
                ..SessionFlags::default()
            }),
            ..Session::default()
        };
        let updated = update(
            &Session::default(),
            &paediatric,
            Some(&mask("flags.paediatric")),
        );
        assert_eq!(updated.unwrap(), paediatric);
        let refused = [
            "flags.",
            "flags.none",
            "owner.surgeon",
            "start_time.seconds",
            "note.x",
            "state.x",
            "",
            "name",
            "flags.paediatric.x",
        ];
        for path in refused {
            let session = Session::default();
            assert!(
                update(&session, &session, Some(&mask(path))).is_err(),
                "{path}"
            );
        }
        let kind = ProcedureType::default();
        assert!(update(&kind, &kind, Some(&mask("default_durations.setup_min"))).is_ok());
    }
}
