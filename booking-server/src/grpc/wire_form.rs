//! An encoded message as a list of numbered fields, for what is done to any message alike.

use std::collections::BTreeMap;

use booking_proto::fields::{self, Fields};
use prost::{
    Message, Name,
    bytes::{Buf, Bytes},
    encoding::{self, DecodeContext, WireType, decode_key, decode_varint, skip_field},
};

/// An encoded message, by the numbers of its fields; each with its key and all its repetitions.
pub(super) type Parts = BTreeMap<u32, Vec<u8>>;

/// One encoded field: its number, its key with its value, and the value's own bytes where it is a
/// text or a message.
struct Encoded {
    number: u32,
    whole: Bytes,
    content: Option<Bytes>,
}

/// The fields of an encoded message, in the order in which they stand.
fn encoded(message: Bytes) -> impl Iterator<Item = Encoded> {
    let mut rest = message;
    std::iter::from_fn(move || {
        if !rest.has_remaining() {
            return None;
        }
        let mut whole = rest.clone();
        let (number, wire_type) = decode_key(&mut rest).expect("encoded by prost");
        let value = rest.clone();
        skip_field(wire_type, number, &mut rest, DecodeContext::default())
            .expect("encoded by prost");
        whole.truncate(whole.len() - rest.len());
        let content = (wire_type == WireType::LengthDelimited).then(|| {
            let mut content = value.slice(..value.len() - rest.len());
            decode_varint(&mut content).expect("encoded by prost");
            content
        });
        Some(Encoded {
            number,
            whole,
            content,
        })
    })
}

/// What many messages have under one name, such as `etag` and `request_id`, whichever message it is.
pub(super) struct ByName<'a> {
    fields: &'static Fields,
    bytes: &'a [u8],
}

impl<'a> ByName<'a> {
    /// In an encoded message of this type.
    pub(super) fn of<M: Name>(bytes: &'a [u8]) -> Self {
        let fields = fields::of(M::NAME);
        Self { fields, bytes }
    }

    fn field(&self, name: &str) -> Option<Encoded> {
        let number = self.fields.named(name)?.number;
        encoded(Bytes::copy_from_slice(self.bytes)).find(|it| it.number == number)
    }

    /// The text of a field; empty where it is absent.
    pub(super) fn text(&self, name: &str) -> String {
        let content = self.field(name).and_then(|it| it.content);
        let content = content.unwrap_or_default().into();
        String::from_utf8(content).expect("texts are UTF-8")
    }

    /// Whether a flag is set.
    pub(super) fn flag(&self, name: &str) -> bool {
        // One that is not set is not encoded.
        self.field(name).is_some()
    }
}

/// The fields of an encoded message.
pub(super) fn split(message: &[u8]) -> Parts {
    let mut parts = Parts::new();
    for field in encoded(Bytes::copy_from_slice(message)) {
        let repetitions = parts.entry(field.number).or_default();
        repetitions.extend_from_slice(&field.whole);
    }
    parts
}

/// The fields of the message in an encoded field; none when it is absent.
pub(super) fn inner(field: Option<&Vec<u8>>) -> Parts {
    let field = field.map(|field| Bytes::copy_from_slice(field));
    let content = field.and_then(|field| encoded(field).next()?.content);
    content.map(|content| split(&content)).unwrap_or_default()
}

/// The encoded field with this message in it.
pub(super) fn joined(number: u32, parts: Parts) -> Vec<u8> {
    let message: Vec<u8> = parts.into_values().flatten().collect();
    let mut field = Vec::new();
    encoding::bytes::encode(number, &message, &mut field);
    field
}

/// The message without what tells of whom a case is, as the contract has it.
pub(super) fn without_patient<M: Message + Name + Default>(message: &M) -> M {
    let kept = kept(M::NAME, message.encode_to_vec().into());
    M::decode(&*kept).expect("a valid message with some fields left out")
}

fn kept(message: &str, bytes: Bytes) -> Vec<u8> {
    let fields = fields::of(message);
    let mut kept = Vec::with_capacity(bytes.len());
    for field in encoded(bytes) {
        let known = fields.numbered(field.number);
        if known.is_some_and(|known| known.usage.patient_data) {
            continue;
        }
        match (
            known.and_then(|known| known.message.as_deref()),
            field.content,
        ) {
            (Some(message), Some(content)) => {
                encoding::bytes::encode(field.number, &self::kept(message, content), &mut kept);
            }
            _ => kept.extend_from_slice(&field.whole),
        }
    }
    kept
}
