//! A ticket stands for certificates, and for nothing they would not have been good for.

use super::{
    resumption::{converse, is_resumed, pair, untouched},
    *,
};

/// Makes the other side one that must not be believed any more.
fn revoke(trust: &Arc<PeerVerifier>, id: RevocationId) -> Arc<PeerVerifier> {
    let root = RootKey::new(&Seed::new([1; 32]));
    let list = root.sign_crl(
        &RevokedIds::from_iter([id.into()]),
        Validity::starting(NOW, HOUR),
    );
    let crl = Crl::open(&list, trust.roots()).unwrap();
    Arc::new(PeerVerifier::new(
        trust.roots().clone(),
        Policy::default(),
        Some(Arc::new(crl)),
        RevocationRule::default(),
    ))
}

#[test]
fn a_ticket_does_not_outlive_what_its_certificates_would_have_been_allowed() {
    let deny_all = || {
        let root = RootKey::new(&Seed::new([1; 32])).public();
        let policy = Policy::parse("", "policy.toml").unwrap();
        Arc::new(PeerVerifier::new(
            [root],
            policy,
            None,
            RevocationRule::default(),
        ))
    };
    type Distrust = fn(&mut Pair, Arc<PeerVerifier>);
    let by_client: Distrust = |pair, trust| pair.client_verifier = trust;
    let by_server: Distrust = |pair, trust| pair.server_verifier = trust;
    for (distrust, whose) in [(by_client, SERVER), (by_server, CLIENT)] {
        let machine = RevocationId::of_master(77);
        let own = credential(whose).revocation_id();
        let now_on = [
            revoke(&trust(1), machine),
            revoke(&trust(1), own),
            deny_all(),
            trust(2),
        ];
        for trust in now_on {
            let mut pair = pair();
            assert!(!is_resumed(&mut pair));
            distrust(&mut pair, trust);
            let ended = converse(&mut pair, untouched);
            let error = match whose {
                SERVER => ended.client.error(),
                _ => ended.server.error(),
            };
            assert!(matches!(error, HandshakeError::Certificate(_)), "{error}");
        }
    }
}

/// A list that arrives between a peer's first message and its last one counts, whether the session
/// rests on certificates or on a ticket.
#[test]
fn who_is_revoked_while_the_handshake_is_under_way_is_refused_at_its_end() {
    for (resumes, whose) in [
        (false, SERVER),
        (false, CLIENT),
        (true, SERVER),
        (true, CLIENT),
    ] {
        let mut pair = pair();
        if resumes {
            assert!(!is_resumed(&mut pair));
        }
        let revoked = revoke(&trust(1), credential(whose).revocation_id());
        let (client, first) = Client::start(&pair);
        let mut second = Vec::new();
        let (mut server, _) = Server::start(&pair).feed(&first, NOW, &mut second);
        // All but the end of ServerFinished: by then the server has been judged.
        let (early, late) = second.split_at(second.len() - 1);
        let (mut client, _) = client.feed(early, NOW, &mut Vec::new());
        assert_eq!(client.due(), "Waiting(Handshake(ServerFinished is due))");
        assert_eq!(server.due(), "Waiting(Handshake(ClientFinished is due))");
        match (whose, &mut client, &mut server) {
            (SERVER, Side::Waiting(client), _) => client.set_verifier(revoked),
            (CLIENT, _, Side::Waiting(server)) => server.set_verifier(revoked),
            _ => panic!("either waits for the other's last message"),
        }
        let mut third = Vec::new();
        let (client, _) = client.feed(late, NOW, &mut third);
        let (server, _) = server.feed(&third, NOW, &mut Vec::new());
        let error = match whose {
            SERVER => client.end().error(),
            _ => {
                assert!(client.end().is_established());
                server.end().error()
            }
        };
        assert!(error.to_string().contains("it is revoked"), "{error}");
    }
}

#[test]
fn a_ticket_is_used_for_a_server_that_the_caller_wants_and_for_no_other() {
    let mut pair = pair();
    assert!(!is_resumed(&mut pair));
    pair.client.targets = vec![account("else@p.iam")];
    let error = converse(&mut pair, untouched).client.error();
    assert!(matches!(error, HandshakeError::WrongPeer { .. }), "{error}");
    // It was not even presented.
    pair.client.targets = vec![account(SERVER)];
    assert!(is_resumed(&mut pair));

    pair.client.targets = Vec::new();
    let nobody = NamePolicy::parse("", "names.toml").unwrap();
    pair.client.names = Arc::new(nobody);
    let error = converse(&mut pair, untouched).client.error();
    assert!(matches!(error, HandshakeError::WrongName { .. }), "{error}");
}
