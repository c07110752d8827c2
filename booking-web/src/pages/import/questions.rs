//! What has to be said about a log before it can be read: its zone, its columns, its name.

use theatre_log::{Beginning, Field as LogField, Log, Mapping};

use crate::{
    imports::{Import, Settings},
    pages::{
        field::{Choice, Field, Kind},
        fields::{Fields, Form},
    },
};

/// The longest form of dates that is taken.
const MAX_FORM_CHARS: usize = 60;

/// The questions, answered as far as they are.
pub(super) struct Questions {
    pub(super) about: Vec<Field>,
    pub(super) columns: Vec<Field>,
    pub(super) strict: bool,
}

impl Questions {
    /// For a log that begins like this. `answers` are what was said before, if anything was.
    pub(super) fn of(
        import: &Import,
        begins: &Beginning,
        answers: Option<&Form>,
        zone: &str,
    ) -> Self {
        let suggested = [("time_zone", zone), ("source", &import.file)];
        let suggested = Fields::default().or(suggested).into();
        let typed = answers.unwrap_or(&suggested);
        let about = [
            Field::line("time_zone", "Time zone of the log")
                .hint("Whose clocks its times are; the hospital’s own is filled in. Logs do not say, so please look."),
            Field::line("source", "Name of the log")
                .hint("A case is known by this name and its number, so keep it when you import a newer copy."),
            Field::line("form", "Form of dates and times")
                .optional()
                .hint("Only if they are unusual, such as %d.%m.%Y %H:%M for 03.01.2022 07:05"),
        ];
        Self {
            about: about.map(|field| field.typed(typed)).into(),
            columns: LogField::ALL
                .map(|field| column(field, begins, answers))
                .into(),
            strict: typed.has("strict"),
        }
    }
}

fn column(field: LogField, begins: &Beginning, answers: Option<&Form>) -> Field {
    let columns = begins.header.iter().filter(|name| !name.is_empty());
    let columns = columns.map(|name| Choice::new(name, name));
    let none = match field.is_needed() {
        true => "Choose a column",
        false => "Not in the log",
    };
    let mut question = Field::line(field.key(), label(field));
    question.required = field.is_needed();
    let question = question.kind(Kind::or_none(none, columns));
    match answers {
        Some(answers) => question.typed(answers),
        None => question.value(field.usual_in(&begins.header).cloned().unwrap_or_default()),
    }
}

fn label(field: LogField) -> &'static str {
    match field {
        LogField::EncounterId => "Number of the case",
        LogField::Theatre => "Theatre",
        LogField::Specialty => "Specialty",
        LogField::Procedure => "Procedure, in words",
        LogField::Date => "Date, if times have none",
        LogField::BookedMin => "Minutes booked",
        LogField::ScheduledTime => "Planned start",
        LogField::WheelsIn => "Patient in",
        LogField::KnifeToSkin => "First cut",
        LogField::Closed => "Last stitch",
        LogField::WheelsOut => "Patient out",
    }
}

/// What was answered, if a log can be read with it.
pub(super) fn answered(import: &Import, form: &mut Form) -> Option<Settings> {
    let zone = form.zone("time_zone");
    let source = form.line("source", true);
    let dates = form.short("form", MAX_FORM_CHARS);
    let mut mapping = Mapping::separated_as(&import.bytes);
    if !dates.is_empty() && form.problem("form").is_none() {
        mapping.try_form(&dates);
    }
    for field in LogField::ALL {
        let column = form.own(field.key());
        if column.is_empty() && field.is_needed() {
            form.complain(field.key(), "Say which column has it.");
        }
        mapping.put(field, (!column.is_empty()).then_some(column));
    }
    let zone = zone.filter(|_| !form.is_wrong())?;
    if let Err(error) = Log::open(&*import.bytes, &mapping, zone.clone()) {
        form.complain("log", format!("The log {error}."));
        return None;
    }
    Some(Settings {
        source,
        zone,
        mapping,
        strict: form.has("strict"),
        typed: form.pairs().to_vec(),
    })
}
