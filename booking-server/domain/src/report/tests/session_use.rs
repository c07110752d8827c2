//! Sessions by hand.

use super::*;
use crate::{
    Session, SessionOwner, SessionState,
    testing::{session, specialty},
};

/// 08:00 to 12:00 UTC on 1 June.
fn morning(id: &str, theatre: &str, owner: SessionOwner) -> Session {
    Session {
        owner,
        ..session(id, theatre, "2026-06-01T08:00", "2026-06-01T12:00")
    }
}

fn orthopaedics() -> SessionOwner {
    SessionOwner::Specialty(specialty("orthopaedics"))
}

#[test]
fn an_owner_used_what_patients_were_in_the_room_for() {
    // In the session 90 of 240 minutes, 10 of them twice; and 30 beyond its end.
    let mut rows = vec![
        row("OT-1", "08:00", "08:00", "09:00"),
        row("OT-1", "09:00", "08:50", "09:00"),
        row("OT-1", "11:30", "11:30", "12:30"),
        // Before, and in another theatre.
        row("OT-1", "06:00", "06:00", "07:00"),
        row("OT-2", "08:00", "08:00", "12:00"),
    ];
    rows[2].milestones.anaesthesia_ready = Some(at("2026-06-01T11:45"));
    let sessions = [morning("s-1", "OT-1", orthopaedics())];
    let report = session_use(&rows, &sessions, &june());
    assert_eq!(report.rows.len(), 2);
    let owner = &report.rows[1];
    assert_eq!(owner.owner, Some(orthopaedics()));
    assert_eq!(
        (owner.sessions, owner.planned_min, owner.in_room_min),
        (1, 240.0, 90.0)
    );
    assert_eq!(owner.session_utilisation, 90.0 / 240.0);
    assert_eq!(owner.capped, 75.0 / 240.0);
    assert_eq!(owner.uncapped, 105.0 / 240.0);
    assert_eq!(
        report.rows[0],
        SessionUseRow {
            owner: None,
            ..owner.clone()
        }
    );
}

#[test]
fn what_was_released_or_cancelled_or_is_of_another_month_leaves_the_figures() {
    let released = Session {
        state: SessionState::Released,
        ..morning("s-1", "OT-1", orthopaedics())
    };
    let cancelled = Session {
        state: SessionState::Cancelled,
        ..morning("s-2", "OT-1", orthopaedics())
    };
    let july = Session {
        owner: SessionOwner::Open,
        ..session("s-3", "OT-1", "2026-07-01T08:00", "2026-07-01T12:00")
    };
    let report = session_use(&[], &[released, cancelled, july], &june());
    assert_eq!(report.rows, []);
    let unused = session_use(
        &[],
        &[morning("s-4", "OT-1", SessionOwner::Emergency)],
        &june(),
    );
    assert_eq!(unused.rows[0].session_utilisation, 0.0);
}
