//! Values of Terraform's type system in MessagePack, where "not known yet" is an extension of type 0.

use rmpv::Value;
use tonic::Status;

use super::wire::DynamicValue;

/// What is not known before an apply.
pub(crate) fn unknown() -> Value {
    Value::Ext(0, vec![0])
}

/// Whether a value is one that is not known yet.
pub(crate) fn is_unknown(value: &Value) -> bool {
    matches!(value, Value::Ext(..))
}

/// The value that Terraform sent; nothing at all is null.
pub(crate) fn decode(sent: Option<&DynamicValue>) -> Result<Value, Status> {
    match sent {
        Some(sent) if !sent.msgpack.is_empty() => {
            rmpv::decode::read_value(&mut sent.msgpack.as_slice())
                .map_err(|error| Status::invalid_argument(error.to_string()))
        }
        _ => Ok(Value::Nil),
    }
}

/// A value to send.
pub(crate) fn encode(value: &Value) -> DynamicValue {
    let mut msgpack = Vec::new();
    rmpv::encode::write_value(&mut msgpack, value).expect("a vector takes everything");
    DynamicValue {
        msgpack,
        json: Vec::new(),
    }
}

/// A field of an object; null when there is none.
pub(crate) fn field<'a>(object: &'a Value, name: &str) -> &'a Value {
    object
        .as_map()
        .and_then(|fields| fields.iter().find(|(key, _)| key.as_str() == Some(name)))
        .map_or(&Value::Nil, |(_, value)| value)
}

/// A field's text.
pub(crate) fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    field(object, name).as_str()
}

/// Replaces a field that is there.
pub(crate) fn set(object: &mut Value, name: &str, value: Value) {
    if let Value::Map(fields) = object {
        for (key, old) in fields {
            if key.as_str() == Some(name) {
                *old = value;
                return;
            }
        }
    }
}
