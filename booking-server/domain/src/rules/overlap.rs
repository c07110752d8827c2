//! R1–R5: nothing and nobody in two places at once.

use jiff::tz::TimeZone;

use super::asked::Asked;
use crate::{
    BrokenRule, Claim, HeldClaim, Hospital, ResourceKind, RuleId, RuleSubject, StaffId, TimeRange,
    UnitId,
    claim::claims,
    time_range::later,
    wording::{minutes, span},
};

pub(super) fn check(asked: &Asked<'_>, broken: &mut Vec<BrokenRule>) {
    let zone = asked.zone();
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
    let (hospital, id) = (asked.hospital, &claim.resource.id);
    let taken = held.claim.range;
    let when = span(&taken, zone);
    let (rule, reason, what) = match claim.resource.kind {
        ResourceKind::Theatre => {
            let name = asked.theatre_name();
            let (rule, what) = match turnover_alone(asked, &taken) {
                Some(gap_min) => {
                    let gap = minutes(gap_min.into());
                    let needs = format!("{name} needs {gap} between cases, and with them");
                    (
                        RuleId::R5,
                        format!("{needs} is taken by another case {when}"),
                    )
                }
                None => (
                    RuleId::R1,
                    format!("{name} is taken by another case {when}"),
                ),
            };
            (rule, "THEATRE_DOUBLE_BOOKED", what)
        }
        ResourceKind::Staff => {
            let name = staff_name(hospital, id);
            let what = format!("{name} is needed in another case {when}");
            (RuleId::R2, "STAFF_DOUBLE_BOOKED", what)
        }
        ResourceKind::Patient => {
            let what = format!("The patient has another case {when}");
            (RuleId::R3, "PATIENT_DOUBLE_BOOKED", what)
        }
        ResourceKind::Equipment => {
            let name = unit_name(hospital, id);
            let needed = format!("{name} is needed in another case, or being made ready after it,");
            (
                RuleId::R4,
                "EQUIPMENT_DOUBLE_BOOKED",
                format!("{needed} {when}"),
            )
        }
    };
    BrokenRule::new(rule, reason, RuleSubject::Case(held.case.clone()), what)
}

/// The theatre's turnover gap, where the two cases would fit but for it.
fn turnover_alone(asked: &Asked<'_>, taken: &TimeRange) -> Option<u16> {
    let gap_min = asked.theatre()?.turnover_min;
    let until_clean = later(taken.end(), -i64::from(gap_min));
    let apart = TimeRange::new(taken.start(), until_clean)
        .is_ok_and(|other_footprint| !asked.wanted().overlaps(&other_footprint));
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
