//! The rules for asking a metadata server. Pure: a question in, an answer out.

use serde_json::Value;

use super::tree::{Node, OnDemand};
use crate::identity::identity_token::{Format, MAX_AUDIENCE_LEN};

/// Who asks what.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// As in the request line, decoded.
    pub path: &'a str,
    /// As in the request line.
    pub raw_query: Option<&'a str>,
    /// The query, decoded, in order.
    pub query: &'a [(String, String)],
    /// The header `Metadata-Flavor`.
    pub flavor: Option<&'a str>,
    /// Whether there is a header `X-Forwarded-For`.
    pub forwarded: bool,
}

impl Question<'_> {
    /// The last value of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut found = self.query.iter().rev();
        let (_, value) = found.find(|(key, _)| key == name)?;
        Some(value)
    }

    fn is_set(&self, name: &str) -> bool {
        self.parameter(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Whether the asker wants to wait until the answer is another one.
    pub fn waits_for_change(&self) -> bool {
        self.is_set("wait_for_change")
    }
}

/// What to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Text, as `application/text`.
    Text(String),
    /// JSON.
    Json(Value),
    /// The directory's real name ends with a slash.
    Redirect(String),
    /// An access token.
    Token,
    /// An identity token.
    Identity {
        /// Whom it is for.
        audience: String,
        /// How much it tells.
        format: Format,
        /// Whether it lists licences.
        licenses: bool,
    },
    /// Status 403, and the reason.
    Forbidden(&'static str),
    /// Status 404.
    NotFound,
    /// Status 400, and the reason.
    BadRequest(&'static str),
}

/// Answers a question about `tree`.
pub fn answer(tree: &Node, question: &Question<'_>) -> Answer {
    // A proxy that forwards requests must not become everybody's way to this machine's tokens.
    if question.forwarded {
        return Answer::Forbidden("Requests with an X-Forwarded-For header are refused.");
    }
    // The root alone may be asked by anybody: libraries look there whether this is Google Cloud.
    if question.path != "/" && question.flavor != Some("Google") {
        return Answer::Forbidden("Missing Metadata-Flavor:Google header.");
    }
    let Some(node) = tree.find(question.path.split('/')) else {
        return Answer::NotFound;
    };
    let slash = question.path.ends_with('/');
    match (node.is_dir(), slash) {
        (true, true) => directory(node, question),
        (true, false) => Answer::Redirect(with_slash(question)),
        (false, true) => Answer::NotFound,
        (false, false) => value(node, question),
    }
}

fn with_slash(question: &Question<'_>) -> String {
    match question.raw_query {
        Some(query) => format!("{}/?{query}", question.path),
        None => format!("{}/", question.path),
    }
}

fn directory(node: &Node, question: &Question<'_>) -> Answer {
    let text = question.parameter("alt") == Some("text");
    let recursive = question.is_set("recursive");
    match (recursive, text) {
        (true, true) => Answer::Text(node.as_flat_text()),
        (true, false) => Answer::Json(node.as_json().unwrap_or_default()),
        (false, _) if question.parameter("alt") == Some("json") => {
            Answer::Json(node.listing().into())
        }
        (false, _) => Answer::Text(
            node.listing()
                .iter()
                .map(|name| format!("{name}\n"))
                .collect(),
        ),
    }
}

fn value(node: &Node, question: &Question<'_>) -> Answer {
    match node {
        Node::OnDemand(OnDemand::Token) => Answer::Token,
        Node::OnDemand(OnDemand::Identity) => identity(question),
        node if question.parameter("alt") == Some("json") => {
            Answer::Json(node.as_json().unwrap_or_default())
        }
        node => Answer::Text(node.as_text().unwrap_or_default()),
    }
}

fn identity(question: &Question<'_>) -> Answer {
    let audience = question.parameter("audience").unwrap_or_default();
    if audience.is_empty() {
        return Answer::BadRequest("non-empty audience parameter required");
    }
    if audience.len() > MAX_AUDIENCE_LEN || audience.chars().any(char::is_control) {
        return Answer::BadRequest(
            "the audience must be at most 2048 bytes without control characters",
        );
    }
    let format = match question.parameter("format") {
        None | Some("standard") => Format::Standard,
        Some("full") => Format::Full,
        Some(_) => return Answer::BadRequest("the format must be standard or full"),
    };
    Answer::Identity {
        audience: audience.to_owned(),
        format,
        licenses: question.is_set("licenses"),
    }
}
