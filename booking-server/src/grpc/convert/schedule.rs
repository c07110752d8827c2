//! What the schedule says: offers, options, conflicts.

use booking_domain::{
    BrokenRule, Case, Conflict, SlotOffer, TimeRange,
    emergency::{Consequence, EmergencyOption, Fate},
};
use booking_proto::ot::v1::{self, consequence::Kind};

use super::{case::plan, values::timestamp};
use crate::names::{etag, name, subject_name};

pub(in crate::grpc) fn range(range: &TimeRange) -> v1::TimeRange {
    v1::TimeRange {
        start_time: Some(timestamp(range.start())),
        end_time: Some(timestamp(range.end())),
    }
}

pub(in crate::grpc) fn broken_rule(broken: &BrokenRule) -> v1::BrokenRule {
    v1::BrokenRule {
        rule: broken.rule.as_str().to_owned(),
        reason: broken.reason.to_owned(),
        subject: subject_name(&broken.subject),
        description: broken.description.clone(),
        overridable: broken.is_overridable(),
    }
}

pub(in crate::grpc) fn offer(case: &Case, offer: &SlotOffer) -> v1::SlotOffer {
    v1::SlotOffer {
        plan: Some(plan(case, &offer.plan)),
        broken_rules: offer.broken.iter().map(broken_rule).collect(),
    }
}

pub(in crate::grpc) fn conflict(conflict: &Conflict) -> v1::Conflict {
    v1::Conflict {
        case: name(&conflict.case),
        broken_rule: Some(broken_rule(&conflict.broken)),
        overridden: conflict.overridden,
    }
}

/// An option, without its token; `cases` are all that it may touch.
pub(in crate::grpc) fn option(
    case: &Case,
    option: &EmergencyOption,
    cases: &[Case],
) -> v1::EmergencyOption {
    let consequence = |it: &Consequence| {
        let touched = cases.iter().find(|case| case.id == it.case);
        let (kind, moved) = match &it.fate {
            Fate::Delayed(plan) => (Kind::Delayed, Some(plan)),
            Fate::Moved(plan) => (Kind::Moved, Some(plan)),
            Fate::Postponed => (Kind::Postponed, None),
        };
        v1::Consequence {
            case: name(&it.case),
            etag: etag(it.version),
            kind: kind.into(),
            plan: touched.zip(moved).map(|(case, to)| plan(case, to)),
            delay_min: i32::try_from(it.delay_min).unwrap_or(i32::MAX),
            description: it.description.clone(),
        }
    };
    v1::EmergencyOption {
        option: String::new(),
        plan: Some(plan(case, &option.plan)),
        wait_min: i32::try_from(option.wait_min).unwrap_or(i32::MAX),
        consequences: option.consequences.iter().map(consequence).collect(),
    }
}
