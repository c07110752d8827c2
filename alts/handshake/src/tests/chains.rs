//! Which chains hold. Each bad one is made with the right keys, so that only the rule in question
//! refuses it.

use ed25519_dalek::SigningKey;
use prost::Message;

use super::*;

const SKEW_S: u64 = MAX_CLOCK_SKEW.as_secs();

/// Bodies that are good unless a case changes them, signed with the right keys.
struct Forge {
    master: wire::MasterBody,
    handshake: wire::HandshakeBody,
}

impl Forge {
    fn new() -> Self {
        let (not_before_s, not_after_s) = (NOW.as_unix_s(), NOW.as_unix_s() + 3600);
        Self {
            master: wire::MasterBody {
                subject: "vm".to_owned(),
                public_key: master_key().verifying_key().to_bytes().to_vec(),
                revocation_id: RevocationId::of_master(5).as_u64(),
                not_before_s,
                not_after_s,
                account: SERVER.to_owned(),
            },
            handshake: wire::HandshakeBody {
                subject: SERVER.to_owned(),
                public_key: vec![9; 32],
                revocation_id: RevocationId::new(Category::Workload, 6 * 4096 - 1).as_u64(),
                not_before_s,
                not_after_s,
                master: Vec::new(),
            },
        }
    }

    fn signed_by(mut self, root: &SigningKey, master: &SigningKey) -> Vec<u8> {
        self.handshake.master = Signed::new(&self.master, [root]).encode();
        Signed::new(&self.handshake, [master]).encode()
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
fn a_good_chain_says_who_vouches_for_whom_and_until_when() {
    let chain = trust(1).verify(&Forge::new().signed(), NOW).unwrap();
    let peer = &chain.peer;
    assert_eq!(peer.account, account(SERVER));
    assert_eq!(peer.machine.as_ref(), "vm");
    assert_eq!(peer.root, KeyId::of(&root_key().verifying_key()));
    let ids = [peer.machine_revocation_id, peer.revocation_id].map(|id| id.to_string());
    assert_eq!(ids, ["0x0200000000000005", "0x0300000000005fff"]);
    assert_eq!(peer.not_after().as_unix_s(), NOW.as_unix_s() + 3600);
}

/// Changes a chain, and what it is then refused with.
type Case = (fn(&mut Forge), CertificateError);

fn verify_all(cases: Vec<Case>) {
    assert!(trust(1).verify(&Forge::new().signed(), NOW).is_ok());
    for (break_rule, expected) in cases {
        let mut forge = Forge::new();
        break_rule(&mut forge);
        assert_eq!(trust(1).verify(&forge.signed(), NOW).err(), Some(expected));
    }
}

#[test]
fn every_field_of_a_master_certificate_has_bounds() {
    let malformed = CertificateError::Malformed;
    verify_all(vec![
        (|f| f.master.subject.clear(), malformed("machine's name")),
        (
            |f| f.master.subject = "VM".to_owned(),
            malformed("machine's name"),
        ),
        (
            |f| f.master.revocation_id ^= 1 << 56,
            malformed("revocation id"),
        ),
        (
            |f| f.master.public_key.truncate(31),
            malformed("master public key"),
        ),
        (
            |f| f.master.revocation_id |= 1 << 44,
            malformed("revocation id"),
        ),
        (|f| f.master.account.clear(), malformed("account")),
        (
            |f| f.master.account = "no account".to_owned(),
            malformed("account"),
        ),
        (|f| f.master.not_after_s = 0, malformed("validity")),
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
    ]);
}

#[test]
fn every_field_of_a_handshake_certificate_has_bounds() {
    let malformed = CertificateError::Malformed;
    verify_all(vec![
        (|f| f.handshake.subject.clear(), malformed("subject")),
        (
            |f| f.handshake.revocation_id += 1,
            malformed("revocation id"),
        ),
        (
            |f| f.handshake.revocation_id -= 4096,
            malformed("revocation id"),
        ),
        (
            |f| f.handshake.revocation_id ^= 1 << 56,
            malformed("revocation id"),
        ),
        (
            |f| f.handshake.public_key.truncate(31),
            malformed("handshake public key"),
        ),
        (
            |f| f.handshake.not_after_s = f.handshake.not_before_s,
            malformed("validity"),
        ),
        (
            |f| f.handshake.not_before_s = NOW.as_unix_s() + SKEW_S + 1,
            CertificateError::NotYetValid {
                seconds: SKEW_S + 1,
            },
        ),
    ]);
}

#[test]
fn a_machine_vouches_for_the_account_it_was_given_and_for_nobody_else() {
    let not_vouched_for = |name: &str| CertificateError::NotVouchedFor {
        machine: MachineName::parse("vm").unwrap(),
        account: account(name),
    };
    verify_all(vec![
        (
            |f| f.handshake.subject = "admin@p".to_owned(),
            not_vouched_for("admin@p"),
        ),
        (
            |f| f.master.account = "other@p".to_owned(),
            not_vouched_for(SERVER),
        ),
        (
            |f| f.handshake.subject = "SERVER@p.iam".to_owned(),
            not_vouched_for("SERVER@p.iam"),
        ),
    ]);
}

#[test]
fn a_master_certificate_does_not_pass_for_a_handshake_certificate() {
    let forge = Forge::new();
    let master = Signed::new(&forge.master, [&root_key()]).encode();
    assert!(trust(1).verify(&master, NOW).is_err());
    // Nor where its own place is taken by a handshake certificate that the root signed.
    let mut swapped = Forge::new();
    swapped.handshake.master = Signed::new(&forge.handshake, [&root_key()]).encode();
    let swapped = Signed::new(&swapped.handshake, [&master_key()]).encode();
    let refused = trust(1).verify(&swapped, NOW).err();
    assert_eq!(refused, Some(CertificateError::BadSignature("authority's")));
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
    forge.handshake.master = claiming(
        Signed::new(&forge.master, [&stranger]).encode(),
        &root_key(),
    );
    let claimed = Signed::new(&forge.handshake, [&master_key()]).encode();
    let claimed = trust.verify(&claimed, NOW);
    assert_eq!(
        claimed.err(),
        Some(CertificateError::BadSignature("authority's"))
    );

    let claimed = trust.verify(&claiming(for_stranger, &master_key()), NOW);
    assert_eq!(
        claimed.err(),
        Some(CertificateError::BadSignature("master key's"))
    );
}

/// The same envelope with a signature that says it is by `key`.
fn claiming(envelope: Vec<u8>, key: &SigningKey) -> Vec<u8> {
    let mut envelope = wire::Signed::decode(envelope.as_slice()).unwrap();
    envelope.signatures[0].signer = KeyId::of(&key.verifying_key()).as_bytes().to_vec();
    envelope.encode_to_vec()
}

#[test]
fn no_byte_of_a_chain_can_be_changed() {
    let good = Forge::new().signed();
    let trust = trust(1);
    for at in 0..good.len() {
        for mask in [0x01, 0x10, 0x80, 0xff] {
            let mut bytes = good.clone();
            bytes[at] ^= mask;
            assert!(trust.verify(&bytes, NOW).is_err(), "byte {at} ^ {mask:#x}");
        }
    }
    for len in 0..good.len() {
        assert!(trust.verify(&good[..len], NOW).is_err(), "cut to {len}");
    }
}
