//! Which chains are believed. Each bad one is made with the right keys, so that only the rule in
//! question refuses it.

use ed25519_dalek::SigningKey;
use prost::Message;

use super::*;
use crate::handshake::signature::{Label, sign};

const SKEW_S: u64 = MAX_CLOCK_SKEW.as_secs();

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_s(NOW.as_unix_s().checked_add_signed(seconds).unwrap())
}

#[test]
fn an_unknown_authority_is_refused_by_either_side() {
    let mut pair = Pair::default();
    pair.server.trust = trust(2);
    let (client, server) = drive(&pair, |_, _| {});
    let refused = server.error();
    assert!(matches!(
        refused,
        HandshakeError::Certificate(CertificateError::UnknownAuthority(_))
    ));
    let told = client.error().to_string();
    assert!(
        told.starts_with("peer aborted the handshake: it refuses our certificate"),
        "{told}"
    );

    let mut pair = Pair::default();
    pair.client.trust = trust(2);
    let (client, _) = drive(&pair, |_, _| {});
    assert!(client.error().to_string().contains("unknown authority"));
}

#[test]
fn two_roots_overlap_so_that_a_root_can_be_replaced() {
    let old_and_new = [1, 2].map(|root| RootKey::new(&Seed::new([root; 32])).public());
    let mut pair = Pair::default();
    pair.client.trust = Arc::new(Trust::new(old_and_new));
    pair.server.trust = Arc::clone(&pair.client.trust);
    let renewed = master(2, SERVER, Validity::starting(NOW, HOUR));
    let credential = renewed.issue(&Seed::new([3; 32]), &[Cipher::Pfs], NOW, HOUR);
    pair.server.credential = Arc::new(credential);
    let (client, server) = drive(&pair, |_, _| {});
    assert!(client.is_established() && server.is_established());
}

#[test]
fn clocks_may_differ_by_the_bound_and_no_more() {
    let hour = HOUR.as_secs() as i64;
    let skew = SKEW_S as i64;
    let cases = [
        (-skew - 1, Some("becomes valid in 301 s")),
        (-skew, None),
        (0, None),
        (hour + skew - 1, None),
        (hour + skew, Some("expired 300 s ago")),
    ];
    for (server_clock, refused) in cases {
        let pair = Pair {
            server_now: at(server_clock),
            ..Pair::default()
        };
        let (_, server) = drive(&pair, |_, _| {});
        match refused {
            None => assert!(server.is_established(), "{server_clock}"),
            Some(cause) => {
                let told = server.error().to_string();
                assert!(told.contains(cause), "{told}");
            }
        }
    }
}

#[test]
fn a_handshake_certificate_ends_before_its_master() {
    let master = master(1, SERVER, Validity::starting(NOW, HOUR));
    let minute = Duration::from_secs(60);
    let short = master.issue(&Seed::new([3; 32]), &[Cipher::Pfs], NOW, minute);
    assert_eq!(short.validity().not_after, at(60));
    let late = master.issue(&Seed::new([3; 32]), &[Cipher::Pfs], at(3590), minute);
    assert_eq!(late.validity().not_after, at(3600));
}

#[test]
fn a_remembered_chain_still_expires() {
    let trust = trust(1);
    let credential = credential(CLIENT);
    assert!(trust.verify(credential.certificate(), NOW).is_ok());
    assert!(trust.verify(credential.certificate(), NOW).is_ok());
    let late = trust.verify(credential.certificate(), at(7200));
    assert!(matches!(late, Err(CertificateError::Expired { .. })));
    let early = trust.verify(credential.certificate(), at(-7200));
    assert!(matches!(early, Err(CertificateError::NotYetValid { .. })));
}

#[test]
fn more_chains_than_are_remembered_are_all_verified() {
    let trust = trust(1);
    let master = master(1, CLIENT, Validity::starting(NOW, HOUR));
    for seed in 0..1100u32 {
        let mut bytes = [9; 32];
        bytes[..4].copy_from_slice(&seed.to_le_bytes());
        let credential = master.issue(&Seed::new(bytes), &[Cipher::Pfs], NOW, HOUR);
        assert!(
            trust.verify(credential.certificate(), NOW).is_ok(),
            "{seed}"
        );
    }
}

#[test]
fn a_key_serves_only_the_agreements_it_was_certified_for() {
    let mut pair = Pair::default();
    let master = master(1, CLIENT, Validity::starting(NOW, HOUR));
    let credential = master.issue(&Seed::new([3; 32]), &[Cipher::Static], NOW, HOUR);
    pair.client.credential = Arc::new(credential);
    let (_, server) = drive(&pair, |_, _| {});
    let expected = CertificateError::Cipher(Cipher::Pfs);
    assert_eq!(server.error(), HandshakeError::Certificate(expected));
}

/// Bodies that are good unless a case changes them, signed with the right keys.
struct Forge {
    master: wire::MasterBody,
    handshake: wire::HandshakeBody,
}

