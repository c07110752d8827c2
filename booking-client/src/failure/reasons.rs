//! What the service has against something, one sentence each, out of a status's details.

use tonic::Status;
use tonic_types::StatusExt as _;

/// The longest text that is shown. A peer chooses its words; it does not choose to fill a screen.
const MAX_CAUSE_CHARS: usize = 600;

/// The most reasons that are listed; a day's list has fewer cases.
const MAX_REASONS: usize = 100;

/// What the service has against something: each reason as a line, and its sentence alone.
pub(super) struct Reasons {
    pub(super) lines: Vec<String>,
    sentences: Vec<String>,
    /// What they are about, for one and for several.
    what: (&'static str, &'static str),
}

impl Reasons {
    /// Every broken rule and every wrong field that the service names.
    pub(super) fn of(status: &Status) -> Self {
        let details = status.get_error_details();
        let rules = details.precondition_failure().into_iter();
        let rules = rules.flat_map(|failure| &failure.violations);
        let fields = details.bad_request().into_iter();
        let fields = fields.flat_map(|request| &request.field_violations);
        let what = if rules.clone().next().is_some() {
            ("a rule stands against it", "rules stand against it")
        } else {
            ("a field is wrong", "fields are wrong")
        };
        let rules = rules.map(|rule| {
            let about = format!("{} {}", rule.r#type, rule.subject);
            (about.trim().to_owned(), rule.description.clone())
        });
        let fields = fields.map(|field| (field.field.clone(), field.description.clone()));
        let all = rules.chain(fields).take(MAX_REASONS);
        let (lines, sentences) = all
            .map(|(about, sentence)| (bounded(&line(&about, &sentence)), sentence))
            .unzip();
        Self {
            lines,
            sentences,
            what,
        }
    }

    /// A cause that does not say again what the lines below it say.
    pub(super) fn in_short(&self, cause: &str) -> Option<String> {
        let told = self
            .sentences
            .iter()
            .all(|sentence| cause.contains(sentence.as_str()));
        match self.lines.len() {
            0 => None,
            _ if !told => None,
            1 => Some(self.what.0.to_owned()),
            many => Some(format!("{many} {}", self.what.1)),
        }
    }
}

/// A reason as a line; what is about nothing in particular counts those that were not told.
fn line(about: &str, sentence: &str) -> String {
    if about.is_empty() {
        sentence.to_owned()
    } else {
        format!("{about}: {sentence}")
    }
}

/// A text that is not too long to be shown.
pub(super) fn bounded(text: &str) -> String {
    match text.char_indices().nth(MAX_CAUSE_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
