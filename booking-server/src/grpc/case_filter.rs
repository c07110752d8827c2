//! What a filter and an order mean for cases.

use booking_domain::{CaseCondition, CaseOrder, CaseOrderKey, Specialty};
use jiff::{SignedDuration, Timestamp};

use super::{
    convert::{values::timestamp, words::named},
    filter::{self, Condition, FilterError, Operator},
};
use crate::names::parse;

/// The fields that tell of whom a case is; who may not know may not ask by them.
const OF_PATIENTS: [&str; 2] = ["patient", "text"];

/// What a filter asks of cases.
#[derive(Debug)]
pub(super) struct CaseFilter {
    /// All of these hold.
    pub(super) conditions: Vec<CaseCondition>,
    /// It asks by what tells of whom a case is.
    pub(super) of_patients: bool,
}

/// Reads a filter.
pub(super) fn parse_filter(text: &str) -> Result<CaseFilter, FilterError> {
    let conditions = filter::parse(text)?;
    let of_patients = conditions
        .iter()
        .any(|it| OF_PATIENTS.contains(&&*it.field));
    let conditions = conditions.iter().map(condition).collect::<Result<_, _>>()?;
    Ok(CaseFilter {
        conditions,
        of_patients,
    })
}

fn condition(it: &Condition) -> Result<CaseCondition, FilterError> {
    match &*it.field {
        "state" => Ok(CaseCondition::StateIn(words(it)?)),
        "urgency" => Ok(CaseCondition::UrgencyIn(words(it)?)),
        "theatre" => Ok(CaseCondition::TheatreIn(all(it, parse)?)),
        "session" => Ok(CaseCondition::SessionIs(one(it, parse)?)),
        "patient" => Ok(CaseCondition::PatientIs(one(it, parse)?)),
        "staff" => Ok(CaseCondition::StaffIs(one(it, parse)?)),
        "specialty" => Ok(CaseCondition::SpecialtyIs(one(it, Specialty::parse)?)),
        "waiting" => Ok(CaseCondition::Waiting(one(it, str::parse)?)),
        "text" => Ok(CaseCondition::TextContains(it.equal_to()?.to_owned())),
        "start_time" => instant(it, CaseCondition::StartFrom, CaseCondition::StartBefore),
        "decision_time" => instant(it, CaseCondition::DecidedFrom, CaseCondition::DecidedBefore),
        "target_time" => instant(it, CaseCondition::TargetFrom, CaseCondition::TargetBefore),
        _ => Err(it.error(
            "there is no such field; it is one of state, theatre, session, patient, staff, \
             urgency, specialty, start_time, decision_time, target_time, waiting, text",
        )),
    }
}

fn words<W: super::convert::words::Word>(it: &Condition) -> Result<Vec<W>, FilterError> {
    all(it, named)
}

fn all<T, E: ToString>(
    it: &Condition,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Vec<T>, FilterError> {
    let values = it.one_of()?.iter();
    values.map(|value| value_of(it, parse(value))).collect()
}

fn one<T, E: ToString>(
    it: &Condition,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, FilterError> {
    value_of(it, parse(it.equal_to()?))
}

fn value_of<T, E: ToString>(it: &Condition, parsed: Result<T, E>) -> Result<T, FilterError> {
    parsed.map_err(|why| it.error(format!("the value of {}: {}", it.field, why.to_string())))
}

/// A comparison with an instant: the conditions know "from" and "before", and the smallest step
/// the store keeps makes the other two of them.
fn instant(
    it: &Condition,
    from: fn(Timestamp) -> CaseCondition,
    before: fn(Timestamp) -> CaseCondition,
) -> Result<CaseCondition, FilterError> {
    let instant = instant_of(it)?;
    let next = instant + SignedDuration::from_micros(1);
    match it.operator {
        Operator::GreaterOrEqual => Ok(from(instant)),
        Operator::Greater => Ok(from(next)),
        Operator::Less => Ok(before(instant)),
        Operator::LessOrEqual => Ok(before(next)),
        Operator::Equal | Operator::NotEqual => {
            Err(it.error(format!("{} is compared with < <= > >=", it.field)))
        }
    }
}

/// The instant that a condition compares with, in RFC 3339.
pub(super) fn instant_of(it: &Condition) -> Result<Timestamp, FilterError> {
    let value = it.single()?;
    let parsed = value.parse::<Timestamp>().ok();
    let parsed =
        parsed.and_then(|instant| super::convert::values::instant(&timestamp(instant)).ok());
    parsed.ok_or_else(|| it.error("must be an instant such as 2026-03-29T01:00:00Z"))
}

/// Reads an order.
pub(super) fn parse_order(text: &str) -> Result<CaseOrder, &'static str> {
    let mut words = text.split_whitespace();
    let key = match words.next() {
        None | Some("start_time") => CaseOrderKey::Start,
        Some("decision_time") => CaseOrderKey::Decided,
        Some("waiting") => CaseOrderKey::Waiting,
        Some(_) => return Err("must be start_time, decision_time or waiting, and may end in desc"),
    };
    let descending = match (words.next(), words.next()) {
        (None, _) => false,
        (Some("desc"), None) => true,
        _ => return Err("may have desc after its one field, and nothing else"),
    };
    Ok(CaseOrder { key, descending })
}
