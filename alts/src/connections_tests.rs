//! Tests of `connections.rs`.

use std::task::Waker;

use tokio::time::advance;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn limited(change: impl FnOnce(&mut ServerLimits)) -> Arc<ServerConnections> {
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
    match guest.poll_ended(Half::Read, &mut Context::from_waker(Waker::noop())) {
        Poll::Ready(reason) => Some(reason),
        Poll::Pending => None,
    }
}

#[tokio::test(start_paused = true)]
async fn the_oldest_silent_one_gives_way_and_no_speaker() {
    let connections = limited(|limits| limits.connections = 4);
    let mut speaker = speaking(&connections, "a@x");
    let mut silent: Vec<_> = (0..3).map(|_| accepted(&connections)).collect();
    let mut late = accepted(&connections);
    assert_eq!(ending(&mut silent[0]), Some("server full"));
    for guest in silent[1..].iter_mut().chain([&mut speaker, &mut late]) {
        assert_eq!(ending(guest), None);
    }
    assert_eq!(connections.open(), 4);
    drop((speaker, silent, late));
    assert_eq!(connections.open(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_account_with_very_many_connections_crowds_out_itself_alone() {
    let connections = limited(|limits| {
        limits.connections = 8;
        limits.connections_per_account = 4;
    });
    let mut other = speaking(&connections, "modest@x");
    let mut greedy = Vec::new();
    for _ in 0..10 {
        advance(SECOND).await;
        greedy.push(speaking(&connections, "greedy@x"));
    }
    let gone = greedy.iter_mut().filter_map(ending);
    assert_eq!(gone.collect::<Vec<_>>(), ["account full"; 6]);
    assert_eq!(ending(&mut other), None);
    // Those who have spoken are not too many, and when it is, the greedy one is the first to pay.
    let _more = [
        speaking(&connections, "third@x"),
        speaking(&connections, "fourth@x"),
    ];
    assert_eq!(ending(&mut greedy[6]), Some("server full"));
    assert_eq!(ending(&mut other), None);
}

/// As many as may have spoken, of four accounts.
fn full(connections: &Arc<ServerConnections>) -> Vec<Guest> {
    let accounts = ["a@x", "b@x", "c@x", "d@x"].iter().cycle();
    let accounts = accounts.take(connections.limits.connections);
    accounts.map(|it| speaking(connections, it)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_quarter_is_for_newcomers_and_they_crowd_out_each_other_alone() {
    let connections = limited(|limits| limits.connections = 40);
    let mut speakers = full(&connections);
    assert_eq!(speakers.iter_mut().filter_map(ending).count(), 10);
    assert_eq!(connections.open(), 30);
    let mut honest = accepted(&connections);
    let strangers: Vec<_> = (0..9).map(|_| accepted(&connections)).collect();
    assert_eq!(ending(&mut honest), None);
    advance(SECOND).await;
    honest.note_heard(24, &ServiceAccount::new("e@x").unwrap());
    let more: Vec<_> = (0..30).map(|_| accepted(&connections)).collect();
    assert_eq!(ending(&mut honest), None);
    assert_eq!(speakers.iter_mut().filter_map(ending).count(), 11);
    assert_eq!(connections.open(), 40);
    drop((strangers, more));
}

#[tokio::test(start_paused = true)]
async fn few_places_are_never_more() {
    for most in 1..6 {
        let connections = limited(|limits| limits.connections = most);
        let _speakers = full(&connections);
        let mut newcomers: Vec<_> = (0..9).map(|_| accepted(&connections)).collect();
        assert_eq!(connections.open(), most);
        assert_eq!(ending(newcomers.last_mut().unwrap()), None);
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_was_told_something_of_late_is_not_the_longest_silent() {
    let connections = limited(|limits| limits.connections_per_account = 2);
    let [mut told, mut silent] = [1, 2].map(|_| speaking(&connections, "a@x"));
    advance(SECOND).await;
    told.signs.said.store(true, Relaxed);
    look(&connections);
    let _third = speaking(&connections, "a@x");
    assert_eq!(ending(&mut told), None);
    assert_eq!(ending(&mut silent), Some("account full"));
}

#[tokio::test(start_paused = true)]
async fn for_want_of_files_the_oldest_newcomer_gives_way_and_no_speaker() {
    let connections = limited(|_| {});
    let mut speaker = speaking(&connections, "a@x");
    let [mut old, mut late] = [1, 2].map(|_| accepted(&connections));
    let [enfile, emfile, enobufs] = [23, 24, 105].map(io::Error::from_raw_os_error);
    assert!(!connections.makes_room(&enobufs));
    assert_eq!(ending(&mut old), None);
    assert!(connections.makes_room(&emfile));
    assert_eq!(ending(&mut old), Some("server full"));
    assert!(connections.makes_room(&enfile));
    assert_eq!(ending(&mut late), Some("server full"));
    assert!(!connections.makes_room(&emfile));
    assert_eq!(ending(&mut speaker), None);
}

#[tokio::test(start_paused = true)]
async fn whoever_has_to_go_is_counted_once_and_for_nobody() {
    let connections = limited(|limits| limits.connections = 1);
    let mut gone = accepted(&connections);
    let _next = accepted(&connections);
    gone.over("hung up");
    gone.note_heard(24, &ServiceAccount::new("a@x").unwrap());
    assert_eq!(ending(&mut gone), Some("server full"));
    assert_eq!(connections.closed(), [("server full", 1)].into());
    assert_eq!(connections.open(), 1);
}

#[tokio::test(start_paused = true)]
async fn whoever_says_less_than_a_preface_has_the_time_to_open_and_no_more() {
    let connections = limited(|_| {});
    let mut half = accepted(&connections);
    half.note_heard(23, &ServiceAccount::new("a@x").unwrap());
    advance(connections.limits.opening - SECOND).await;
    look(&connections);
    assert_eq!(ending(&mut half), None);
    advance(SECOND).await;
    look(&connections);
    assert_eq!(ending(&mut half), Some("too slow to open"));
}

#[tokio::test(start_paused = true)]
async fn silence_ends_a_connection_and_words_in_either_direction_do_not() {
    let connections = limited(|_| {});
    let idle = connections.limits.idle;
    let [mut silent, mut heard, mut told] = [1, 2, 3].map(|_| speaking(&connections, "a@x"));
    advance(idle - SECOND).await;
    heard.signs.heard.store(true, Relaxed);
    told.signs.said.store(true, Relaxed);
    look(&connections);
    advance(SECOND).await;
    look(&connections);
    assert_eq!(ending(&mut silent), Some("idle"));
    assert_eq!((ending(&mut heard), ending(&mut told)), (None, None));
    assert_eq!(connections.closed().get("idle"), Some(&1));
}

#[tokio::test(start_paused = true)]
async fn a_frame_has_its_time_from_its_beginning_on() {
    let connections = limited(|_| {});
    let frame = connections.limits.frame;
    let mut guest = speaking(&connections, "a@x");
    // A connection that was silent for long may begin one.
    advance(10 * frame).await;
    look(&connections);
    guest.signs.unfinished.store(true, Relaxed);
    look(&connections);
    assert_eq!(ending(&mut guest), None);
    advance(frame - SECOND).await;
    // What we say meanwhile is no excuse.
    guest.signs.said.store(true, Relaxed);
    look(&connections);
    assert_eq!(ending(&mut guest), None);
    advance(SECOND).await;
    look(&connections);
    assert_eq!(ending(&mut guest), Some("unfinished frame"));
}

#[tokio::test(start_paused = true)]
async fn whose_calls_are_refused_has_little_time_to_be_silent() {
    let connections = limited(|_| {});
    let mut stranger = speaking(&connections, "stranger@x");
    stranger.signs.refused.store(true, Relaxed);
    advance(connections.limits.opening).await;
    look(&connections);
    assert_eq!(ending(&mut stranger), Some("refused"));
}

#[tokio::test(start_paused = true)]
async fn one_call_that_is_let_in_excuses_those_that_are_refused() {
    let connections = limited(|_| {});
    let mut friend = speaking(&connections, "friend@x");
    friend.signs.let_in.store(true, Relaxed);
    friend.signs.refused.store(true, Relaxed);
    advance(connections.limits.opening).await;
    look(&connections);
    assert_eq!(ending(&mut friend), None);
}

#[tokio::test(start_paused = true)]
async fn a_drain_leaves_those_alone_who_are_told_something() {
    let connections = limited(|_| {});
    let mut told = speaking(&connections, "a@x");
    connections.stop();
    advance(connections.limits.opening).await;
    told.signs.said.store(true, Relaxed);
    look(&connections);
    assert_eq!(ending(&mut told), None);
    advance(connections.limits.opening).await;
    look(&connections);
    assert_eq!(ending(&mut told), Some("drained"));
}

#[tokio::test(start_paused = true)]
async fn a_drain_ends_for_the_deaf_soon_and_for_everybody_in_the_end() {
    let connections = limited(|_| {});
    let mut deaf = speaking(&connections, "a@x");
    let mut busy = speaking(&connections, "a@x");
    let watch = tokio::spawn(Arc::clone(&connections).watch());
    advance(SECOND).await;
    connections.stop();
    busy.signs.heard.store(true, Relaxed);
    let began = Instant::now();
    assert_eq!(
        std::future::poll_fn(|cx| deaf.poll_ended(Half::Read, cx)).await,
        "drained"
    );
    drop(deaf);
    assert!(began.elapsed() <= connections.limits.opening + 2 * LOOK_INTERVAL);
    assert_eq!(ending(&mut busy), None);
    assert_eq!(
        std::future::poll_fn(|cx| busy.poll_ended(Half::Read, cx)).await,
        "drained"
    );
    drop(busy);
    assert!(began.elapsed() <= connections.limits.drain + 2 * LOOK_INTERVAL);
    watch.await.expect("it ends when all have gone");
}