impl Forge {
    fn new() -> Self {
        let revocation_id = RevocationId::new(Category::Workload, 5).as_u64();
        let (not_before_s, not_after_s) = (NOW.as_unix_s(), NOW.as_unix_s() + 3600);
        Self {
            master: wire::MasterBody {
                version: 1,
                subject: SERVER.to_owned(),
                category: wire::Category::Workload.into(),
                issuer: "vm".to_owned(),
                public_key: master_key().verifying_key().to_bytes().to_vec(),
                revocation_id,
                not_before_s,
                not_after_s,
            },
            handshake: wire::HandshakeBody {
                version: 1,
                subject: SERVER.to_owned(),
                public_key: vec![9; 32],
                ciphers: vec![2],
                revocation_id,
                not_before_s,
                not_after_s,
                master: Vec::new(),
            },
        }
    }

    fn signed_by(mut self, root: &SigningKey, master: &SigningKey) -> Vec<u8> {
        self.handshake.master = sign(Label::Master, &self.master, root).encode_to_vec();
        sign(Label::Handshake, &self.handshake, master).encode_to_vec()
    }

    fn signed(self) -> Vec<u8> {
        self.signed_by(&root_key(), &master_key())
    }
}

fn root_key() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

fn master_key() -> SigningKey {
    SigningKey::from_bytes(&[0x51; 32])
}

#[test]
fn every_rule_of_a_chain_refuses_what_breaks_it() {
    type Break = fn(&mut Forge);
    let malformed = CertificateError::Malformed;
    let cases: Vec<(Break, CertificateError)> = vec![
        (|f| f.master.version = 2, malformed("master version")),
        (|f| f.handshake.version = 0, malformed("handshake version")),
        (
            |f| f.master.subject = "other@p".to_owned(),
            CertificateError::SubjectMismatch,
        ),
        (
            |f| f.handshake.subject = "other@p".to_owned(),
            CertificateError::SubjectMismatch,
        ),
        (
            |f| {
                f.master.subject.clear();
                f.handshake.subject.clear();
            },
            malformed("subject"),
        ),
        (|f| f.master.category = 0, malformed("category")),
        (|f| f.master.category = 77, malformed("category")),
        (
            |f| {
                f.master.category = wire::Category::Machine.into();
                f.master.revocation_id = RevocationId::new(Category::Machine, 5).as_u64();
            },
            CertificateError::Category(Category::Machine),
        ),
        (
            |f| f.master.revocation_id ^= 1 << 56,
            malformed("revocation id"),
        ),
        (
            |f| f.handshake.revocation_id ^= 1,
            malformed("revocation id"),
        ),
        (
            |f| f.master.public_key.truncate(31),
            malformed("master public key"),
        ),
        (
            |f| f.handshake.public_key.truncate(31),
            malformed("handshake public key"),
        ),
        (|f| f.master.not_after_s = 0, malformed("validity")),
        (
            |f| f.handshake.not_after_s = f.handshake.not_before_s,
            malformed("validity"),
        ),
        (
            |f| f.master.not_after_s = NOW.as_unix_s() - SKEW_S,
            malformed("validity"),
        ),
        (
            |f| {
                f.master.not_before_s = 1;
                f.master.not_after_s = NOW.as_unix_s() - SKEW_S;
            },
            CertificateError::Expired { seconds: SKEW_S },
        ),
        (
            |f| f.handshake.not_before_s = NOW.as_unix_s() + SKEW_S + 1,
            CertificateError::NotYetValid {
                seconds: SKEW_S + 1,
            },
        ),
    ];
    assert!(trust(1).verify(&Forge::new().signed(), NOW).is_ok());
    for (break_rule, expected) in cases {
        let mut forge = Forge::new();
        break_rule(&mut forge);
        assert_eq!(trust(1).verify(&forge.signed(), NOW).err(), Some(expected));
    }
}

#[test]
fn a_chain_signed_with_the_wrong_key_is_refused_at_that_link() {
    let stranger = SigningKey::from_bytes(&[66; 32]);
    let trust = trust(1);
    let by_stranger = Forge::new().signed_by(&stranger, &master_key());
    assert_eq!(
        trust.verify(&by_stranger, NOW).err(),
        Some(CertificateError::UnknownAuthority(KeyId::of(
            &stranger.verifying_key()
        )))
    );
    let for_stranger = Forge::new().signed_by(&root_key(), &stranger);
    assert_eq!(
        trust.verify(&for_stranger, NOW).err(),
        Some(CertificateError::Malformed("signer"))
    );

    // A stranger who claims the right key's name, at either link.
    let mut forge = Forge::new();
    let mut master = sign(Label::Master, &forge.master, &stranger);
    master.signer = KeyId::of(&root_key().verifying_key()).as_bytes().to_vec();
    forge.handshake.master = master.encode_to_vec();
    let claimed = sign(Label::Handshake, &forge.handshake, &master_key()).encode_to_vec();
    let claimed = trust.verify(&claimed, NOW);
    assert_eq!(
        claimed.err(),
        Some(CertificateError::BadSignature("authority's"))
    );

    let mut claimed = wire::Certificate::decode(for_stranger.as_slice()).unwrap();
    claimed.signer = KeyId::of(&master_key().verifying_key()).as_bytes().to_vec();
    let claimed = trust.verify(&claimed.encode_to_vec(), NOW);
    assert_eq!(
        claimed.err(),
        Some(CertificateError::BadSignature("master key's"))
    );
}

#[test]
fn an_oversized_certificate_is_refused_unread() {
    let refused = trust(1).verify(&vec![0; 8193], NOW);
    assert_eq!(refused.err(), Some(CertificateError::TooLong(8193)));
}
