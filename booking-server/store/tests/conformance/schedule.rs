//! Sessions, templates, closures and absences.

use booking_domain::{
    Recurrence, Session, SessionFlags, SessionOwner, SessionState, SessionTemplate, Subject,
    TemplateId, Unavailability, testing,
};
use booking_store::{SessionQuery, Store, StoreError, UnavailabilityQuery};
use jiff::{
    SignedDuration,
    civil::{Weekday, date},
};

use crate::ground::Ground;

fn templates() -> Vec<SessionTemplate> {
    let weekly = SessionTemplate {
        id: TemplateId::parse("T-1").unwrap(),
        version: 1,
        theatre: testing::theatre_id("OT-1"),
        owner: SessionOwner::Surgeon(testing::staff_id("DC-1")),
        flags: SessionFlags {
            anaesthetist: true,
            general_anaesthesia: false,
            paediatric: true,
        },
        weekday: Weekday::Sunday,
        start_minute: 22 * 60,
        end_minute: 7 * 60 + 30,
        recurrence: Recurrence::EveryWeeks(2),
        first_date: date(2026, 6, 7),
        last_date: None,
        release_before: Some(SignedDuration::from_hours(72)),
    };
    let monthly = SessionTemplate {
        id: TemplateId::parse("T-2").unwrap(),
        owner: SessionOwner::Specialty(testing::specialty("general")),
        weekday: Weekday::Monday,
        recurrence: Recurrence::WeeksOfMonth(vec![1, 3, 5]),
        last_date: Some(date(2027, 6, 7)),
        release_before: None,
        ..weekly.clone()
    };
    vec![weekly, monthly]
}

async fn put(store: &Store, session: Session) -> Result<(), StoreError> {
    store
        .write(session, |session, tx| Box::pin(tx.put(session)))
        .await
}

pub(crate) async fn sessions_templates_and_closures_are_read_back_as_they_were_put(ground: Ground) {
    let store = ground.hospital().await;
    store
        .write(templates(), |templates, tx| {
            Box::pin(async move {
                for template in templates {
                    tx.put(template).await?;
                }
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
    let mut read = store.read().await.unwrap();
    assert_eq!(read.templates().await.unwrap(), templates());
    drop(read);

    let from_template = Session {
        owner: SessionOwner::Surgeon(testing::staff_id("DC-1")),
        release_at: Some(testing::at("2026-06-04T22:00")),
        state: SessionState::Released,
        template: Some((TemplateId::parse("T-1").unwrap(), date(2026, 6, 7))),
        note: "moved by an hour".to_owned(),
        ..testing::session("S-1", "OT-1", "2026-06-07T22:00", "2026-06-08T07:30")
    };
    put(&store, from_template.clone()).await.unwrap();
    let mut read = store.read().await.unwrap();
    assert_eq!(
        read.find::<Session>(&from_template.id)
            .await
            .unwrap()
            .as_ref(),
        Some(&from_template)
    );
    drop(read);
    // One session for a template and a date.
    let twice = Session {
        template: from_template.template.clone(),
        ..testing::session("S-2", "OT-2", "2026-06-07T22:00", "2026-06-08T07:30")
    };
    assert!(matches!(
        put(&store, twice).await,
        Err(StoreError::Exists(_))
    ));

    let away = testing::unavailable(
        Subject::Staff(testing::staff_id("DC-1")),
        "2026-06-01T00:00",
        "2026-06-15T00:00",
    );
    let command = away.clone();
    store
        .write(command, |away, tx| Box::pin(tx.put(away)))
        .await
        .unwrap();
    let ask = async |query: UnavailabilityQuery| {
        store
            .read()
            .await
            .unwrap()
            .unavailabilities(&query)
            .await
            .unwrap()
    };
    assert_eq!(
        ask(UnavailabilityQuery::default()).await,
        std::slice::from_ref(&away)
    );
    let theirs = |id| UnavailabilityQuery {
        subjects: vec![Subject::Staff(testing::staff_id(id))],
        range: Some(testing::range("2026-06-14T00:00", "2026-06-20T00:00")),
    };
    assert_eq!(ask(theirs("DC-1")).await, std::slice::from_ref(&away));
    assert_eq!(ask(theirs("DC-2")).await, []);
    store
        .write(away.id, |id, tx| {
            Box::pin(tx.delete::<Unavailability>(id, 1))
        })
        .await
        .unwrap();
    assert_eq!(ask(UnavailabilityQuery::default()).await, []);
}

pub(crate) async fn sessions_of_one_theatre_do_not_overlap_unless_cancelled(ground: Ground) {
    let store = ground.hospital().await;
    let session = |id: &str, start: &str, end: &str| testing::session(id, "OT-1", start, end);
    put(
        &store,
        session("S-1", "2026-06-01T08:00", "2026-06-01T12:00"),
    )
    .await
    .unwrap();
    put(
        &store,
        session("S-2", "2026-06-01T12:00", "2026-06-01T17:00"),
    )
    .await
    .unwrap();
    let over = session("S-3", "2026-06-01T11:59", "2026-06-01T12:01");
    assert!(matches!(
        put(&store, over.clone()).await,
        Err(StoreError::Overlap)
    ));
    let cancelled = Session {
        state: SessionState::Cancelled,
        ..over.clone()
    };
    put(&store, cancelled).await.unwrap();
    let revived = Session { version: 2, ..over };
    assert!(matches!(
        put(&store, revived).await,
        Err(StoreError::Overlap)
    ));
    // A session that is moved does not stand in its own way.
    let later = Session {
        version: 2,
        ..session("S-2", "2026-06-01T13:00", "2026-06-01T18:00")
    };
    put(&store, later).await.unwrap();
    assert_eq!(store.examine().await.unwrap(), []);
}

pub(crate) async fn sessions_are_found_by_theatre_range_owner_and_page(ground: Ground) {
    let store = ground.hospital().await;
    for (id, theatre, start, end) in [
        ("S-1", "OT-1", "2026-06-01T08:00", "2026-06-01T12:00"),
        ("S-2", "OT-2", "2026-06-01T08:00", "2026-06-01T12:00"),
        ("S-3", "OT-1", "2026-06-02T08:00", "2026-06-02T12:00"),
        ("S-4", "OT-1", "2026-06-03T08:00", "2026-06-03T12:00"),
    ] {
        let mut session = testing::session(id, theatre, start, end);
        if id == "S-3" {
            session.owner = SessionOwner::Surgeon(testing::staff_id("DC-1"));
        }
        put(&store, session).await.unwrap();
    }
    let ask = async |query: SessionQuery| {
        let sessions = store.read().await.unwrap().sessions(&query).await.unwrap();
        sessions
            .iter()
            .map(|session| session.id.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    let all = SessionQuery::default;
    assert_eq!(ask(all()).await, ["S-1", "S-2", "S-3", "S-4"]);
    let theatres = vec![testing::theatre_id("OT-2")];
    assert_eq!(ask(SessionQuery { theatres, ..all() }).await, ["S-2"]);
    let range = Some(testing::range("2026-06-01T12:00", "2026-06-03T08:00"));
    assert_eq!(ask(SessionQuery { range, ..all() }).await, ["S-3"]);
    let surgeon = Some(testing::staff_id("DC-1"));
    assert_eq!(ask(SessionQuery { surgeon, ..all() }).await, ["S-3"]);
    let after = Some((testing::at("2026-06-01T08:00"), testing::session_id("S-1")));
    let page = SessionQuery {
        after,
        limit: Some(2),
        ..all()
    };
    assert_eq!(ask(page).await, ["S-2", "S-3"]);
}
