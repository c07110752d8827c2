//! Places given, and rules overridden for them.

use super::*;
use crate::{
    CaseState,
    testing::{session, session_id},
};

#[test]
fn a_place_names_the_session_it_lies_in() {
    let session = session("s", "OT-1", "2026-06-01T07:00", "2026-06-01T12:00");
    let question = Question::new().with(|q| q.around.sessions = vec![session.clone()]);
    let placed = question.place(&[]).unwrap();
    assert_eq!(placed.plan.session, Some(session.id.clone()));
    assert_eq!(
        placed.claims,
        claims(&question.case, &question.plan, &question.hospital)
    );

    let named = |id: &str| {
        Question::new().with(|q| {
            q.plan.session = Some(session_id(id));
            q.around.sessions = vec![session.clone()];
        })
    };
    assert!(named("s").place(&[]).is_ok());
    assert_eq!(named("another").said(), ["R8 SESSION_NOT_AVAILABLE"]);
    assert_eq!(Question::new().place(&[]).unwrap().plan.session, None);
}

#[test]
fn rules_are_set_aside_by_right_and_reason_and_never_those_that_protect_people() {
    let scheduler = Booker {
        author: "anna".to_owned(),
        overrides: true,
        ..Booker::default()
    };
    let coordinator = Booker {
        emergency: true,
        ..scheduler.clone()
    };
    let on_call = Booker {
        emergency: true,
        ..Booker::default()
    };
    let bookers = [Booker::default(), scheduler.clone(), on_call, coordinator];
    // Which of the four may set the rule aside.
    let may = |rule| match rule {
        RuleId::R6 => [false, true, true, true],
        RuleId::R8 | RuleId::R9 => [false, true, false, true],
        RuleId::R11 => [false, false, true, true],
        _ => [false; 4],
    };
    for rule in RuleId::ALL {
        assert_eq!(
            bookers.each_ref().map(|booker| booker.may_override(rule)),
            may(rule)
        );
        let some = may(rule).contains(&true);
        assert_eq!(rule.is_overridable(), some, "{rule:?}");
    }

    let sunday = || {
        Question::new().with(|q| {
            q.plan = plan("OT-1", "2026-06-07T09:00");
            q.booker = scheduler.clone();
        })
    };
    let placed = sunday().place(&[asking(RuleId::R6)]).unwrap();
    assert_eq!(placed.overrides.len(), 1);
    assert_eq!(placed.overrides[0].author, "anna");
    assert_eq!(placed.overrides[0].reason, "agreed with the coordinator");
    assert!(sunday().place(&[]).is_err());
    let blank = OverrideRequest {
        rule: RuleId::R6,
        reason: " \t".to_owned(),
    };
    assert!(sunday().place(&[blank]).is_err());
    let no_right = sunday().with(|q| q.booker = Booker::default());
    assert!(no_right.place(&[asking(RuleId::R6)]).is_err());
    // One right reason does not carry the other rule; only what is left is told.
    let both = sunday().with(|q| q.case.details.team.clear());
    let refused = both
        .place(&[asking(RuleId::R6), asking(RuleId::R10)])
        .unwrap_err();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].rule, RuleId::R10);
    // What is not there at all cannot be wished there.
    let retired = Question::new().with(|q| {
        set_state(q, TheatreState::Retired);
        q.booker = scheduler.clone();
    });
    assert!(retired.place(&[asking(RuleId::R6)]).is_err());
    // An override that nothing needs is not kept.
    assert_eq!(
        Question::new()
            .place(&[asking(RuleId::R6)])
            .unwrap()
            .overrides,
        []
    );
}

#[test]
fn what_was_set_aside_stays_so_where_it_is_and_not_elsewhere() {
    let first = Question::new().with(|q| {
        q.plan = plan("OT-1", "2026-06-07T09:00");
        q.booker = Booker {
            overrides: true,
            ..Booker::default()
        };
    });
    let placed = first.place(&[asking(RuleId::R6)]).unwrap();
    let case = Case {
        state: CaseState::Scheduled,
        plan: Some(placed.plan.clone()),
        overrides: placed.overrides.clone(),
        ..first.case
    };
    let again = Question::new().with(|q| {
        q.case = case.clone();
        q.plan = placed.plan.clone();
    });
    assert_eq!(again.place(&[]).unwrap(), placed);
    let elsewhere = Question::new().with(|q| {
        q.case = case;
        q.plan = plan("OT-1", "2026-06-07T09:05");
    });
    assert!(elsewhere.place(&[]).is_err());
}
