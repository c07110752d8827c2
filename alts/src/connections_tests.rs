//! Tests of `connections.rs`.

use std::task::Waker;

use tokio::time::advance;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn admission(change: impl FnOnce(&mut ServerLimits)) -> Arc<ServerConnections> {
    let mut limits = ServerLimits::default();
    change(&mut limits);
    ServerConnections::new(limits)
}

fn accepted(connections: &Arc<ServerConnections>) -> Guest {
    connections.admit(([192, 0, 2, 1], 1).into())
}

fn speaking(connections: &Arc<ServerConnections>, account: &str) -> Guest {
    let mut guest = accepted(connections);
    guest.note_heard(24, &ServiceAccount::new(account).unwrap());
    look(connections);
    guest
}

fn look(connections: &ServerConnections) {
    let mut state = connections.lock();
    state.close_overdue(&connections.limits, Instant::now());
}

fn ending(guest: &mut Guest) -> Option<&'static str> {
    match guest.poll_ended(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(reason) => Some(reason),
        Poll::Pending => None,
    }
}

#[tokio::test(start_paused = true)]
async fn the_oldest_silent_one_gives_way_and_no_speaker() {
    let admission = admission(|limits| limits.connections = 4);
    let mut speaker = speaking(&admission, "a@x");
    let mut silent: Vec<_> = (0..3).map(|_| accepted(&admission)).collect();
    let mut late = accepted(&admission);
    assert_eq!(ending(&mut silent[0]), Some("server full"));
    for guest in silent[1..].iter_mut().chain([&mut speaker, &mut late]) {
        assert_eq!(ending(guest), None);
    }
    assert_eq!(admission.open(), 4);
    drop((speaker, silent, late));
    assert_eq!(admission.open(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_account_with_very_many_connections_crowds_out_itself_alone() {
    let admission = admission(|limits| {
        limits.connections = 6;
        limits.connections_per_account = 4;
    });
    let mut other = speaking(&admission, "modest@x");
    let mut greedy = Vec::new();
    for _ in 0..10 {
        advance(SECOND).await;
        greedy.push(speaking(&admission, "greedy@x"));
    }
    let gone = greedy.iter_mut().filter_map(ending);
    assert_eq!(gone.collect::<Vec<_>>(), ["account full"; 6]);
    assert_eq!(ending(&mut other), None);
    // The server is not full, and when it is, the greedy one is the first to pay.
    let _more = [
        speaking(&admission, "third@x"),
        speaking(&admission, "fourth@x"),
    ];
    assert_eq!(ending(&mut greedy[6]), Some("server full"));
    assert_eq!(ending(&mut other), None);
}

#[tokio::test(start_paused = true)]
async fn whoever_says_less_than_a_preface_has_the_time_to_open_and_no_more() {
    let admission = admission(|_| {});
    let mut half = accepted(&admission);
    half.note_heard(23, &ServiceAccount::new("a@x").unwrap());
    advance(admission.limits.opening - SECOND).await;
    look(&admission);
    assert_eq!(ending(&mut half), None);
    advance(SECOND).await;
    look(&admission);
    assert_eq!(ending(&mut half), Some("too slow to open"));
}

#[tokio::test(start_paused = true)]
async fn silence_ends_a_connection_and_words_in_either_direction_do_not() {
    let admission = admission(|_| {});
    let idle = admission.limits.idle;
    let [mut silent, mut heard, mut told] = [1, 2, 3].map(|_| speaking(&admission, "a@x"));
    advance(idle - SECOND).await;
    heard.signs.heard.store(true, Relaxed);
    told.signs.said.store(true, Relaxed);
    look(&admission);
    advance(SECOND).await;
    look(&admission);
    assert_eq!(ending(&mut silent), Some("idle"));
    assert_eq!((ending(&mut heard), ending(&mut told)), (None, None));
    assert_eq!(admission.closed().get("idle"), Some(&1));
}

#[tokio::test(start_paused = true)]
async fn a_frame_has_its_time_from_its_beginning_on() {
    let admission = admission(|_| {});
    let frame = admission.limits.frame;
    let mut seat = speaking(&admission, "a@x");
    // A connection that was silent for long may begin one.
    advance(10 * frame).await;
    look(&admission);
    seat.signs.unfinished.store(true, Relaxed);
    look(&admission);
    assert_eq!(ending(&mut seat), None);
    advance(frame - SECOND).await;
    // What we say meanwhile is no excuse.
    seat.signs.said.store(true, Relaxed);
    look(&admission);
    assert_eq!(ending(&mut seat), None);
    advance(SECOND).await;
    look(&admission);
    assert_eq!(ending(&mut seat), Some("unfinished frame"));
}

#[tokio::test(start_paused = true)]
async fn whose_calls_are_refused_has_little_time_to_be_silent() {
    let admission = admission(|_| {});
    let mut stranger = speaking(&admission, "stranger@x");
    stranger.signs.refused.store(true, Relaxed);
    advance(admission.limits.opening).await;
    look(&admission);
    assert_eq!(ending(&mut stranger), Some("refused"));
}

#[tokio::test(start_paused = true)]
async fn a_drain_ends_for_the_deaf_soon_and_for_everybody_in_the_end() {
    let admission = admission(|_| {});
    let mut deaf = speaking(&admission, "a@x");
    let mut busy = speaking(&admission, "a@x");
    let watch = tokio::spawn(Arc::clone(&admission).watch());
    advance(SECOND).await;
    admission.stop();
    busy.signs.heard.store(true, Relaxed);
    let began = Instant::now();
    assert_eq!(
        std::future::poll_fn(|cx| deaf.poll_ended(cx)).await,
        "drained"
    );
    drop(deaf);
    assert!(began.elapsed() <= admission.limits.opening + 2 * LOOK_INTERVAL);
    assert_eq!(ending(&mut busy), None);
    assert_eq!(
        std::future::poll_fn(|cx| busy.poll_ended(cx)).await,
        "drained"
    );
    drop(busy);
    assert!(began.elapsed() <= admission.limits.drain + 2 * LOOK_INTERVAL);
    watch.await.expect("it ends when all have gone");
}
