//! What a store must answer when it is asked for cases, in the plainest way there is: for the tests of
//! stores, and of what asks them.

use std::cmp::Ordering;

use crate::{Case, CaseCondition, CaseOrder, CaseQuery};

/// Whether a condition holds of `case`.
#[must_use]
pub fn holds(condition: &CaseCondition, case: &Case) -> bool {
    let start = case.plan.as_ref().map(|plan| plan.start);
    match condition {
        CaseCondition::StateIn(states) => states.contains(&case.state),
        CaseCondition::TheatreIn(theatres) => {
            let plan = case.plan.as_ref();
            plan.is_some_and(|plan| theatres.contains(&plan.theatre))
        }
        CaseCondition::SessionIs(session) => {
            let planned = case.plan.as_ref().and_then(|plan| plan.session.as_ref());
            planned == Some(session)
        }
        CaseCondition::PatientIs(patient) => case.details.patient == *patient,
        CaseCondition::StaffIs(staff) => case
            .details
            .team
            .iter()
            .any(|member| member.staff == *staff),
        CaseCondition::UrgencyIn(urgencies) => urgencies.contains(&case.details.urgency),
        CaseCondition::SpecialtyIs(specialty) => case.details.specialty.as_ref() == Some(specialty),
        CaseCondition::StartFrom(from) => start.is_some_and(|start| start >= *from),
        CaseCondition::StartBefore(before) => start.is_some_and(|start| start < *before),
        CaseCondition::DecidedFrom(from) => case.details.decided_at >= *from,
        CaseCondition::DecidedBefore(before) => case.details.decided_at < *before,
        CaseCondition::TargetFrom(from) => {
            case.details.target_at.is_some_and(|target| target >= *from)
        }
        CaseCondition::TargetBefore(before) => case
            .details
            .target_at
            .is_some_and(|target| target < *before),
        CaseCondition::Waiting(waiting) => case.state.is_waiting() == *waiting,
        CaseCondition::TextContains(text) => {
            let text = text.to_lowercase();
            let mut said = [&case.details.procedure, &case.details.condition].into_iter();
            said.any(|said| said.to_lowercase().contains(&text))
        }
    }
}

/// Whether the case is one of those asked for, on this page or another.
#[must_use]
pub fn is_asked_for(query: &CaseQuery, case: &Case) -> bool {
    query
        .conditions
        .iter()
        .all(|condition| holds(condition, case))
}

/// Which of two cases comes first.
#[must_use]
pub fn compare(order: CaseOrder, a: &Case, b: &Case) -> Ordering {
    directed(order, order.cursor(a).cmp(&order.cursor(b)))
}

fn directed(order: CaseOrder, ascending: Ordering) -> Ordering {
    if order.descending {
        ascending.reverse()
    } else {
        ascending
    }
}

/// The page, out of all cases there are.
#[must_use]
pub fn page<'a>(query: &CaseQuery, cases: &'a [Case]) -> Vec<&'a Case> {
    let order = query.order;
    let is_after = |case: &Case| {
        query
            .after
            .as_ref()
            .is_none_or(|after| directed(order, order.cursor(case).cmp(after)) == Ordering::Greater)
    };
    let mut page: Vec<&Case> = cases
        .iter()
        .filter(|case| is_asked_for(query, case) && is_after(case))
        .collect();
    page.sort_by(|a, b| compare(order, a, b));
    page.truncate(query.limit.try_into().unwrap_or(usize::MAX));
    page
}
