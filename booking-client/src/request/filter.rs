//! Filters in the service's language (a subset of AIP-160), from flags: conditions joined by AND.

use jiff::Timestamp;

use super::{
    UsageError,
    name::{resource, resources},
};
use crate::{
    cli::{AuditFilter, ListCasesArgs},
    moment::{Bound, Place},
};

/// Conditions, joined when it is done.
#[derive(Debug, Default)]
struct Conditions(Vec<String>);

impl Conditions {
    fn text(&mut self, field: &str, operator: &str, value: &str) {
        self.0.push(format!("{field} {operator} {}", quoted(value)));
    }

    fn time(&mut self, field: &str, operator: &str, value: Timestamp) {
        self.text(field, operator, &value.to_string());
    }

    /// Any of several; none at all is no condition.
    fn any(&mut self, field: &str, values: &[String]) {
        match values {
            [] => {}
            [one] => self.0.push(format!("{field} = {one}")),
            several => self.0.push(format!("{field} = ({})", several.join(", "))),
        }
    }

    fn join(self) -> String {
        self.0.join(" AND ")
    }
}

/// In double quotes, with what would end them escaped.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

fn all_quoted(values: &[String]) -> Vec<String> {
    values.iter().map(|value| quoted(value)).collect()
}

/// Which cases `cases list` is about.
pub(super) fn case_filter(args: &ListCasesArgs, place: &Place) -> Result<String, UsageError> {
    let mut conditions = Conditions::default();
    let names = |words: &mut dyn Iterator<Item = &'static str>| {
        words.map(str::to_owned).collect::<Vec<_>>()
    };
    conditions.any(
        "state",
        &names(&mut args.state.iter().map(|s| s.as_str_name())),
    );
    conditions.any(
        "urgency",
        &names(&mut args.urgency.iter().map(|u| u.as_str_name())),
    );
    conditions.any(
        "theatre",
        &all_quoted(&resources("theatres", &args.theatre)),
    );
    let named = [
        ("session", "sessions", &args.session),
        ("patient", "patients", &args.patient),
        ("staff", "staff", &args.staff),
    ];
    for (field, collection, typed) in named {
        if let Some(typed) = typed {
            conditions.text(field, "=", &resource(collection, typed));
        }
    }
    if let Some(specialty) = &args.specialty {
        conditions.text("specialty", "=", specialty);
    }
    let day = args.date.map(Bound::Day);
    if let Some(from) = args.from.or(day) {
        conditions.time("start_time", ">=", from.from(place)?);
    }
    if let Some(to) = args.to.or(day) {
        conditions.time("start_time", "<", to.to(place)?);
    }
    if args.waiting {
        conditions.0.push("waiting = true".to_owned());
    }
    if let Some(text) = &args.text {
        conditions.text("text", "=", text);
    }
    if let Some(filter) = &args.filter {
        conditions.0.push(filter.clone());
    }
    Ok(conditions.join())
}

/// Which events `audit list` is about.
///
/// # Errors
/// [`UsageError`] for a civil time that names no instant, or two.
pub fn audit_filter(args: &AuditFilter, place: &Place) -> Result<String, UsageError> {
    let mut conditions = Conditions::default();
    let texts = [
        ("resource", &args.resource),
        ("account", &args.account),
        ("person", &args.person),
        ("method", &args.method),
    ];
    for (field, typed) in texts {
        if let Some(typed) = typed {
            conditions.text(field, "=", typed);
        }
    }
    if args.denied {
        conditions.0.push("outcome = DENIED".to_owned());
    }
    if let Some(from) = args.from {
        conditions.time("time", ">=", from.from(place)?);
    }
    if let Some(to) = args.to {
        conditions.time("time", "<", to.to(place)?);
    }
    Ok(conditions.join())
}

#[cfg(test)]
mod tests {
    use booking_proto::ot::v1::case::State;
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn flags_become_conditions_and_quotes_cannot_break_out() {
        let place = Place {
            zone: TimeZone::get("Europe/London").unwrap(),
            now: "2026-07-01T06:00:00Z".parse().unwrap(),
        };
        let args = ListCasesArgs {
            state: vec![State::Scheduled, State::InTheatre],
            theatre: vec!["OT-1".to_owned()],
            patient: Some("PT 1".to_owned()),
            date: Some("today".parse().unwrap()),
            text: Some("a\" OR \\".to_owned()),
            filter: Some("postponements > 0".to_owned()),
            ..ListCasesArgs::default()
        };
        assert_eq!(
            case_filter(&args, &place).unwrap(),
            "state = (SCHEDULED, IN_THEATRE) AND theatre = \"theatres/OT-1\" AND \
             patient = \"patients/PT%201\" AND start_time >= \"2026-06-30T23:00:00Z\" AND \
             start_time < \"2026-07-01T23:00:00Z\" AND text = \"a\\\" OR \\\\\" AND postponements > 0"
        );
        assert_eq!(case_filter(&ListCasesArgs::default(), &place).unwrap(), "");
    }
}
