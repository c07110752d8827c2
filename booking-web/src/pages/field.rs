//! One field of a form with its label, hint and complaint: the same markup for all of them.

use askama::Template;

use super::fields::Form;

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
    /// Whoever opens the page begins here.
    pub(crate) focus: bool,
}

/// How it is typed.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Line,
    /// A number with letters, such as a patient's.
    Identifier,
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

impl Kind {
    /// A choice that may also be left open, in the words of `none`.
    pub(crate) fn or_none(none: &str, choices: impl IntoIterator<Item = Choice>) -> Self {
        let none = Choice::new("", none);
        Self::Choice(std::iter::once(none).chain(choices).collect())
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
            focus: false,
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
    pub(crate) fn typed(mut self, form: &Form) -> Self {
        self.value = form.own(self.name);
        self.problem = form.problem(self.name).cloned();
        self
    }

    /// What was typed in place of what is shown, where it is wrong.
    pub(crate) fn wrong(self, form: &Form) -> Self {
        match form.problem(self.name) {
            Some(_) => self.typed(form),
            None => self,
        }
    }

    fn input_type(&self) -> &'static str {
        match self.kind {
            Kind::Number => "number",
            Kind::Date => "date",
            Kind::Time => "time",
            Kind::Password => "password",
            Kind::Line | Kind::Identifier | Kind::Text | Kind::Username | Kind::Choice(_) => "text",
        }
    }

    fn autocomplete(&self) -> &'static str {
        match self.kind {
            Kind::Username => "username",
            Kind::Password => "current-password",
            _ => "off",
        }
    }

    fn described_by(&self) -> String {
        let complaint = self.problem.as_ref().map(|_| "complaint");
        let hint = (!self.hint.is_empty()).then_some("hint");
        let all = complaint.into_iter().chain(hint);
        let ids: Vec<_> = all.map(|part| format!("{}-{part}", self.name)).collect();
        ids.join(" ")
    }
}
