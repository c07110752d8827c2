//! Handshakes are bounded in time and number, and those bounds hold nobody up who keeps them.

use tokio::{
    io::{AsyncWriteExt, duplex},
    task::JoinSet,
};
use tonic::Code;

use super::{ANYBODY, CLIENT, Pair, SERVER, SHORT, assert_seen};
use crate::handshaker::{
    Handshaker,
    fake::{FakeHandshaker, Flaw},
};

#[tokio::test]
async fn a_timeout_says_what_was_being_waited_for() {
    let fake = FakeHandshaker::start(CLIENT, Flaw::None).await;
    let stuck = FakeHandshaker::start(CLIENT, Flaw::Stalls(1)).await;
    let impatient = |fake: &FakeHandshaker| {
        let builder = fake.builder().handshake_timeout(SHORT);
        builder.build().expect("a handshaker")
    };
    let (good, bad, busy) = (impatient(&fake), impatient(&stuck), impatient(&fake));
    let turns = &busy.0.client_turns;
    let mut others = Vec::new();
    for party in 0..turns.available() {
        others.push(turns.take(Some(party)).await);
    }

    let ((dialled, _silent), (accepted, _mute)) = (duplex(1024), duplex(1024));
    let ((unread, _deaf), (stalled, _far)) = (duplex(1), duplex(1024));
    let (queued, _next) = duplex(1024);
    let (dialled, accepted, unread, stalled, queued) = tokio::join!(
        good.connect(dialled, ANYBODY),
        good.accept(accepted),
        good.connect(unread, ANYBODY),
        bad.connect(stalled, ANYBODY),
        busy.connect(queued, ANYBODY),
    );
    let rows = [
        (dialled, "waiting for the peer"),
        (accepted, "waiting for the peer"),
        (unread, "sending to the peer"),
        (stalled, "waiting for the handshaker"),
        (queued, "waiting for other handshakes to finish"),
    ];
    for (outcome, words) in rows {
        let words = format!("took longer than {SHORT:?}; it was {words}");
        assert_seen(outcome.expect_err("too late"), Code::Unavailable, &words);
    }
}

#[tokio::test]
async fn silent_peers_cost_no_permit_and_no_call() {
    let pair = Pair::start().await;
    let handshaker = pair
        .server
        .builder()
        .max_concurrent_handshakes(1)
        .build()
        .expect("a handshaker");
    let mut silent = JoinSet::new();
    let mut held = Vec::new();
    for _ in 0..150 {
        let (near, far) = duplex(64);
        held.push(near);
        let handshaker = handshaker.clone();
        silent.spawn(async move { handshaker.accept(far).await.map(drop) });
    }
    tokio::task::yield_now().await;
    let (near, far) = duplex(1024);
    let client = pair.client.handshaker();
    let (client, server) = tokio::join!(client.connect(near, ANYBODY), handshaker.accept(far));
    client.expect("connected");
    server.expect("accepted");
    assert_eq!(pair.server.starts().len(), 1);
    assert!(silent.try_join_next().is_none(), "they are still waiting");
}

#[tokio::test]
async fn permits_come_back_however_a_handshake_ends() {
    let fake = FakeHandshaker::start(SERVER, Flaw::None).await;
    let one = || fake.builder().max_concurrent_handshakes(1);
    let handshaker = one().build().expect("a handshaker");
    let hasty = one()
        .handshake_timeout(SHORT)
        .build()
        .expect("a handshaker");
    let accept = |handshaker: &Handshaker| {
        let (mut peer, far) = duplex(1024);
        let handshaker = handshaker.clone();
        async move {
            peer.write_all(b"CI client@x 0 2\n").await.expect("written");
            let outcome = handshaker.accept(far).await;
            drop(peer);
            outcome.map(drop)
        }
    };

    fake.now(Flaw::Refuses(1, Code::Internal));
    accept(&handshaker).await.expect_err("refused");
    fake.now(Flaw::EndsEarly(1));
    accept(&handshaker).await.expect_err("broken off");
    fake.now(Flaw::Stalls(1));
    accept(&hasty).await.expect_err("timed out");
    let begun = fake.starts().len() + 1;
    let cancelled = tokio::spawn(accept(&handshaker));
    fake.begun(begun).await;
    cancelled.abort();
    assert!(cancelled.await.expect_err("cancelled").is_cancelled());

    for handshaker in [&handshaker, &hasty] {
        assert_eq!(handshaker.0.server_turns.available(), 1);
    }

    fake.now(Flaw::None);
    for _ in 0..2 {
        let (mut peer, far) = duplex(1024);
        let flights = b"CI client@x 0 2\nCF\n";
        peer.write_all(flights).await.expect("written");
        handshaker.accept(far).await.expect("the permit is back");
    }
}

#[tokio::test]
async fn a_hundred_handshakes_at_once_all_succeed() {
    let pair = Pair::start().await;
    let build = |fake: &FakeHandshaker| {
        let builder = fake.builder().max_concurrent_handshakes(3);
        builder.build().expect("a handshaker")
    };
    let (client, server) = (build(&pair.client), build(&pair.server));
    let mut handshakes = JoinSet::new();
    for _ in 0..100 {
        let (client, server) = (client.clone(), server.clone());
        handshakes.spawn(async move {
            let (near, far) = duplex(1024);
            let (near, far) = tokio::join!(client.connect(near, ANYBODY), server.accept(far));
            near.and(far).map(drop)
        });
    }
    for outcome in handshakes.join_all().await {
        outcome.expect("shaken");
    }
}
