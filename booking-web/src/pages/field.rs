//! One field of a form with its label, hint and complaint: the same markup for all of them.

use askama::Template;

use super::fields::{Fields, Problems};

/// A field, ready to be shown.
#[derive(Clone, Debug, Template)]
#[template(path = "field.html")]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) value: String,
    pub(crate) problem: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
}

/// How it is typed.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Line,
    Number,
    Date,
    Time,
    Text,
    Username,
    Password,
    Choice(Vec<Choice>),
}

/// One of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
}

impl Choice {
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
        }
    }
}

impl Field {
    /// A required field of one line.
    pub(crate) fn line(name: &'static str, label: &'static str) -> Self {
        Self {
            name,
            label,
            hint: "",
            value: String::new(),
            problem: None,
            kind: Kind::Line,
            required: true,
        }
    }

    pub(crate) fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    pub(crate) fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    pub(crate) fn hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }

    pub(crate) fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// What was typed, and what is wrong with it.
    pub(crate) fn typed(mut self, fields: &Fields, problems: &Problems) -> Self {
        self.value = fields.get(self.name).to_owned();
        self.problem = problems.of(self.name).cloned();
        self
    }

    /// What was typed in place of what is shown, where it is wrong.
    pub(crate) fn wrong(self, fields: &Fields, problems: &Problems) -> Self {
        match problems.of(self.name) {
            Some(_) => self.typed(fields, problems),
            None => self,
        }
    }

    fn input_type(&self) -> &'static str {
        match self.kind {
            Kind::Number => "number",
            Kind::Date => "date",
            Kind::Time => "time",
            Kind::Password => "password",
            Kind::Line | Kind::Text | Kind::Username | Kind::Choice(_) => "text",
        }
    }

    fn choices(&self) -> Vec<(&Choice, bool)> {
        match &self.kind {
            Kind::Choice(choices) => choices
                .iter()
                .map(|one| (one, one.value == self.value))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn is_time(&self) -> bool {
        matches!(self.kind, Kind::Time)
    }

    fn autocomplete(&self) -> &'static str {
        match self.kind {
            Kind::Username => "username",
            Kind::Password => "current-password",
            _ => "off",
        }
    }

    fn described_by(&self) -> String {
        let complaint = self
            .problem
            .is_some()
            .then(|| format!("{}-complaint", self.name));
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.name));
        let all: Vec<String> = complaint.into_iter().chain(hint).collect();
        all.join(" ")
    }
}
