//! JSON: protobuf's own mapping for messages of the contract, and nothing raw that a terminal obeys.

use std::sync::LazyLock;

use booking_proto::FILE_DESCRIPTOR_SET;
use prost::{Message, Name};
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};

use crate::printable::steers;

/// Every message and every method of the contract by its name.
pub static CONTRACT: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(FILE_DESCRIPTOR_SET)
        .expect("the contract's own descriptors are complete")
});

/// A message on one line, as <https://protobuf.dev/programming-guides/json/> has it. Fields that hold
/// their default are there too, so that a program finds what it looks for.
pub fn line<M: Message + Name>(message: &M) -> String {
    let described = CONTRACT
        .get_message_by_name(&M::full_name())
        .expect("a message of the contract has a descriptor");
    let dynamic = DynamicMessage::decode(described, message.encode_to_vec().as_slice())
        .expect("what was just encoded decodes");
    let mut bytes = Vec::new();
    let options = SerializeOptions::new().skip_default_fields(false);
    dynamic
        .serialize_with_options(&mut serde_json::Serializer::new(&mut bytes), &options)
        .expect("writing to memory does not fail");
    quiet(&String::from_utf8_lossy(&bytes))
}

/// serde_json leaves alone what JSON allows raw but a terminal obeys (U+009B, overrides). Compact
/// JSON has such characters inside strings only, where an escape means the same.
pub fn quiet(json: &str) -> String {
    let mut quiet = String::with_capacity(json.len());
    for c in json.chars() {
        if steers(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                quiet.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            quiet.push(c);
        }
    }
    quiet
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
