//! What came with a query or a form, read leniently: a field that is missing is empty, and what is
//! wrong with it is told beside it.

use std::collections::BTreeMap;

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

/// What is wrong, by field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Problems(BTreeMap<String, String>);

impl Problems {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn of(&self, field: &str) -> Option<&String> {
        self.0.get(field)
    }

    /// The first complaint about a field stands.
    pub(crate) fn add(&mut self, field: &str, words: impl Into<String>) {
        self.0
            .entry(field.to_owned())
            .or_insert_with(|| words.into());
    }

    /// A line of text within limits.
    pub(crate) fn line(&mut self, fields: &Fields, field: &str, required: bool) -> String {
        let text = fields.get(field);
        if text.is_empty() && required {
            self.add(field, "Fill this in.");
        }
        self.plain(field, text, MAX_LINE_CHARS);
        text.to_owned()
    }

    /// One line of no more characters than this.
    pub(crate) fn plain(&mut self, field: &str, text: &str, limit: usize) {
        self.short(field, text, limit);
        if text.chars().any(char::is_control) {
            self.add(field, "Remove line breaks and other control characters.");
        }
    }

    /// Several lines of text within limits.
    pub(crate) fn text(&mut self, fields: &Fields, field: &str) -> String {
        let text = fields.get(field).replace("\r\n", "\n");
        self.short(field, &text, MAX_TEXT_CHARS);
        if text.chars().any(|c| c.is_control() && c != '\n') {
            self.add(field, "Remove control characters.");
        }
        text
    }

    /// A text of no more characters than this.
    pub(crate) fn short(&mut self, field: &str, text: &str, limit: usize) {
        if text.chars().count() > limit {
            self.add(field, format!("Shorten this to {limit} characters."));
        }
    }

    /// A whole number in a range.
    pub(crate) fn number(
        &mut self,
        fields: &Fields,
        field: &str,
        range: std::ops::RangeInclusive<i32>,
    ) -> i32 {
        let typed = fields.get(field).parse().ok();
        let number = typed.filter(|number| range.contains(number));
        if number.is_none() {
            let (least, most) = range.into_inner();
            let words = format!("Enter a whole number from {least} to {most}.");
            self.add(field, words);
        }
        number.unwrap_or_default()
    }

    pub(crate) fn date(&mut self, fields: &Fields, field: &str) -> Option<Date> {
        let date = fields.date(field);
        if date.is_none() {
            self.add(
                field,
                "Enter a date as year-month-day, for example 2026-03-02.",
            );
        }
        date
    }

    /// None when nothing was typed, too.
    pub(crate) fn optional_date(&mut self, fields: &Fields, field: &str) -> Option<Date> {
        fields
            .has(field)
            .then(|| self.date(fields, field))
            .flatten()
    }

    pub(crate) fn time(&mut self, fields: &Fields, field: &str) -> Option<Time> {
        let typed = fields.get(field);
        let time = Time::strptime("%H:%M", typed).or_else(|_| Time::strptime("%H:%M:%S", typed));
        if time.is_err() {
            self.add(field, "Enter a time as hours:minutes, for example 09:30.");
        }
        time.ok()
    }

    /// A time zone by its name in the IANA database.
    pub(crate) fn zone(&mut self, fields: &Fields, field: &str) -> Option<TimeZone> {
        let zone = TimeZone::get(fields.get(field));
        if zone.is_err() {
            self.add(
                field,
                "There is no zone of that name. Write it like Europe/London or America/New_York.",
            );
        }
        zone.ok()
    }
}
