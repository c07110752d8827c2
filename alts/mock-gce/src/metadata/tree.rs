//! A tree of values, as text or as JSON. Pure; knows nothing of machines.
//!
//! Paths are written `like-this`, JSON keys `likeThis`; keys that users choose stay as they are.

use serde_json::{Map, Value};

/// A directory or a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Named entries, in this order.
    Dir(Vec<(String, Self)>),
    /// The same with names that users chose.
    Named(Vec<(String, Self)>),
    /// Entries that are named by their number.
    List(Vec<Self>),
    /// A text, a number, or texts: an array, one a line where no JSON is wanted.
    Value(Value),
    /// Made when it is asked for, and part of no recursive answer.
    OnDemand(OnDemand),
}

/// What is made when it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDemand {
    /// An access token.
    Token,
    /// An identity token.
    Identity,
}

impl<T: Into<Value>> From<T> for Node {
    fn from(value: T) -> Self {
        Self::Value(value.into())
    }
}

impl Node {
    /// A directory.
    pub fn dir<const N: usize>(entries: [(&str, Self); N]) -> Self {
        Self::Dir(
            entries
                .into_iter()
                .map(|(name, node)| (name.to_owned(), node))
                .collect(),
        )
    }

    /// Whether it holds others.
    pub fn is_dir(&self) -> bool {
        matches!(self, Self::Dir(_) | Self::Named(_) | Self::List(_))
    }

    /// The node at a path of names; empty names are skipped.
    pub fn find<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Option<&Self> {
        path.into_iter()
            .filter(|name| !name.is_empty())
            .try_fold(self, |node, name| match node {
                Self::Dir(entries) | Self::Named(entries) => {
                    let (_, found) = entries.iter().find(|(key, _)| key == name)?;
                    Some(found)
                }
                Self::List(entries) => entries.get(name.parse::<usize>().ok()?),
                _ => None,
            })
    }

    fn entries(&self) -> Vec<(String, &Self)> {
        match self {
            Self::Dir(entries) | Self::Named(entries) => entries
                .iter()
                .map(|(name, node)| (name.clone(), node))
                .collect(),
            Self::List(entries) => entries
                .iter()
                .enumerate()
                .map(|(index, node)| (index.to_string(), node))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The names in a directory, those of directories with a slash.
    pub fn listing(&self) -> Vec<String> {
        let slash = |node: &Self| if node.is_dir() { "/" } else { "" };
        self.entries()
            .into_iter()
            .map(|(name, node)| format!("{name}{}", slash(node)))
            .collect()
    }

    /// A value as text. `None` for what is no value.
    pub fn as_text(&self) -> Option<String> {
        match self {
            Self::Value(Value::Array(lines)) => {
                Some(lines.iter().map(|line| in_words(line) + "\n").collect())
            }
            Self::Value(value) => Some(in_words(value)),
            _ => None,
        }
    }

    /// Everything from here on, as JSON. `None` for what is made on demand.
    pub fn as_json(&self) -> Option<Value> {
        Some(match self {
            Self::Dir(entries) => object(entries, camel_case),
            Self::Named(entries) => object(entries, str::to_owned),
            Self::List(entries) => entries.iter().filter_map(Self::as_json).collect(),
            Self::Value(value) => value.clone(),
            Self::OnDemand(_) => return None,
        })
    }

    /// Everything from here on, one `path value` a line.
    pub fn as_flat_text(&self) -> String {
        let mut text = String::new();
        self.flatten("", &mut text);
        text
    }

    fn flatten(&self, path: &str, text: &mut String) {
        for (name, node) in self.entries() {
            let path = if path.is_empty() {
                name
            } else {
                format!("{path}/{name}")
            };
            match node {
                Self::Value(Value::Array(lines)) => {
                    text.extend(
                        lines
                            .iter()
                            .map(|line| format!("{path} {}\n", in_words(line))),
                    );
                }
                Self::Value(value) => text.push_str(&format!("{path} {}\n", in_words(value))),
                node => node.flatten(&path, text),
            }
        }
    }
}

/// Without the quotes around a text.
fn in_words(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn object(entries: &[(String, Node)], key: impl Fn(&str) -> String) -> Value {
    let entries = entries
        .iter()
        .filter_map(|(name, node)| Some((key(name), node.as_json()?)));
    Value::Object(entries.collect::<Map<_, _>>())
}

/// `network-interfaces` to `networkInterfaces`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('-');
    let mut key = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        key.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        key.extend(letters);
    }
    key
}
