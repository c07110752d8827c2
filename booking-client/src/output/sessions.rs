//! Sessions and their templates, for people.

use booking_proto::ot::v1::{
    ExpandSessionTemplateResponse, Session, SessionFlags, SessionOwner, SessionTemplate,
    session_owner::Owner,
};

use super::{
    cases::list,
    table::table,
    time::{date_time, dated_span},
};
use crate::{
    cli::words::{FLAGS, shown},
    moment::Place,
    printable::Printable,
    request::id_of,
    week::{clock, day_name},
};

/// Sessions, in the order given.
pub fn session_table(sessions: &[Session], place: &Place) -> String {
    let rows = sessions.iter().map(|session| {
        vec![
            dated_span(
                session.start_time.as_ref(),
                session.end_time.as_ref(),
                place,
            ),
            id_of(&session.theatre),
            owner(session.owner.as_ref()),
            flags(session.flags.as_ref()),
            shown(session.state().as_str_name()),
            date_time(session.release_time.as_ref(), place),
            session.note.clone(),
            id_of(&session.name),
            session.etag.clone(),
        ]
    });
    table(
        &[
            "when",
            "theatre",
            "owner",
            "with",
            "state",
            "released from",
            "note",
            "session",
            "version",
        ],
        rows.collect(),
    )
}

/// Whose it is.
pub(super) fn owner(owner: Option<&SessionOwner>) -> String {
    match owner.and_then(|owner| owner.owner.as_ref()) {
        Some(Owner::Surgeon(name)) => id_of(name),
        Some(Owner::Specialty(specialty)) => specialty.clone(),
        Some(Owner::Emergency(_)) => "emergencies".to_owned(),
        Some(Owner::Open(_)) => "open".to_owned(),
        None => String::new(),
    }
}

/// What it has for its cases.
fn flags(flags: Option<&SessionFlags>) -> String {
    let flags = flags.copied().unwrap_or_default();
    let has = [
        flags.anaesthetist,
        flags.general_anaesthesia,
        flags.paediatric,
    ];
    let words = FLAGS.iter().zip(has).filter(|(_, has)| *has);
    list(words.map(|(word, _)| (*word).to_owned()))
}

/// Templates.
pub fn template_table(templates: &[SessionTemplate]) -> String {
    let rows = templates.iter().map(|template| {
        let weeks = if template.weeks_of_month.is_empty() {
            match template.interval_weeks {
                0 | 1 => "every week".to_owned(),
                weeks => format!("every {weeks} weeks"),
            }
        } else {
            format!(
                "weeks {} of the month",
                list(template.weeks_of_month.iter().map(ToString::to_string))
            )
        };
        vec![
            id_of(&template.theatre),
            format!(
                "{} {}-{}",
                day_name(template.weekday),
                clock(template.start_minute),
                clock(template.end_minute)
            ),
            weeks,
            owner(template.owner.as_ref()),
            flags(template.flags.as_ref()),
            template.first_date.clone(),
            template.last_date.clone(),
            template
                .release_before
                .map(|before| format!("{} h before", before.seconds / 3600))
                .unwrap_or_default(),
            id_of(&template.name),
        ]
    });
    table(
        &[
            "theatre",
            "when",
            "how often",
            "owner",
            "with",
            "first",
            "last",
            "released",
            "template",
        ],
        rows.collect(),
    )
}

/// What was made of a template, and which dates were left out.
pub fn expansion(made: &ExpandSessionTemplateResponse, place: &Place) -> String {
    let mut text = session_table(&made.sessions, place);
    for skipped in &made.skipped {
        text.push_str(&format!(
            "{} left out: {}\n",
            Printable(&skipped.date),
            Printable(&skipped.reason)
        ));
    }
    text
}
