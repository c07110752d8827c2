//! What is done with each field of a resource, as the contract says beside its declaration
//! (`ot/v1/field_use.proto`): for whoever goes through all fields, so that none is forgotten.

use std::{collections::BTreeMap, sync::LazyLock};

use prost::Message as _;

use crate::{FILE_DESCRIPTOR_SET, ot::v1::FieldUse};

/// A field of a message of `ot.v1`.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name in the contract, such as `decision_time`.
    pub name: String,
    /// Its number on the wire.
    pub number: u32,
    /// The message of `ot.v1` that it holds, by its short name, if it holds one.
    pub message: Option<String>,
    /// Whether it holds any number of values.
    pub is_list: bool,
    /// What is done with it.
    pub usage: FieldUse,
}

/// The fields of a message, in the order of their declaration, and whether some are a choice of which
/// one is set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields {
    /// All of them.
    pub all: Vec<Field>,
    /// Whether some of them exclude each other.
    pub has_choice: bool,
}

impl Fields {
    /// The field of this name.
    pub fn named(&self, name: &str) -> Option<&Field> {
        self.all.iter().find(|field| field.name == name)
    }

    /// The field of this number.
    pub fn numbered(&self, number: u32) -> Option<&Field> {
        self.all.iter().find(|field| field.number == number)
    }

    /// Those that an update may change.
    pub fn updatable(&self) -> impl Iterator<Item = &Field> {
        self.all.iter().filter(|field| field.usage.updatable)
    }
}

/// The fields of a message of `ot.v1`, by its short name such as `Case`; none for one that is not.
pub fn of(message: &str) -> &'static Fields {
    static NONE: Fields = Fields {
        all: Vec::new(),
        has_choice: false,
    };
    MESSAGES.get(message).unwrap_or(&NONE)
}

/// Whether a field, or any part of what it holds, tells of whom a case is.
pub fn tells_of_patient(field: &Field) -> bool {
    let parts = field.message.as_deref().map(|message| &of(message).all);
    field.usage.patient_data || parts.into_iter().flatten().any(tells_of_patient)
}

static MESSAGES: LazyLock<BTreeMap<String, Fields>> = LazyLock::new(|| {
    let set = FileSet::decode(FILE_DESCRIPTOR_SET).expect("built with this crate");
    let ours = set.files.into_iter().filter(|file| file.package == PACKAGE);
    let messages = ours.flat_map(|file| file.messages);
    messages
        .map(|message| {
            let fields = Fields {
                all: message.fields.into_iter().map(field).collect(),
                has_choice: !message.choices.is_empty(),
            };
            (message.name, fields)
        })
        .collect()
});

fn field(declared: FieldDeclaration) -> Field {
    let message = (declared.kind == MESSAGE)
        .then(|| declared.type_name.strip_prefix(".ot.v1."))
        .flatten();
    Field {
        number: declared.number,
        message: message.map(str::to_owned),
        is_list: declared.label == REPEATED,
        usage: declared
            .options
            .unwrap_or_default()
            .usage
            .unwrap_or_default(),
        name: declared.name,
    }
}

const PACKAGE: &str = "ot.v1";

/// `FieldDescriptorProto.Label` and `.Type` in descriptor.proto.
const REPEATED: i32 = 3;
const MESSAGE: i32 = 11;

// The part of descriptor.proto that is read here: prost's own types for it leave extensions out.

#[derive(Clone, PartialEq, prost::Message)]
struct FileSet {
    #[prost(message, repeated, tag = "1")]
    files: Vec<File>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct File {
    #[prost(string, tag = "2")]
    package: String,
    #[prost(message, repeated, tag = "4")]
    messages: Vec<MessageDeclaration>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct MessageDeclaration {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, repeated, tag = "2")]
    fields: Vec<FieldDeclaration>,
    #[prost(message, repeated, tag = "8")]
    choices: Vec<Choice>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Choice {}

#[derive(Clone, PartialEq, prost::Message)]
struct FieldDeclaration {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(uint32, tag = "3")]
    number: u32,
    #[prost(int32, tag = "4")]
    label: i32,
    #[prost(int32, tag = "5")]
    kind: i32,
    #[prost(string, tag = "6")]
    type_name: String,
    #[prost(message, optional, tag = "8")]
    options: Option<FieldOptions>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct FieldOptions {
    #[prost(message, optional, tag = "50001")]
    usage: Option<FieldUse>,
}
