//! Known answers of the key schedule, computed with another implementation (Python `cryptography`).

use hex_literal::hex;

use super::*;

struct Keys {
    client_static: StaticSecret,
    client_eph: StaticSecret,
    server_static: StaticSecret,
    server_eph: StaticSecret,
}

fn keys() -> Keys {
    Keys {
        client_static: StaticSecret::from([0x11; 32]),
        client_eph: StaticSecret::from([0x22; 32]),
        server_static: StaticSecret::from([0x33; 32]),
        server_eph: StaticSecret::from([0x44; 32]),
    }
}

fn public(secret: &StaticSecret) -> PublicKey {
    PublicKey::from(secret)
}

fn transcript() -> (TranscriptHash, TranscriptHash) {
    let mut transcript = Transcript::default();
    transcript.add(b"frame-client-init");
    transcript.add(b"frame-server-init");
    let inits = transcript.hash();
    transcript.add(b"frame-server-finished");
    (inits, transcript.hash())
}

fn prk(salt: &[u8], ikm: &[u8]) -> [u8; 32] {
    Hkdf::<Sha256>::extract(Some(salt), ikm).0.into()
}

#[test]
fn public_keys_and_agreements_are_the_known_ones() {
    let k = keys();
    let publics = [
        &k.client_static,
        &k.client_eph,
        &k.server_static,
        &k.server_eph,
    ]
    .map(public);
    let expected = [
        hex!("7b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f74892cb0f73f13"),
        hex!("0faa684ed28867b97f4a6a2dee5df8ce974e76b7018e3f22a1c4cf2678570f20"),
        hex!("7b0d47d93427f8311160781c7c733fd89f88970aef490d8aa0ee19a4cb8a1b14"),
        hex!("ff2ee45601ec1b67310c7790404585ae697331eee1c1f8cf2419731c1fff3e6b"),
    ];
    assert_eq!(publics.map(|key| key.to_bytes()), expected);

    let agreements = [
        (&k.client_static, &k.server_static),
        (&k.client_eph, &k.server_eph),
        (&k.client_eph, &k.server_static),
        (&k.client_static, &k.server_eph),
    ];
    let expected = [
        hex!("5bf22caf31c0316785b0b9bc60e56d48582ce59435ce5b3c028052be42631e0f"),
        hex!("d31a1338a14cf92083e61f66bf842151cf156318bcddc07e42443937c05dd640"),
        hex!("1fdc192faa0212a9aae7bb4f41b580227fd5ad3e5d777faae230dfe973f3e805"),
        hex!("b21afd23cc289c5c693adc6d9c7198657e590320fa4dd7a0aaf606e441a2ea46"),
    ];
    for ((client, server), expected) in agreements.into_iter().zip(expected) {
        for (ours, theirs) in [(client, server), (server, client)] {
            let mut secrets = SharedSecrets::new();
            secrets.agree(ours, &public(theirs)).unwrap();
            assert_eq!(secrets.0, expected);
        }
    }
}

#[test]
fn transcript_hashes_are_the_known_ones() {
    let (inits, three) = transcript();
    assert_eq!(
        inits.0,
        hex!("2842f3b23cd9b08f63ba03c100016beea4889736786d263b306f867660c9839f")
    );
    assert_eq!(
        three.0,
        hex!("aba0ed17cdd986dbc196bdc224ec23aadc278e9d0e09d164b4fbf53ac9b96b9e")
    );
}

fn static_secrets() -> SharedSecrets {
    let k = keys();
    let mut secrets = SharedSecrets::new();
    secrets
        .agree(&k.client_static, &public(&k.server_static))
        .unwrap();
    secrets
}

#[test]
fn static_mode_derives_the_known_keys() {
    let (inits, three) = transcript();
    let secrets = static_secrets();
    assert_eq!(
        prk(EXTRACT_SALT, &secrets.0),
        hex!("6619fed72bf689ea9eebcdabf2b46b099933d986df5165afe15f0f02bd95c0a1")
    );
    let keys = secrets.into_keys(inits);
    assert_eq!(
        keys.0[76..],
        hex!("0c23a51c8f986dc957fe70690a29a0e747e39e9ac1d121c7f8d3f347f47d8a79")
    );
    assert_eq!(
        keys.server_finished(inits, None),
        hex!("63d69550ec34922a8a5a0a392e662b48059b54eab8abf0810076613e8df1e5d0")
    );
    assert_eq!(
        keys.client_finished(three, None),
        hex!("a66fcfda3cd7a6cd39203a2fdaa258828c6a3aca226e1721e2e9a72dcdcb28e9")
    );
    let resumption = keys.resumption();
    let record = keys.into_record_key();
    assert_eq!(
        record.as_bytes(),
        &hex!(
            "121d58a0d2dfa555df67c2989e0849fba8e883079e97939b49dd3d5fdd1079966bb43148f6f9a73f076d6567"
        )
    );
    assert_eq!(
        *resumption.0,
        hex!("6875f846bcfe8a5da5a8ce3eb4fc3298bccf8402e6975a62340b02eecbc02996")
    );
}

