//! Strangers among themselves: nothing of ours in between but the handshaker.

use tests::{CLIENT_ACCOUNT, SERVER_ACCOUNT};

use crate::{
    stranger::{Machine, Stranger, outcome},
    world::{soon, strange_cloud},
};

/// Every language calls, and every one is called, by one of another family.
macro_rules! meetings {
    ($($name:ident: $client:ident $server:ident),+ $(,)?) => { $(
        #[test]
        fn $name() {
            let meeting = meet(Stranger::$client, Stranger::$server);
            crate::world::scene(concat!(module_path!(), "::", stringify!($name)), meeting);
        }
    )+ };
}

meetings!(
    go_calls_grpcio: Go Grpcio,
    java_calls_go: Java Go,
    cpp_calls_java: Cpp Java,
    grpcio_calls_cpp: Grpcio Cpp,
    go_calls_java: Go Java,
    java_calls_grpcio: Java Grpcio,
);

/// Proven accounts both ways, every size, streams, and a refusal by name.
async fn meet(client: Stranger, server: Stranger) {
    let _cloud = strange_cloud(SERVER_ACCOUNT, CLIENT_ACCOUNT).await;
    let (_server, address) = server.serves(&["0"]).await;
    let call = client.on(Machine::Second, &["echo", &address, SERVER_ACCOUNT]);
    let said = outcome(call).await;
    assert_eq!(said["code"], "OK", "{said}");
    assert_eq!(said["peer"], CLIENT_ACCOUNT, "the server saw who called");
    let call = client.on(Machine::Second, &["echo", &address, "other@x"]);
    let said = soon(outcome(call)).await;
    assert_eq!(said["code"], client.says_of_a_refused_peer(), "{said}");
    let details = said["details"].as_str().expect("details");
    assert!(details.contains(SERVER_ACCOUNT), "{details}");
}
