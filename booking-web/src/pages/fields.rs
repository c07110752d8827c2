//! What came with a query or a form, read leniently: a field that is missing is empty, and what is
//! wrong with it is told beside it.

use std::{collections::BTreeMap, ops::Deref};

use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};

/// The longest single-line text that is taken.
pub(crate) const MAX_LINE_CHARS: usize = 200;
/// The longest text of several lines.
pub(crate) const MAX_TEXT_CHARS: usize = 2000;

/// Names and values in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(crate) fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The first value of that name without blanks around it; empty for none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.as_typed(name).trim()
    }

    /// The first value of that name as it was typed: blanks belong to a password.
    pub(crate) fn as_typed(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }

    /// The same for a message.
    pub(crate) fn own(&self, name: &str) -> String {
        self.get(name).to_owned()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let found = self.0.iter().filter(move |(key, _)| key == name);
        found.map(|(_, value)| value.trim())
    }

    /// These, and of the others those of whose name there is nothing.
    pub(crate) fn or<N: Into<String>, V: Into<String>>(
        mut self,
        others: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        for (name, value) in others {
            let (name, value) = (name.into(), value.into());
            if !value.is_empty() && !self.has(&name) {
                self.0.retain(|(key, _)| *key != name);
                self.0.push((name, value));
            }
        }
        self
    }

    pub(crate) fn date(&self, name: &str) -> Option<Date> {
        self.get(name).parse().ok()
    }
}

/// A form as it was filled in, and what is wrong with it, by field.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    pub(crate) typed: Fields,
    problems: BTreeMap<String, String>,
}

impl From<Fields> for Form {
    fn from(typed: Fields) -> Self {
        let problems = BTreeMap::new();
        Self { typed, problems }
    }
}

impl Deref for Form {
    type Target = Fields;

    fn deref(&self) -> &Fields {
        &self.typed
    }
}

impl Form {
    pub(crate) fn is_wrong(&self) -> bool {
        !self.problems.is_empty()
    }

    /// What is wrong with a field.
    pub(crate) fn problem(&self, field: &str) -> Option<&String> {
        self.problems.get(field)
    }

    /// The first complaint about a field stands.
    pub(crate) fn complain(&mut self, field: &str, words: impl Into<String>) {
        let first = self.problems.entry(field.to_owned());
        first.or_insert_with(|| words.into());
    }

    /// What was read, or a complaint about a field that cannot be.
    fn read<T>(&mut self, field: &str, read: Option<T>, words: &str) -> Option<T> {
        if read.is_none() {
            self.complain(field, words);
        }
        read
    }

    /// A line of text within limits.
    pub(crate) fn line(&mut self, field: &str, required: bool) -> String {
        if required && !self.has(field) {
            self.complain(field, "Fill this in.");
        }
        self.plain(field, MAX_LINE_CHARS)
    }

    /// One line of no more characters than this.
    pub(crate) fn plain(&mut self, field: &str, limit: usize) -> String {
        let text = self.short(field, limit);
        if text.chars().any(char::is_control) {
            self.complain(field, "Remove line breaks and other control characters.");
        }
        text
    }

    /// Several lines of text within limits.
    pub(crate) fn text(&mut self, field: &str) -> String {
        let text = self.short(field, MAX_TEXT_CHARS);
        if text.chars().any(|c| c.is_control() && c != '\n') {
            self.complain(field, "Remove control characters.");
        }
        text
    }

    /// A text of no more characters than this; browsers end its lines in a way of their own.
    pub(crate) fn short(&mut self, field: &str, limit: usize) -> String {
        let text = self.get(field).replace("\r\n", "\n");
        if text.chars().count() > limit {
            self.complain(field, format!("Shorten this to {limit} characters."));
        }
        text
    }

    /// A whole number in a range.
    pub(crate) fn number(&mut self, field: &str, range: std::ops::RangeInclusive<i32>) -> i32 {
        let typed = self.get(field).parse().ok();
        let number = typed.filter(|number| range.contains(number));
        let (least, most) = range.into_inner();
        let words = format!("Enter a whole number from {least} to {most}.");
        self.read(field, number, &words).unwrap_or_default()
    }

    pub(crate) fn date(&mut self, field: &str) -> Option<Date> {
        let words = "Enter a date as year-month-day, for example 2026-03-02.";
        self.read(field, self.typed.date(field), words)
    }

    /// None when nothing was typed, too.
    pub(crate) fn optional_date(&mut self, field: &str) -> Option<Date> {
        self.has(field).then(|| self.date(field)).flatten()
    }

    pub(crate) fn time(&mut self, field: &str) -> Option<Time> {
        let typed = self.get(field);
        let time = Time::strptime("%H:%M", typed).or_else(|_| Time::strptime("%H:%M:%S", typed));
        let words = "Enter a time as hours:minutes, for example 09:30.";
        self.read(field, time.ok(), words)
    }

    /// A time zone by its name in the IANA database.
    pub(crate) fn zone(&mut self, field: &str) -> Option<TimeZone> {
        let zone = TimeZone::get(self.get(field)).ok();
        let words =
            "There is no zone of that name. Write it like Europe/London or America/New_York.";
        self.read(field, zone, words)
    }
}