#[test]
fn pfs_mode_derives_the_known_keys() {
    let k = keys();
    let (inits, three) = transcript();
    let mut secrets = SharedSecrets::new();
    secrets
        .agree(&k.client_eph, &public(&k.server_eph))
        .unwrap();
    secrets
        .agree(&k.client_eph, &public(&k.server_static))
        .unwrap();
    secrets
        .agree(&k.client_static, &public(&k.server_eph))
        .unwrap();
    secrets
        .agree(&k.client_static, &public(&k.server_static))
        .unwrap();
    assert_eq!(
        prk(EXTRACT_SALT, &secrets.0),
        hex!("0fa9375b3d3250e2838389f77df9435a9238723defab221f5b3854f60686791d")
    );
    let keys = secrets.into_keys(inits);
    assert_eq!(
        keys.0[76..],
        hex!("92a9a4f1af737897477621957a42d8bec57f93a49483189172d65e556ee94912")
    );
    assert_eq!(
        keys.server_finished(inits, None),
        hex!("e84d2e3a255184435bfff99ec74283116af834a04199b01579239da102409cd4")
    );
    assert_eq!(
        keys.client_finished(three, None),
        hex!("159e6dc1b90138a09cf5e65693eef5020541d9ff913a7de9f7891ab9d3d2179d")
    );
    let resumption = keys.resumption();
    let record = keys.into_record_key();
    assert_eq!(
        record.as_bytes(),
        &hex!(
            "d74df87b973c66bca5f8119477d42166b9d4e0d1e764ab171009d8601ef4a9eef7d5e997ec5f26656c7a19db"
        )
    );
    assert_eq!(
        *resumption.0,
        hex!("fe22e5956a4dadbe551f610591ebc82c86258f01d446c4c8b4b09cfa9af1b8b8")
    );
}

#[test]
fn a_resumed_session_derives_the_known_keys() {
    let (inits, _) = transcript();
    let resumption = static_secrets().into_keys(inits).resumption();
    let mut resumed = Transcript::default();
    resumed.add(b"resumed-ci");
    resumed.add(b"resumed-si");
    let keys = resumption.into_keys(None, resumed.hash());
    assert_eq!(
        keys.0[76..],
        hex!("8fd5ccb1dce01964dbbbb459014851b2b565a6ee05ca5f4ee99f9c2eb6f6caad")
    );
    let resumption = keys.resumption();
    let record = keys.into_record_key();
    assert_eq!(
        record.as_bytes(),
        &hex!(
            "4af033aeab1e7b333b266a770a7c43bee465905cb99118d3abe8650fc966c553ec4195868e06cc4c518cec7f"
        )
    );
    assert_eq!(
        *resumption.0,
        hex!("36b5fda835430a8716f4b63acc84fc4988ed3cbabc00806e5676a3a17cf8e57b")
    );
}

#[test]
fn a_ticket_in_a_finished_message_is_part_of_its_proof() {
    let (inits, three) = transcript();
    let keys = static_secrets().into_keys(inits);
    let [one, other] = [b"ticket-1", b"ticket-2"].map(|ticket| Some(TicketDigest::of(ticket)));
    let server = [None, one, other].map(|ticket| keys.server_finished(inits, ticket));
    let client = [None, one, other].map(|ticket| keys.client_finished(three, ticket));
    let all: std::collections::BTreeSet<_> = server.into_iter().chain(client).collect();
    assert_eq!(all.len(), 6);
}

#[test]
fn a_fresh_agreement_changes_a_resumed_sessions_keys() {
    let (inits, _) = transcript();
    let resume = |ephemeral: Option<&SharedSecrets>| {
        let resumption = static_secrets().into_keys(inits).resumption();
        *resumption
            .into_keys(ephemeral, inits)
            .into_record_key()
            .as_bytes()
    };
    assert_ne!(resume(None), resume(Some(&static_secrets())));
}

#[test]
fn public_keys_of_small_order_are_refused() {
    // The points of order 1, 2, 4 and 8 on Curve25519, from the list at cr.yp.to/ecdh.html.
    let points = [
        [0; 32],
        hex!("0100000000000000000000000000000000000000000000000000000000000000"),
        hex!("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
        hex!("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
        hex!("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ];
    for point in points {
        let mut secrets = SharedSecrets::new();
        let refused = secrets.agree(&keys().client_static, &PublicKey::from(point));
        assert_eq!(refused, Err(NotAuthentic::SmallOrderKey));
    }
}

#[test]
fn secrets_print_as_nothing() {
    let (inits, _) = transcript();
    let secrets = static_secrets();
    assert_eq!(format!("{secrets:?}"), "SharedSecrets(redacted)");
    let keys = secrets.into_keys(inits);
    assert_eq!(format!("{keys:?}"), "SessionKeys(redacted)");
    let resumption = keys.resumption();
    assert_eq!(format!("{resumption:?}"), "ResumptionSecret(redacted)");
    let record = keys.into_record_key();
    assert_eq!(format!("{record:?}"), "RecordKey(redacted)");
}
