//! R1–R5: nothing and nobody in two places at once.

use jiff::tz::TimeZone;

use super::asked::Asked;
use crate::{
    BrokenRule, Claim, HeldClaim, Hospital, ResourceKind, RuleId, RuleSubject, StaffId, TimeRange,
    UnitId,
    claim::claims,
    time_range::later,
    wording::{minutes, span, theatre_name, zone_of},
};

pub(super) fn check(asked: &Asked<'_>, broken: &mut Vec<BrokenRule>) {
    let zone = zone_of(asked.hospital, &asked.plan.theatre);
    for claim in claims(asked.case, asked.plan, asked.hospital) {
        let in_the_way = asked.surroundings.held.iter().filter(|held| {
            held.case != asked.case.id
                && held.claim.resource == claim.resource
                && held.claim.range.overlaps(&claim.range)
        });
        broken.extend(in_the_way.map(|held| told(asked, &claim, held, &zone)));
    }
}

fn told(asked: &Asked<'_>, claim: &Claim, held: &HeldClaim, zone: &TimeZone) -> BrokenRule {
    let hospital = asked.hospital;
    let taken = held.claim.range;
    let when = span(&taken, zone);
    let (rule, reason, description) = match claim.resource.kind {
        ResourceKind::Theatre => {
            let name = theatre_name(hospital, &asked.plan.theatre);
            match turnover_alone(asked, &taken) {
                Some(gap_min) => (
                    RuleId::R5,
                    "THEATRE_DOUBLE_BOOKED",
                    format!(
                        "{name} needs {} between cases, and with them is taken by another case \
                         {when}",
                        minutes(gap_min.into())
                    ),
                ),
                None => (
                    RuleId::R1,
                    "THEATRE_DOUBLE_BOOKED",
                    format!("{name} is taken by another case {when}"),
                ),
            }
        }
        ResourceKind::Staff => (
            RuleId::R2,
            "STAFF_DOUBLE_BOOKED",
            format!(
                "{} is needed in another case {when}",
                staff_name(hospital, &claim.resource.id)
            ),
        ),
        ResourceKind::Patient => (
            RuleId::R3,
            "PATIENT_DOUBLE_BOOKED",
            format!("The patient has another case {when}"),
        ),
        ResourceKind::Equipment => (
            RuleId::R4,
            "EQUIPMENT_DOUBLE_BOOKED",
            format!(
                "{} is needed in another case, or being made ready after it, {when}",
                unit_name(hospital, &claim.resource.id)
            ),
        ),
    };
    BrokenRule {
        rule,
        reason,
        subject: RuleSubject::Case(held.case.clone()),
        description,
    }
}

/// The theatre's turnover gap, where the two cases would fit but for it.
fn turnover_alone(asked: &Asked<'_>, taken: &TimeRange) -> Option<u16> {
    let gap_min = asked
        .hospital
        .theatres
        .get(&asked.plan.theatre)?
        .turnover_min;
    let footprint = asked.case.details.footprint.range_from(asked.plan.start);
    let until_clean = later(taken.end(), -i64::from(gap_min));
    let apart = TimeRange::new(taken.start(), until_clean)
        .is_ok_and(|other_footprint| !footprint.overlaps(&other_footprint));
    apart.then_some(gap_min)
}

fn staff_name<'a>(hospital: &'a Hospital, id: &'a str) -> &'a str {
    let known = StaffId::parse(id).ok();
    let known = known.and_then(|id| hospital.staff.get(&id));
    known.map_or(id, |staff| &staff.name)
}

fn unit_name<'a>(hospital: &'a Hospital, id: &'a str) -> &'a str {
    let known = UnitId::parse(id).ok();
    let known = known.and_then(|id| hospital.units.get(&id));
    known.map_or(id, |unit| &unit.name)
}
