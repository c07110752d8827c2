//! `sessions …`: what was typed → messages of `SessionService`.

use std::time::Duration;

use booking_proto::ot::v1::{
    CreateSessionRequest, CreateSessionTemplateRequest, ListSessionsRequest, Session, SessionFlags,
    SessionOwner, SessionTemplate, UpdateSessionRequest, UpdateSessionTemplateRequest,
    session_owner::Owner,
};
use prost_types::FieldMask;

use super::{
    UsageError, WriteOptions,
    hospital::mask,
    name::{resource, resources},
};
use crate::{
    cli::{
        ChangeArgs, ChangeTemplateArgs, FlagArgs, ListSessionsArgs, NewSessionArgs, OwnerArgs,
        TemplateArgs,
    },
    moment::{Moment, Place},
    stamp::stamp,
};

/// The first page of the sessions in a range.
pub fn list_sessions(
    args: &ListSessionsArgs,
    place: &Place,
) -> Result<ListSessionsRequest, UsageError> {
    Ok(ListSessionsRequest {
        theatres: resources("theatres", &args.theatre),
        start_time: Some(stamp(args.from.from(place)?)),
        end_time: Some(stamp(args.to.to(place)?)),
        ..ListSessionsRequest::default()
    })
}

/// clap sees to it that exactly one is given.
fn owner(args: &OwnerArgs) -> Option<SessionOwner> {
    let surgeon = args
        .surgeon
        .as_ref()
        .map(|who| Owner::Surgeon(resource("staff", who)));
    let specialty = || args.specialty.clone().map(Owner::Specialty);
    let emergency = || args.emergency.then_some(Owner::Emergency(true));
    let open = || args.open.then_some(Owner::Open(true));
    let owner = surgeon.or_else(specialty).or_else(emergency).or_else(open);
    Some(SessionOwner { owner })
}

fn flags(args: &FlagArgs) -> SessionFlags {
    let has = |what: &str| args.with.iter().any(|with| with == what);
    SessionFlags {
        anaesthetist: has("anaesthetist"),
        general_anaesthesia: has("general-anaesthesia"),
        paediatric: has("paediatric"),
    }
}

/// A session made by hand.
pub fn new_session(
    args: &NewSessionArgs,
    place: &Place,
    write: &WriteOptions,
) -> Result<CreateSessionRequest, UsageError> {
    let release = args
        .release
        .map(|release| release.resolve(place))
        .transpose()?;
    Ok(CreateSessionRequest {
        session_id: String::new(),
        session: Some(Session {
            theatre: resource("theatres", &args.theatre),
            start_time: Some(stamp(args.from.resolve(place)?)),
            end_time: Some(stamp(args.to.resolve(place)?)),
            owner: owner(&args.owner),
            flags: Some(flags(&args.flags)),
            release_time: release.map(stamp),
            note: args.note.clone(),
            ..Session::default()
        }),
        request_id: write.request_id.clone(),
        validate_only: write.validate_only,
    })
}

/// A session at another time, or with another note or other things.
pub fn moved_session(
    session: &str,
    (from, to, note, has): (Option<Moment>, Option<Moment>, Option<&String>, &FlagArgs),
    change: &ChangeArgs,
    place: &Place,
    write: &WriteOptions,
) -> Result<UpdateSessionRequest, UsageError> {
    let mut moved = Session {
        name: resource("sessions", session),
        etag: change.etag.clone().unwrap_or_default(),
        ..Session::default()
    };
    let mut paths = Vec::new();
    if let Some(from) = from {
        moved.start_time = Some(stamp(from.resolve(place)?));
        paths.push("start_time".to_owned());
    }
    if let Some(to) = to {
        moved.end_time = Some(stamp(to.resolve(place)?));
        paths.push("end_time".to_owned());
    }
    if let Some(note) = note {
        moved.note.clone_from(note);
        paths.push("note".to_owned());
    }
    if !has.with.is_empty() {
        moved.flags = Some(flags(has));
        paths.push("flags".to_owned());
    }
    if paths.is_empty() {
        return Err(UsageError::Meaning(
            "nothing to change; give --from, --to, --note or --with".to_owned(),
        ));
    }
    Ok(UpdateSessionRequest {
        session: Some(moved),
        update_mask: Some(FieldMask { paths }),
        request_id: write.request_id.clone(),
        validate_only: write.validate_only,
    })
}

/// A session that recurs.
pub fn new_template(
    args: &TemplateArgs,
    place: &Place,
    write: &WriteOptions,
) -> Result<CreateSessionTemplateRequest, UsageError> {
    let last = args.last.map(|last| last.resolve(place)).transpose()?;
    let by_month = !args.weeks.is_empty();
    Ok(CreateSessionTemplateRequest {
        session_template_id: args.id.clone().unwrap_or_default(),
        session_template: Some(SessionTemplate {
            theatre: resource("theatres", &args.theatre),
            owner: owner(&args.owner),
            flags: Some(flags(&args.flags)),
            weekday: args.day.0,
            start_minute: args.hours.from_minute,
            end_minute: args.hours.to_minute,
            interval_weeks: if by_month { 0 } else { args.every },
            weeks_of_month: args.weeks.clone(),
            first_date: args.first.resolve(place)?.to_string(),
            last_date: last.map(|date| date.to_string()).unwrap_or_default(),
            release_before: release_before(args.release_before)?,
            ..SessionTemplate::default()
        }),
        request_id: write.request_id.clone(),
        validate_only: write.validate_only,
    })
}

/// Changes to a session that recurs.
pub fn changed_template(
    args: &ChangeTemplateArgs,
    place: &Place,
    write: &WriteOptions,
) -> Result<UpdateSessionTemplateRequest, UsageError> {
    let last = args.last.map(|last| last.resolve(place)).transpose()?;
    let paths = mask(&[
        (args.day.is_some(), "weekday"),
        (args.hours.is_some(), "start_minute"),
        (args.hours.is_some(), "end_minute"),
        (!args.flags.with.is_empty(), "flags"),
        (last.is_some(), "last_date"),
        (args.release_before.is_some(), "release_before"),
    ])?;
    Ok(UpdateSessionTemplateRequest {
        session_template: Some(SessionTemplate {
            name: resource("sessionTemplates", &args.template),
            etag: args.change.etag.clone().unwrap_or_default(),
            weekday: args.day.as_ref().map_or(0, |day| day.0),
            start_minute: args.hours.as_ref().map_or(0, |hours| hours.from_minute),
            end_minute: args.hours.as_ref().map_or(0, |hours| hours.to_minute),
            flags: Some(flags(&args.flags)),
            last_date: last.map(|date| date.to_string()).unwrap_or_default(),
            release_before: release_before(args.release_before)?,
            ..SessionTemplate::default()
        }),
        update_mask: Some(paths),
        request_id: write.request_id.clone(),
        validate_only: write.validate_only,
    })
}

fn release_before(typed: Option<Duration>) -> Result<Option<prost_types::Duration>, UsageError> {
    let before = typed.map(prost_types::Duration::try_from).transpose();
    before.map_err(|_| UsageError::Meaning("--release-before is too long".to_owned()))
}
