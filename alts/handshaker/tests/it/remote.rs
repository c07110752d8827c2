//! Handshakers whose authority is elsewhere: who gets a credential, and what happens when the
//! authority is not there.

use tonic::{
    Code, Request, Status, client::Grpc, codegen::http::uri::PathAndQuery, transport::Endpoint,
};
use tonic_prost::ProstCodec;

use crate::{suite::*, support::*};

/// Why a machine's new process gets no credential.
async fn refused(machine: &alts_handshaker::serve::ServedMachine) -> Status {
    let process = process_on(machine).await;
    process
        .call()
        .await
        .ask(client_start(&[SERVER]))
        .await
        .unwrap_err()
}

#[tokio::test]
async fn enrolled_machines_shake_hands_and_the_authority_knows_whom_it_certified() {
    let suite = Suite::start(Settings::default()).await;
    let (client, server) = (suite.client().await, suite.server().await);
    let (client, server) = (process_on(&client).await, process_on(&server).await);
    shake(&client, &server, &[SERVER]).await.key();
    let issued = suite.authority().authority.issued(Some(&account(CLIENT)));
    assert_eq!(issued.len(), 1);
    assert_eq!(issued[0].machine.as_ref(), "client-vm");
    let log = std::fs::read_to_string(suite.dir.path().join("state/issued.jsonl")).unwrap();
    assert!(log.contains(&issued[0].revocation_id.to_string()), "{log}");
}

#[tokio::test]
async fn a_machine_that_proves_nothing_gets_nothing_and_hears_why() {
    let suite = Suite::start(Settings::default()).await;
    let cases = [
        (
            "client-vm",
            CLIENT,
            "bad",
            "the machine client-vm is not enrolled with this secret",
        ),
        (
            "other-vm",
            CLIENT,
            "good",
            "the machine other-vm is not enrolled with this secret",
        ),
        (
            "client-vm",
            SERVER,
            "good",
            "the machine client-vm is not enrolled for server@p.iam",
        ),
    ];
    for (machine, account, secret, expected) in cases {
        let served = suite.machine(machine, account, secret).await;
        let status = refused(&served).await;
        assert_eq!(status.code(), Code::Unavailable);
        assert!(status.message().contains(expected), "{}", status.message());
        served.stop().await;
    }
    assert!(suite.authority().authority.issued(None).is_empty());
}

#[tokio::test]
async fn a_machine_that_knows_other_roots_does_not_believe_the_authority() {
    let suite = Suite::start(Settings::default()).await;
    let stranger = "\"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a\"";
    let identity = "source = \"static\"\nsecret_file = \"good.secret\"";
    let served = suite
        .machine_with("client-vm", CLIENT, identity, stranger)
        .await;
    let status = refused(&served).await;
    assert!(
        status.message().contains("unknown authority"),
        "{}",
        status.message()
    );
}

#[tokio::test]
async fn disabling_reaches_new_processes_on_other_machines() {
    let suite = Suite::start(Settings::default()).await;
    let (client, server) = (suite.client().await, suite.server().await);
    let (running, server) = (process_on(&client).await, process_on(&server).await);
    shake(&running, &server, &[SERVER]).await.key();
    suite.set_disabled(CLIENT, true);
    shake(&running, &server, &[SERVER]).await.key();
    let status = refused(&client).await;
    assert!(
        status.message().contains("the account is disabled"),
        "{}",
        status.message()
    );
    suite.set_disabled(CLIENT, false);
    shake(&process_on(&client).await, &server, &[SERVER])
        .await
        .key();
}

#[tokio::test]
async fn who_holds_a_credential_goes_on_without_the_authority_and_the_others_recover_with_it() {
    let mut suite = Suite::start(Settings::default()).await;
    let (client, server) = (suite.client().await, suite.server().await);
    let (running, server) = (process_on(&client).await, process_on(&server).await);
    shake(&running, &server, &[SERVER]).await.key();

    suite.stop_authority().await;
    shake(&running, &server, &[SERVER]).await.key();
    let late = process_on(&client).await;
    let status = late
        .call()
        .await
        .ask(client_start(&[SERVER]))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(
        status.message().contains("the authority is out of reach"),
        "{}",
        status.message()
    );

    suite.restart_authority().await;
    let recovered = || async { late.call().await.ask(client_start(&[SERVER])).await };
    eventually(recovered).await;
    shake(&late, &server, &[SERVER]).await.key();
}

