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

use std::{collections::BTreeMap, sync::LazyLock};

use booking_proto::FILE_DESCRIPTOR_SET;
use prost::{
    Message, Name,
    bytes::{Buf, Bytes},
    encoding::{DecodeContext, decode_key, skip_field},
};
use prost_types::{FieldMask, FileDescriptorSet};

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
    for number in chosen {
        match given.get(&number) {
            Some(field) => result.insert(number, field.clone()),
            None => result.remove(&number),
        };
    }
    let bytes: Vec<u8> = result.into_values().flatten().collect();
    Ok(M::decode(&*bytes).expect("fields of two valid messages of one type"))
}

/// The numbers of the fields that are to change.
fn chosen<M: Updatable>(
    mask: Option<&FieldMask>,
    given: &BTreeMap<u32, Vec<u8>>,
) -> Result<Vec<u32>, Refusal> {
    let numbers = &NUMBERS[M::NAME];
    let updatable = || M::UPDATABLE.iter().map(|field| numbers[*field]);
    let Some(mask) = mask else {
        return Ok(updatable()
            .filter(|number| given.contains_key(number))
            .collect());
    };
    if mask.paths == ["*"] {
        return Ok(updatable().collect());
    }
    let path = |path: &String| {
        if M::UPDATABLE.contains(&path.as_str()) {
            return Ok(numbers[path]);
        }
        let why = if numbers.contains_key(path) {
            format!("{path} cannot be updated")
        } else {
            format!(
                "there is no such field; it is one of {}",
                M::UPDATABLE.join(", ")
            )
        };
        Err(Refusal::field("update_mask", why))
    };
    mask.paths.iter().map(path).collect()
}

/// The numbers of the fields of every message of ours, by name.
static NUMBERS: LazyLock<BTreeMap<String, BTreeMap<String, u32>>> = LazyLock::new(|| {
    let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).expect("built with this program");
    let ours = set.file.iter().filter(|file| file.package() == "ot.v1");
    let messages = ours.flat_map(|file| &file.message_type);
    messages
        .map(|message| {
            let number = |number: i32| u32::try_from(number).expect("field numbers are positive");
            let fields = message.field.iter();
            let fields = fields.map(|field| (field.name().to_owned(), number(field.number())));
            (message.name().to_owned(), fields.collect())
        })
        .collect()
});

/// The fields of an encoded message by number, each with its key and all its repetitions.
fn split(message: &[u8]) -> BTreeMap<u32, Vec<u8>> {
    let mut fields = BTreeMap::<u32, Vec<u8>>::new();
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
