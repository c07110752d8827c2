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

use booking_proto::fields::{self, Field, Fields};
use prost::{Message, Name};
use prost_types::FieldMask;

use super::wire_form::{Parts, inner, joined, split};
use crate::app::Refusal;

/// `there`, with the fields that `mask` names as they are in `given`.
///
/// Without a mask, the fields that are set in `given`, names, etags and what only the service sets
/// left out; with `*`, every field that can be updated.
pub(super) fn update<M: Message + Name + Default>(
    there: &M,
    given: &M,
    mask: Option<&FieldMask>,
) -> Result<M, Refusal> {
    let given = split(&given.encode_to_vec());
    let chosen = chosen(fields::of(M::NAME), mask, &given)?;
    let mut result = split(&there.encode_to_vec());
    for (number, part) in chosen {
        match part {
            None => take_over(number, &given, &mut result),
            Some(part) => {
                let mut parts = inner(result.get(&number));
                take_over(part, &inner(given.get(&number)), &mut parts);
                result.insert(number, joined(number, parts));
            }
        }
    }
    let bytes: Vec<u8> = result.into_values().flatten().collect();
    Ok(M::decode(&*bytes).expect("fields of two valid messages of one type"))
}

fn take_over(number: u32, given: &Parts, result: &mut Parts) {
    match given.get(&number) {
        Some(field) => result.insert(number, field.clone()),
        None => result.remove(&number),
    };
}

/// The number of a field that is to change, and of a part of it where that alone is meant.
type Chosen = (u32, Option<u32>);

/// The fields that are to change.
fn chosen(
    fields: &Fields,
    mask: Option<&FieldMask>,
    given: &Parts,
) -> Result<Vec<Chosen>, Refusal> {
    let whole = |field: &Field| (field.number, None);
    let Some(mask) = mask else {
        let set = fields
            .updatable()
            .filter(|it| given.contains_key(&it.number));
        return Ok(set.map(whole).collect());
    };
    if mask.paths == ["*"] {
        return Ok(fields.updatable().map(whole).collect());
    }
    let path = |path: &String| {
        let (name, part) = match path.split_once('.') {
            Some((name, part)) => (name, Some(part)),
            None => (path.as_str(), None),
        };
        let field = fields.named(name);
        let part = part.map(|part| parts_of(field).and_then(|parts| parts.named(part)));
        let why = match (field, part) {
            (Some(field), None) if field.usage.updatable => return Ok(whole(field)),
            (Some(field), Some(Some(part))) if field.usage.updatable => {
                return Ok((field.number, Some(part.number)));
            }
            (Some(_), None | Some(Some(_))) => format!("{path} cannot be updated"),
            _ => {
                let names: Vec<_> = fields.updatable().map(|it| &*it.name).collect();
                format!("there is no such field; it is one of {}", names.join(", "))
            }
        };
        Err(Refusal::field("update_mask", why))
    };
    mask.paths.iter().map(path).collect()
}

/// The parts of a field that can be changed one at a time: of one message that is no choice.
fn parts_of(field: Option<&Field>) -> Option<&'static Fields> {
    let field = field.filter(|field| !field.is_list)?;
    let parts = fields::of(field.message.as_deref()?);
    (!parts.has_choice).then_some(parts)
}

#[cfg(test)]
#[path = "mask_tests.rs"]
mod tests;
