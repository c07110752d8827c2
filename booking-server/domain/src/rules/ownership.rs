//! R8: theatre time that belongs to somebody is theirs.
//!
//! Time that no session takes is anybody's, so that a hospital may do without sessions. Where
//! there is one, a case lies in it from beginning to end:
//!
//! ```text
//!              [======== session ========)
//!    [case)                                   no session: fine
//!                   [case)                    in it: fine, if the booker may use it
//!                                   [case)    SESSION_OVERRUN
//!          [case)                             SESSION_OVERRUN, or SESSION_NOT_AVAILABLE
//! ```

use super::{
    asked::{Asked, Surroundings},
    fitness::wanted,
};
use crate::{
    Anaesthesia, BrokenRule, Case, PAEDIATRIC, Plan, RuleId, RuleSubject, Session, SessionOwner,
    SessionState, TimeRange, Urgency,
    wording::{span, theatre_name, zone_of},
};

pub(super) fn check(asked: &Asked<'_>, broken: &mut Vec<BrokenRule>) {
    if let Some(named) = &asked.plan.session
        && session_of(asked.case, asked.plan, asked.surroundings).map(|found| &found.id)
            != Some(named)
    {
        let name = theatre_name(asked.hospital, &asked.plan.theatre);
        broken.push(BrokenRule {
            rule: RuleId::R8,
            reason: "SESSION_NOT_AVAILABLE",
            subject: RuleSubject::Session(named.clone()),
            description: format!("The session named for the case is not in {name} at that time"),
        });
    }
    let wanted = asked.case.details.footprint.range_from(asked.plan.start);
    for session in &asked.surroundings.sessions {
        if takes_place(session, asked.plan) && session.range.overlaps(&wanted) {
            broken.extend(against(asked, session, &wanted));
        }
    }
}

/// The session that a case starts in; without one, the first that it reaches into.
pub(crate) fn session_of<'a>(
    case: &Case,
    plan: &Plan,
    surroundings: &'a Surroundings,
) -> Option<&'a Session> {
    let wanted = case.details.footprint.range_from(plan.start);
    let sessions = surroundings.sessions.iter();
    sessions
        .filter(|session| takes_place(session, plan) && session.range.overlaps(&wanted))
        .min_by_key(|session| session.range)
}

fn takes_place(session: &Session, plan: &Plan) -> bool {
    session.state != SessionState::Cancelled && session.theatre == plan.theatre
}

fn against(asked: &Asked<'_>, session: &Session, wanted: &TimeRange) -> Vec<BrokenRule> {
    let zone = zone_of(asked.hospital, &asked.plan.theatre);
    let when = span(&session.range, &zone);
    let name = theatre_name(asked.hospital, &asked.plan.theatre);
    let mut broken = Vec::new();
    let mut tell = |reason, description| {
        broken.push(BrokenRule {
            rule: RuleId::R8,
            reason,
            subject: RuleSubject::Session(session.id.clone()),
            description,
        });
    };
    if !may_use(asked, session) {
        let whose = whose(asked, &session.owner);
        tell(
            "SESSION_NOT_AVAILABLE",
            format!("{name} belongs to {whose} {when}"),
        );
    } else if !session.range.contains(wanted) {
        let wanted = span(wanted, &zone);
        tell(
            "SESSION_OVERRUN",
            format!("The case would be in {name} {wanted}, its session is {when}"),
        );
    }
    for lack in lacks(asked, session) {
        tell(
            "SESSION_UNSUITABLE",
            format!("The session in {name} {when} has no {lack}"),
        );
    }
    broken
}

fn may_use(asked: &Asked<'_>, session: &Session) -> bool {
    let released = session.state == SessionState::Released
        || session
            .release_at
            .is_some_and(|release| release <= asked.now);
    if released || asked.booker.any_session {
        return true;
    }
    match &session.owner {
        SessionOwner::Open => true,
        SessionOwner::Surgeon(owner) => asked.case.primary_surgeon() == Some(owner),
        SessionOwner::Specialty(owner) => {
            let by_type = asked.case.details.procedure_type.as_ref();
            let by_type = by_type.and_then(|id| asked.hospital.procedure_types.get(id));
            let by_type = by_type.and_then(|by_type| by_type.specialty.as_ref());
            asked.case.details.specialty.as_ref().or(by_type) == Some(owner)
        }
        SessionOwner::Emergency => {
            asked.booker.emergency || asked.case.details.urgency <= Urgency::Urgent2b
        }
    }
}

fn whose(asked: &Asked<'_>, owner: &SessionOwner) -> String {
    match owner {
        SessionOwner::Surgeon(owner) => {
            let known = asked.hospital.staff.get(owner);
            known.map_or_else(|| owner.to_string(), |staff| staff.name.clone())
        }
        SessionOwner::Specialty(owner) => owner.to_string(),
        SessionOwner::Emergency => "emergencies".to_owned(),
        SessionOwner::Open => "everybody".to_owned(),
    }
}

fn lacks(asked: &Asked<'_>, session: &Session) -> Vec<&'static str> {
    let mut lacks = Vec::new();
    let case = asked.case;
    let asleep = case.details.anaesthesia == Anaesthesia::General;
    let attended = !matches!(
        case.details.anaesthesia,
        Anaesthesia::Local | Anaesthesia::None
    );
    if attended && !session.flags.anaesthetist {
        lacks.push("anaesthetist");
    }
    if asleep && !session.flags.general_anaesthesia {
        lacks.push("general anaesthesia");
    }
    let mut wanted = wanted(case, asked.hospital).into_iter();
    if wanted.any(|capability| capability.as_str() == PAEDIATRIC) && !session.flags.paediatric {
        lacks.push("staff for children");
    }
    lacks
}