#[tokio::test]
async fn a_credential_is_renewed_before_it_ends_and_no_handshake_notices() {
    let settings = Settings {
        credential_lifetime_s: 4,
        ..Settings::default()
    };
    let suite = Suite::start(settings).await;
    let (client, server) = (suite.client().await, suite.server().await);
    let (client, server) = (process_on(&client).await, process_on(&server).await);
    // Two lives and more: each handshake must find a credential that holds.
    let end = tokio::time::Instant::now() + std::time::Duration::from_secs(9);
    while tokio::time::Instant::now() < end {
        shake(&client, &server, &[SERVER]).await.key();
    }
    let log = std::fs::read_to_string(suite.dir.path().join("state/issued.jsonl")).unwrap();
    assert!(log.lines().count() >= 6, "{log}");
}

#[tokio::test]
async fn a_revoked_certificate_is_refused_when_the_list_has_arrived() {
    let suite = Suite::start(Settings::default()).await;
    let (client, server) = (suite.client().await, suite.server().await);
    let (client, server) = (process_on(&client).await, process_on(&server).await);
    shake(&client, &server, &[SERVER]).await.key();
    let issued = suite.authority().authority.issued(Some(&account(SERVER)));
    suite
        .authority()
        .authority
        .revoke(&[issued[0].revocation_id])
        .unwrap();
    let refused = eventually(|| async {
        let told = shake(&client, &server, &[SERVER])
            .await
            .client
            .unwrap()
            .status
            .unwrap();
        if told.code == 0 {
            Err("not yet")
        } else {
            Ok(told)
        }
    })
    .await;
    assert_eq!(refused.code, 16);
    assert!(
        refused.details.contains("it is revoked"),
        "{}",
        refused.details
    );
}

#[tokio::test]
async fn a_root_key_is_replaced_while_handshakes_go_on() {
    let suite = Suite::start(Settings::default()).await;
    let (client_vm, server_vm) = (suite.client().await, suite.server().await);
    let cloud = &suite.authority().authority;
    let pinned = suite.roots();
    let (old_client, old_server) = (process_on(&client_vm).await, process_on(&server_vm).await);
    shake(&old_client, &old_server, &[SERVER]).await.key();

    // Machines ask every second; three give all of them time.
    cloud
        .rotate_root(std::time::Duration::from_secs(3))
        .unwrap();
    let old_id = cloud.authority_key_id();
    while cloud.authority_key_id() == old_id {
        let new_client = process_on(&client_vm).await;
        shake(&new_client, &old_server, &[SERVER]).await.key();
    }
    // In the overlap, old and new certificates are believed.
    let (new_client, new_server) = (process_on(&client_vm).await, process_on(&server_vm).await);
    shake(&new_client, &new_server, &[SERVER]).await.key();
    shake(&old_client, &new_server, &[SERVER]).await.key();
    shake(&new_client, &old_server, &[SERVER]).await.key();

    cloud.retire_roots().unwrap();
    let refused = eventually(|| async {
        // Resumption does not outlive the root either.
        let told = shake(&new_client, &old_server, &[SERVER])
            .await
            .client
            .unwrap()
            .status
            .unwrap();
        if told.code == 0 {
            Err("not yet")
        } else {
            Ok(told)
        }
    })
    .await;
    assert_eq!(refused.code, 16);
    shake(&new_client, &new_server, &[SERVER]).await.key();

    // A machine that still pins the retired key follows its successor, also after a restart.
    client_vm.stop().await;
    let identity = "source = \"static\"\nsecret_file = \"good.secret\"";
    let client_vm = suite
        .machine_with("client-vm", CLIENT, identity, &pinned)
        .await;
    shake(&process_on(&client_vm).await, &new_server, &[SERVER])
        .await
        .key();
}

