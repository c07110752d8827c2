//! The provider's schema, as `tests/terraform/google_schema.py` wrote it, and as Terraform asks for it.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Deserialize;

use super::wire;

/// One release of the provider.
#[derive(Debug, Deserialize)]
pub(crate) struct Schema {
    /// Its version, such as `8.7.0`.
    pub(crate) provider_version: String,
    /// Type to its arguments.
    pub(crate) resource_schemas: BTreeMap<String, Block>,
    /// The same of what is only read.
    #[serde(default)]
    pub(crate) data_source_schemas: BTreeMap<String, Block>,
}

/// Arguments and the blocks below them.
#[derive(Debug, Deserialize)]
pub(crate) struct Block {
    #[serde(default)]
    pub(crate) attributes: BTreeMap<String, Attribute>,
    #[serde(default)]
    pub(crate) block_types: BTreeMap<String, Nested>,
}

/// One argument.
#[derive(Debug, Deserialize)]
pub(crate) struct Attribute {
    /// Terraform's type, as it writes it: `"string"`, `["list", "string"]`.
    #[serde(rename = "type")]
    pub(crate) kind: serde_json::Value,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(default)]
    pub(crate) optional: bool,
    #[serde(default)]
    pub(crate) computed: bool,
    #[serde(default)]
    pub(crate) write_only: bool,
    /// The only words it takes; empty: any.
    #[serde(default)]
    pub(crate) one_of: Vec<String>,
}

/// Blocks of one name.
#[derive(Debug, Deserialize)]
pub(crate) struct Nested {
    pub(crate) nesting_mode: Nesting,
    #[serde(default)]
    pub(crate) min_items: i64,
    #[serde(default)]
    pub(crate) max_items: i64,
    pub(crate) block: Block,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Nesting {
    Single,
    List,
    Set,
    Map,
}

impl Schema {
    /// Reads a file that the extractor wrote.
    pub(crate) fn read(path: &Path) -> Self {
        let text = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// What Terraform asks for first.
    pub(crate) fn to_wire(&self) -> wire::get_provider_schema::Response {
        let whole = |block: &Block| wire::Schema {
            version: 0,
            block: Some(block.to_wire()),
        };
        let all = |blocks: &BTreeMap<String, Block>| {
            let blocks = blocks.iter();
            blocks
                .map(|(name, block)| (name.clone(), whole(block)))
                .collect()
        };
        wire::get_provider_schema::Response {
            // Our configuration leaves the provider's own arguments to its environment.
            provider: Some(wire::Schema {
                version: 0,
                block: Some(wire::schema::Block::default()),
            }),
            resource_schemas: all(&self.resource_schemas),
            data_source_schemas: all(&self.data_source_schemas),
            diagnostics: Vec::new(),
        }
    }
}

impl Block {
    fn to_wire(&self) -> wire::schema::Block {
        wire::schema::Block {
            version: 0,
            attributes: self
                .attributes
                .iter()
                .map(|(name, attribute)| attribute.to_wire(name))
                .collect(),
            block_types: self
                .block_types
                .iter()
                .map(|(name, nested)| nested.to_wire(name))
                .collect(),
        }
    }
}

impl Attribute {
    /// Decided by the provider alone.
    pub(crate) fn is_read_only(&self) -> bool {
        self.computed && !self.optional && !self.required
    }

    fn to_wire(&self, name: &str) -> wire::schema::Attribute {
        wire::schema::Attribute {
            name: name.to_owned(),
            r#type: self.kind.to_string().into_bytes(),
            required: self.required,
            optional: self.optional,
            computed: self.computed,
            write_only: self.write_only,
            ..Default::default()
        }
    }
}

impl Nested {
    fn to_wire(&self, name: &str) -> wire::schema::NestedBlock {
        use wire::schema::nested_block::NestingMode;
        let nesting = match self.nesting_mode {
            Nesting::Single => NestingMode::Single,
            Nesting::List => NestingMode::List,
            Nesting::Set => NestingMode::Set,
            Nesting::Map => NestingMode::Map,
        };
        wire::schema::NestedBlock {
            type_name: name.to_owned(),
            block: Some(self.block.to_wire()),
            nesting: nesting.into(),
            min_items: self.min_items,
            max_items: self.max_items,
        }
    }
}
