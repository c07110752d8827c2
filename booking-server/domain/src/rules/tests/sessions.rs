//! R8.

use super::*;
use crate::{
    Anaesthesia, Capability, PAEDIATRIC, Session, SessionFlags, SessionOwner, SessionState,
    Urgency, testing::session,
};

#[test]
fn a_session_is_its_owners_until_it_is_released() {
    // The case is there from 08:00 to 09:30.
    let whole = || session("s", "OT-1", "2026-06-01T07:00", "2026-06-01T12:00");
    let owned = |owner| Session { owner, ..whole() };
    let surgeons = || owned(SessionOwner::Surgeon(staff_id("DC-2")));
    let none: &[&str] = &[];
    let taken: &[&str] = &["R8 SESSION_NOT_AVAILABLE"];
    let overrun: &[&str] = &["R8 SESSION_OVERRUN"];
    let until = |end| session("s", "OT-1", "2026-06-01T07:00", end);
    let table = [
        ("open", whole(), none),
        (
            "its surgeon's",
            owned(SessionOwner::Surgeon(staff_id("DC-1"))),
            none,
        ),
        ("another surgeon's", surgeons(), taken),
        (
            "its branch's",
            owned(SessionOwner::Specialty(specialty("general"))),
            none,
        ),
        (
            "another branch's",
            owned(SessionOwner::Specialty(specialty("eyes"))),
            taken,
        ),
        (
            "kept for emergencies",
            owned(SessionOwner::Emergency),
            taken,
        ),
        (
            "released by hand",
            Session {
                state: SessionState::Released,
                ..surgeons()
            },
            none,
        ),
        (
            "released by time",
            Session {
                release_at: Some(at(NOW)),
                ..surgeons()
            },
            none,
        ),
        (
            "to be released in a moment",
            Session {
                release_at: Some(at("2026-05-20T12:01")),
                ..surgeons()
            },
            taken,
        ),
        (
            "not taking place",
            Session {
                state: SessionState::Cancelled,
                ..surgeons()
            },
            none,
        ),
        (
            "in another theatre",
            Session {
                theatre: theatre_id("OT-2"),
                ..surgeons()
            },
            none,
        ),
        ("long enough", until("2026-06-01T09:30"), none),
        ("a minute short", until("2026-06-01T09:29"), overrun),
        (
            "there for the first minute only",
            until("2026-06-01T08:01"),
            overrun,
        ),
        ("over before", until("2026-06-01T08:00"), none),
    ];
    for (what, session, expected) in table {
        let question = Question::new().with(|q| q.around.sessions = vec![session]);
        assert_eq!(question.said(), expected, "{what}");
    }
    let emergency = Question::new().with(|q| {
        q.case.details.urgency = Urgency::Urgent2b;
        q.around.sessions = vec![owned(SessionOwner::Emergency)];
    });
    assert_eq!(emergency.said(), none);
    let anybodys = Question::new().with(|q| {
        q.booker.any_session = true;
        q.around.sessions = vec![surgeons()];
    });
    assert_eq!(anybodys.said(), none);
}

#[test]
fn a_session_must_have_what_the_case_needs() {
    let bare = Session {
        flags: SessionFlags::default(),
        ..session("s", "OT-1", "2026-06-01T07:00", "2026-06-01T12:00")
    };
    let table = [
        (Anaesthesia::None, 0),
        (Anaesthesia::Local, 0),
        (Anaesthesia::Regional, 1),
        (Anaesthesia::General, 2),
    ];
    for (anaesthesia, lacks) in table {
        let question = Question::new().with(|q| {
            q.case.details.anaesthesia = anaesthesia;
            q.around.sessions = vec![bare.clone()];
        });
        let said = question.said();
        assert_eq!(
            said,
            vec!["R8 SESSION_UNSUITABLE"; lacks],
            "{anaesthesia:?}"
        );
    }
}

#[test]
fn a_child_is_operated_on_where_theatre_and_session_are_for_children() {
    let table = [
        (
            false,
            false,
            vec!["R7 CAPABILITY_MISSING", "R8 SESSION_UNSUITABLE"],
        ),
        (false, true, vec!["R7 CAPABILITY_MISSING"]),
        (true, false, vec!["R8 SESSION_UNSUITABLE"]),
        (true, true, vec![]),
    ];
    for (theatre_is, session_is, expected) in table {
        let question = Question::new().with(|q| {
            let paediatric = Capability::parse(PAEDIATRIC).unwrap();
            q.case
                .details
                .required_capabilities
                .push(paediatric.clone());
            let theatre = q.hospital.theatres.get_mut(&q.plan.theatre).unwrap();
            theatre.capabilities.retain(|it| *it != paediatric);
            if theatre_is {
                theatre.capabilities.push(paediatric);
            }
            let mut session = session("s", "OT-1", "2026-06-01T07:00", "2026-06-01T12:00");
            session.flags.paediatric = session_is;
            q.around.sessions = vec![session];
        });
        assert_eq!(question.said(), expected, "{theatre_is} {session_is}");
    }
}
