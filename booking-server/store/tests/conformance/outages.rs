//! PostgreSQL alone: connections that are lost in the middle of anything.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use booking_domain::testing;
use booking_store::{OpenOptions, Store, StoreError};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::ground::{Ground, case, insert};

const WRITERS: usize = 8;
const WRITES: usize = 60;
const OUTAGES: usize = 25;

/// Ends every connection that a server of ours has to this database.
const CUT: &str = "
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'booking-server' and datname = current_database()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_connections_lose_no_write_and_do_none_twice() {
    let ground = Ground::postgres().await;
    let store = ground.hospital().await;
    let start = store.read().await.unwrap().position().await.unwrap();
    let mut feed = store.changes_after(start).await.unwrap();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut done = Vec::new();
                for number in 0..WRITES {
                    let id = format!("{writer}-{number}");
                    match insert(&store, vec![testing::requested(&id)]).await {
                        Ok(()) => done.push(id),
                        // What was done twice would be there already.
                        Err(StoreError::Busy(_)) => {}
                        Err(error) => panic!("{id}: {error:?}"),
                    }
                }
                done
            })
        })
        .collect();
    for _ in 0..OUTAGES {
        tokio::time::sleep(Duration::from_millis(40)).await;
        ground.tamper(CUT).await.unwrap();
    }
    let mut done = 0_u64;
    for writer in writers {
        for id in writer.await.unwrap() {
            assert!(
                case(&store, &id).await.is_some(),
                "{id} was acknowledged and is gone"
            );
            done += 1;
        }
    }
    assert!(done > (WRITERS * WRITES / 2) as u64, "only {done} writes");
    for seq in start + 1..=start + done {
        let change = tokio::time::timeout(Duration::from_secs(20), feed.next()).await;
        assert_eq!(change.expect("nothing was told").unwrap().seq, seq);
    }
    assert_eq!(store.examine().await.unwrap(), []);
}

/// Where the connection is cut.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// Before the order to commit has reached the database.
    BeforeCommit,
    /// After it, with the answer on its way: the writer cannot know.
    AfterCommit,
}

/// The server's address and the database's name, with a hospital in it.
async fn behind(ground: &Ground) -> (String, String) {
    ground.hospital().await.close().await;
    let Ground::Postgres(url) = ground else {
        unreachable!("it was made so")
    };
    let (server, database) = url.rsplit_once('@').unwrap().1.split_once('/').unwrap();
    (server.to_owned(), database.to_owned())
}

async fn through(port: u16, database: &str) -> Store {
    let url = format!("postgres://ot@127.0.0.1:{port}/{database}");
    let location = url.parse().unwrap();
    Store::open(&location, OpenOptions::default())
        .await
        .unwrap()
}

/// Passes bytes on between the store and PostgreSQL, and cuts every so-many-th commit off.
async fn unreliable_wire(server: String, cut: Cut) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let commits = Arc::new(AtomicUsize::new(0));
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let far = TcpStream::connect(&server).await.unwrap();
            tokio::spawn(pass_on(near, far, cut, Arc::clone(&commits)));
        }
    });
    port
}

async fn pass_on(near: TcpStream, far: TcpStream, cut: Cut, commits: Arc<AtomicUsize>) {
    let (mut from_store, mut to_store) = near.into_split();
    let (mut from_server, mut to_server) = far.into_split();
    let back = tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_store).await });
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from_store.read(&mut buffer).await {
        let bytes = &buffer[..read];
        let is_commit = bytes.windows(6).any(|word| word == b"COMMIT");
        let is_due = is_commit && commits.fetch_add(1, Ordering::Relaxed) % 3 == 2;
        if is_due && matches!(cut, Cut::BeforeCommit) {
            break;
        }
        if is_due {
            // Nothing comes back any more; the database commits all the same.
            back.abort();
            to_server.write_all(bytes).await.unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
            break;
        }
        to_server.write_all(bytes).await.unwrap();
    }
    back.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_is_lost_is_neither_lost_nor_done_twice() {
    for cut in [Cut::BeforeCommit, Cut::AfterCommit] {
        let ground = Ground::postgres().await;
        let (server, database) = behind(&ground).await;
        let port = unreliable_wire(server, cut).await;
        let store = through(port, &database).await;
        let start = store.read().await.unwrap().position().await.unwrap();
        for number in 0..12 {
            let id = format!("c{number}");
            // Done twice, the second time would find it there already.
            let done = insert(&store, vec![testing::requested(&id)]).await;
            assert!(done.is_ok(), "{cut:?}, {id}: {done:?}");
            assert!(case(&store, &id).await.is_some(), "{cut:?}, {id}");
        }
        let end = store.read().await.unwrap().position().await.unwrap();
        assert_eq!(end, start + 12, "{cut:?}");
        assert_eq!(store.examine().await.unwrap(), []);
    }
}

