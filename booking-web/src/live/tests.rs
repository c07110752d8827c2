//! Nothing is missed, whenever a page comes.

use std::{sync::Arc, time::Duration};

use tokio::sync::broadcast;

use super::{hub::KEPT, *};
use crate::{
    backend::fake::{FakeBackend, FakeOt},
    pages::tests::{
        rights::{may, without_board},
        state_for,
    },
    visitor::Way,
};

fn changed(name: &str) -> News {
    News::Changed(name.to_owned())
}

fn connected() -> Hub {
    let hub = Hub::new("run".to_owned());
    hub.tell(News::Connected(true));
    hub
}

fn names(missed: &[Arc<Numbered>]) -> Vec<News> {
    missed.iter().map(|one| one.news.clone()).collect()
}

#[test]
fn a_page_hears_what_changed_between_itself_and_its_stream() {
    let hub = connected();
    hub.tell(changed("cases/a"));
    let mark = hub.mark();
    hub.tell(changed("cases/b"));
    hub.tell(changed("cases/c"));
    let subscription = hub.subscribe(&mark);
    assert_eq!(
        names(&subscription.missed),
        [changed("cases/b"), changed("cases/c")]
    );
    let mut news = subscription.news.unwrap();
    hub.tell(changed("cases/d"));
    assert_eq!(news.try_recv().unwrap().news, changed("cases/d"));
}

#[test]
fn whoever_comes_from_another_run_or_too_late_fetches_everything() {
    let hub = connected();
    hub.tell(changed("cases/a"));
    for since in ["", "other-1", "run-2", "run-x", "run"] {
        assert_eq!(
            names(&hub.subscribe(since).missed),
            [News::Resync],
            "{since}"
        );
    }
    let first = hub.mark();
    for _ in 0..=KEPT {
        hub.tell(changed("cases/b"));
    }
    assert_eq!(names(&hub.subscribe(&first).missed), [News::Resync]);
}

#[test]
fn a_page_that_has_everything_hears_nothing_until_something_happens() {
    let hub = connected();
    hub.tell(changed("cases/a"));
    hub.tell(News::Beat);
    assert!(hub.subscribe(&hub.mark()).missed.is_empty());
}

#[test]
fn a_backend_that_is_gone_is_told_to_everybody_and_to_whoever_comes() {
    let hub = connected();
    let mut news = hub.subscribe(&hub.mark()).news.unwrap();
    hub.tell(News::Connected(false));
    hub.tell(News::Connected(false));
    assert_eq!(news.try_recv().unwrap().news, News::Connected(false));
    assert!(news.try_recv().is_err(), "told once");
    assert_eq!(
        names(&hub.subscribe(&hub.mark()).missed),
        [News::Connected(false)]
    );
}

#[test]
fn streams_end_when_the_program_stops() {
    let hub = connected();
    let mut news = hub.subscribe("").news.unwrap();
    hub.close();
    assert_eq!(news.try_recv(), Err(broadcast::error::TryRecvError::Closed));
    assert!(hub.subscribe("").news.is_none());
}

/// How often the day was asked for in ten minutes.
async fn days_asked_for_in_ten_minutes(ot: FakeOt) -> usize {
    let state = state_for(FakeBackend::hospital(ot.clone()), Way::Open);
    let hub = Arc::clone(&state.live);
    let ten_minutes = Duration::from_secs(10 * 60 - 1);
    let followed = tokio::time::timeout(ten_minutes, follow(state.backend, Arc::clone(&hub)));
    assert!(followed.await.is_err(), "it goes on for ever");
    assert_eq!(
        names(&hub.subscribe(&hub.mark()).missed),
        [News::Connected(false)]
    );
    ot.times_asked("ScheduleService/GetDaySchedule")
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_denies_the_changes_is_asked_once_a_minute_and_no_more() {
    assert_eq!(days_asked_for_in_ten_minutes(without_board()).await, 10);
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_said_it_would_deny_the_changes_is_not_asked_for_them() {
    let ot = may(without_board(), &["bookingInfo.get"]);
    assert_eq!(days_asked_for_in_ten_minutes(ot).await, 0);
}
