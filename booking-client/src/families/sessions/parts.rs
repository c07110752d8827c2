//! What sessions and their templates have in common: whose they are, what they have for cases, and how
//! sessions are shown.

use booking_proto::ot::v1::{
    ExpandSessionTemplateResponse, Session, SessionFlags, SessionOwner, session_owner::Owner,
};
use clap::{Args, builder::PossibleValuesParser};

use crate::{
    printable::Printable,
    printing::{Column, date_time, dated_span, joined, table},
    reading::{SiteTime, id_of, resource, shown},
};

/// What a session may have for its cases, in the order of `SessionFlags`' fields.
const FLAGS: [&str; 3] = ["anaesthetist", "general-anaesthesia", "paediatric"];

/// Whose: exactly one of them.
#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = false)]
pub struct OwnerArgs {
    /// A surgeon's
    #[arg(long, value_name = "STAFF")]
    surgeon: Option<String>,
    /// A specialty's
    #[arg(long)]
    specialty: Option<String>,
    /// Kept for emergencies
    #[arg(long)]
    emergency: bool,
    /// Anybody's
    #[arg(long)]
    open: bool,
}

impl From<OwnerArgs> for SessionOwner {
    fn from(typed: OwnerArgs) -> Self {
        let surgeon = typed
            .surgeon
            .map(|who| Owner::Surgeon(resource("staff", &who)));
        let specialty = typed.specialty.map(Owner::Specialty);
        let emergency = typed.emergency.then_some(Owner::Emergency(true));
        let open = typed.open.then_some(Owner::Open(true));
        let owner = surgeon.or(specialty).or(emergency).or(open);
        Self { owner }
    }
}

/// Whose it is, for people.
pub fn owner(owner: Option<&SessionOwner>) -> String {
    match owner.and_then(|owner| owner.owner.as_ref()) {
        Some(Owner::Surgeon(name)) => id_of(name),
        Some(Owner::Specialty(specialty)) => specialty.clone(),
        Some(Owner::Emergency(_)) => "emergencies".to_owned(),
        Some(Owner::Open(_)) => "open".to_owned(),
        None => String::new(),
    }
}

/// What a session has: a case that needs more is not booked into it.
#[derive(Clone, Debug, Default, Args)]
pub struct FlagArgs {
    /// What it has for its cases; repeat it, or join with commas. A case under general anaesthesia
    /// needs the first two, a child's the third
    #[arg(long, value_delimiter = ',', value_parser = PossibleValuesParser::new(FLAGS), value_name = "WHAT")]
    with: Vec<String>,
}

impl FlagArgs {
    /// As a message has it; none when nothing was typed.
    pub fn typed(&self) -> Option<SessionFlags> {
        let has = |what: &str| self.with.iter().any(|with| with == what);
        (!self.with.is_empty()).then(|| SessionFlags {
            anaesthetist: has("anaesthetist"),
            general_anaesthesia: has("general-anaesthesia"),
            paediatric: has("paediatric"),
        })
    }
}

/// What it has for its cases, for people.
pub fn flags(flags: Option<SessionFlags>) -> String {
    let flags = flags.unwrap_or_default();
    let has = [
        flags.anaesthetist,
        flags.general_anaesthesia,
        flags.paediatric,
    ];
    let words = FLAGS.iter().zip(has).filter(|(_, has)| *has);
    joined(words.map(|(word, _)| (*word).to_owned()))
}

/// A table of sessions.
pub(super) const SESSIONS: &[Column<Session, SiteTime>] = &[
    ("when", |each, site| {
        dated_span(each.start_time, each.end_time, site)
    }),
    ("theatre", |each, _| id_of(&each.theatre)),
    ("owner", |each, _| owner(each.owner.as_ref())),
    ("with", |each, _| flags(each.flags)),
    ("state", |each, _| shown(each.state().as_str_name())),
    ("released from", |each, site| {
        date_time(each.release_time, site)
    }),
    ("note", |each, _| each.note.clone()),
    ("session", |each, _| id_of(&each.name)),
    ("version", |each, _| each.etag.clone()),
];

/// What was made of a template, and which dates were left out.
pub(super) fn expansion(made: &ExpandSessionTemplateResponse, site: &SiteTime) -> String {
    let mut text = table(SESSIONS, &made.sessions, site);
    for skipped in &made.skipped {
        let (date, reason) = (Printable(&skipped.date), Printable(&skipped.reason));
        text.push_str(&format!("{date} left out: {reason}\n"));
    }
    text
}