#[tokio::test]
async fn a_machine_that_names_a_key_of_long_ago_knows_todays_also_after_a_restart() {
    let suite = Suite::start(Settings::default()).await;
    let (client_vm, server_vm) = (suite.client().await, suite.server().await);
    let (cloud, pinned) = (&suite.authority().authority, suite.roots());
    for _ in 0..2 {
        cloud.rotate_root(std::time::Duration::ZERO).unwrap();
        for machine in [&client_vm, &server_vm] {
            certified_process_on(machine).await;
        }
        cloud.retire_roots().unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
    }
    client_vm.stop().await;
    let identity = "source = \"static\"\nsecret_file = \"good.secret\"";
    let client_vm = suite
        .machine_with("client-vm", CLIENT, identity, &pinned)
        .await;
    let (client, server) = (process_on(&client_vm).await, process_on(&server_vm).await);
    shake(&client, &server, &[SERVER]).await.key();
}

#[tokio::test]
async fn the_mode_handshake_refuses_a_disabled_peer_and_the_mode_issue_does_not() {
    for (revocation, refuses) in [
        ("mode = \"issue\"", false),
        ("mode = \"handshake\"\nmax_age_s = 0", true),
    ] {
        let mut suite = Suite::start(Settings {
            revocation,
            ..Settings::default()
        })
        .await;
        let (client, server) = (suite.client().await, suite.server().await);
        let (client, server) = (process_on(&client).await, process_on(&server).await);
        shake(&client, &server, &[SERVER]).await.key();
        suite.set_disabled(SERVER, true);
        let told = shake(&client, &server, &[SERVER])
            .await
            .client
            .unwrap()
            .status
            .unwrap();
        assert_eq!(
            told.code,
            if refuses { 16 } else { 0 },
            "{revocation}: {}",
            told.details
        );
        if !refuses {
            continue;
        }
        assert!(
            told.details
                .contains("the account server@p.iam is disabled"),
            "{}",
            told.details
        );
        suite.set_disabled(SERVER, false);
        shake(&client, &server, &[SERVER]).await.key();
        // Who asks at each handshake wants an answer.
        suite.stop_authority().await;
        let told = shake(&client, &server, &[SERVER])
            .await
            .client
            .unwrap()
            .status
            .unwrap();
        assert!(
            told.details.contains("may act is not known"),
            "{}",
            told.details
        );
    }
}

#[tokio::test]
async fn a_served_handshaker_cannot_be_made_to_fail_on_purpose() {
    let suite = Suite::start(Settings::default()).await;
    let client = suite.client().await;
    let admin = client.admin.to_string();
    let admin = Endpoint::from_shared(admin).unwrap();
    let mut admin = Grpc::new(admin.connect().await.unwrap());
    admin.ready().await.unwrap();
    let method = PathAndQuery::from_static("/alts_handshaker.admin.v1.Machines/SetFaults");
    let codec = ProstCodec::<(), ()>::default();
    let status = admin
        .unary(Request::new(()), method, codec)
        .await
        .unwrap_err();
    // What is not compiled in cannot be switched on.
    assert_eq!(status.code(), Code::Unimplemented);
}

#[tokio::test]
async fn in_the_mode_handshake_an_answer_is_believed_for_its_time_and_no_longer() {
    let revocation = "mode = \"handshake\"\nmax_age_s = 2";
    let suite = Suite::start(Settings {
        revocation,
        ..Settings::default()
    })
    .await;
    let (client, server) = (suite.client().await, suite.server().await);
    let (client, server) = (process_on(&client).await, process_on(&server).await);
    shake(&client, &server, &[SERVER]).await.key();
    let disabled = tokio::time::Instant::now();
    suite.set_disabled(SERVER, true);
    eventually(|| async {
        let told = shake(&client, &server, &[SERVER])
            .await
            .client
            .unwrap()
            .status
            .unwrap();
        if told.code == 0 {
            Err("not yet")
        } else {
            Ok(())
        }
    })
    .await;
    let lag = disabled.elapsed();
    assert!(
        lag < std::time::Duration::from_secs(3),
        "noticed after {lag:?}"
    );
}