/// Passes bytes on until `armed`: then the next commit still arrives, and nothing comes back or goes
/// through any more.
async fn wire_that_breaks_for_good(server: String, armed: Arc<AtomicBool>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (broken, is_broken) = watch::channel(false);
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            if *is_broken.borrow() {
                continue;
            }
            let far = TcpStream::connect(&server).await.unwrap();
            let (mut breaks, broken) = (is_broken.clone(), broken.clone());
            let armed = Arc::clone(&armed);
            tokio::spawn(async move {
                tokio::select! {
                    () = pass_on_until(near, far, &armed) => drop(broken.send_replace(true)),
                    _ = breaks.wait_for(|broken| *broken) => {}
                }
            });
        }
    });
    port
}

/// Ends with the commit that was passed on when armed; never otherwise.
async fn pass_on_until(near: TcpStream, far: TcpStream, armed: &AtomicBool) {
    let (mut from_store, mut to_store) = near.into_split();
    let (mut from_server, mut to_server) = far.into_split();
    let forth = async {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = from_store.read(&mut buffer).await {
            to_server.write_all(&buffer[..read]).await.unwrap();
            let is_commit = buffer[..read].windows(6).any(|word| word == b"COMMIT");
            if is_commit && armed.load(Ordering::SeqCst) {
                return;
            }
        }
        std::future::pending::<()>().await;
    };
    let back = async {
        drop(tokio::io::copy(&mut from_server, &mut to_store).await);
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = forth => {}
        () = back => {}
    }
    // What was passed on arrives.
    tokio::time::sleep(Duration::from_millis(200)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_have_been_committed_is_never_said_to_be_merely_busy() {
    let ground = Ground::postgres().await;
    let (server, database) = behind(&ground).await;
    let armed = Arc::new(AtomicBool::new(false));
    let port = wire_that_breaks_for_good(server, Arc::clone(&armed)).await;
    let store = through(port, &database).await;
    let first = {
        let store = store.clone();
        tokio::spawn(async move {
            store
                .write(testing::requested("first"), |case, tx| {
                    Box::pin(async move {
                        // The others queue behind it, and share the commit after its own.
                        tokio::time::sleep(Duration::from_millis(500)).await;
                        tx.insert_case(case, &[]).await
                    })
                })
                .await
        })
    };
    tokio::time::sleep(Duration::from_millis(100)).await;
    let others = (0..WRITERS).map(|number| {
        let (store, armed) = (store.clone(), Arc::clone(&armed));
        tokio::spawn(async move {
            let case = testing::requested(&format!("c{number}"));
            let done = store.write((case, armed), |(case, armed), tx| {
                Box::pin(async move {
                    armed.store(true, Ordering::SeqCst);
                    tx.insert_case(case, &[]).await
                })
            });
            (number, done.await)
        })
    });
    let others: Vec<_> = others.collect();
    first.await.unwrap().unwrap();
    let mut unknown = 0;
    let witness = ground.open(booking_store::Seed::None).await;
    for other in others {
        let (number, done) = other.await.unwrap();
        let there = case(&witness, &format!("c{number}")).await.is_some();
        match done {
            Err(StoreError::Unknown) => unknown += 1,
            Err(StoreError::Busy(_)) => assert!(!there, "c{number} was written"),
            done => panic!("c{number}: {done:?}"),
        }
    }
    assert!(unknown > 1, "only {unknown} shared the commit");
}
