//! An authority among those who only hold things up: anybody on the network may connect to it.

use tokio::net::TcpStream;

use crate::{limits::*, processes::Processes, suite::*, support::*};

#[tokio::test]
async fn sockets_that_say_nothing_to_the_authority_are_closed() {
    let suite = Suite::start(Settings::default()).await;
    let silent = TcpStream::connect(suite.address).await.unwrap();
    hung_up(silent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_connections_cannot_use_up_the_files_of_an_authority() {
    let world = Processes::start_with_files(128, "info");
    let address = world.address.parse().unwrap();
    let crowd: Vec<_> = (0..300).map(|_| idle(address)).collect();
    let (client, server) = world.machines();
    let (client, server) = (client.process().await, server.process().await);
    for process in [&client, &server] {
        eventually(|| async { process.try_start_client(&[SERVER]).await.map(drop) }).await;
    }
    shake(&client, &server, &[SERVER]).await.key();
    drop(crowd);
}
