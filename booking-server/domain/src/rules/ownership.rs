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
    Anaesthesia, BrokenRule, Case, PAEDIATRIC, Plan, RuleId, RuleSubject, Session, SessionId,
    SessionOwner, SessionState, TimeRange, Urgency, wording::span,
};

pub(super) fn check(asked: &Asked<'_>, broken: &mut Vec<BrokenRule>) {
    let found = session_of(asked.case, asked.plan, asked.surroundings);
    if let Some(named) = &asked.plan.session
        && found.map(|found| &found.id) != Some(named)
    {
        let name = asked.theatre_name();
        let what = format!("The session named for the case is not in {name} at that time");
        broken.push(of_session(named, "SESSION_NOT_AVAILABLE", what));
    }
    let wanted = asked.wanted();
    for session in &asked.surroundings.sessions {
        if takes_place(session, asked.plan) && session.range.overlaps(&wanted) {
            against(asked, session, &wanted, broken);
        }
    }
}

fn of_session(session: &SessionId, reason: &'static str, what: String) -> BrokenRule {
    let subject = RuleSubject::Session(session.clone());
    BrokenRule::new(RuleId::R8, reason, subject, what)
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

fn against(asked: &Asked<'_>, session: &Session, wanted: &TimeRange, broken: &mut Vec<BrokenRule>) {
    let (name, zone) = (asked.theatre_name(), asked.zone());
    let when = span(&session.range, &zone);
    let mut tell = |reason, what| broken.push(of_session(&session.id, reason, what));
    if !may_use(asked, session) {
        let whose = whose(asked, &session.owner);
        let what = format!("{name} belongs to {whose} {when}");
        tell("SESSION_NOT_AVAILABLE", what);
    } else if !session.range.contains(wanted) {
        let wanted = span(wanted, &zone);
        let what = format!("The case would be in {name} {wanted}, its session is {when}");
        tell("SESSION_OVERRUN", what);
    }
    for lack in lacks(asked, session) {
        let what = format!("The session in {name} {when} has no {lack}");
        tell("SESSION_UNSUITABLE", what);
    }
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
            let by_type = asked.procedure_type();
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
    let mut wanted = wanted(asked).into_iter();
    if wanted.any(|capability| capability.as_str() == PAEDIATRIC) && !session.flags.paediatric {
        lacks.push("staff for children");
    }
    lacks
}
