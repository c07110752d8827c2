//! Which chains hold. Each bad one is made with the right keys, so that only the rule in question
//! refuses it.

use ed25519_dalek::SigningKey;
use prost::Message;

use super::*;
use crate::signature::{Label, sign};

const SKEW_S: u64 = MAX_CLOCK_SKEW.as_secs();

/// Bodies that are good unless a case changes them, signed with the right keys.
struct Forge {
    master: wire::MasterBody,
    handshake: wire::HandshakeBody,
}

impl Forge {
    fn new() -> Self {
        let id = |category, serial| RevocationId::new(category, serial).as_u64();
        let (not_before_s, not_after_s) = (NOW.as_unix_s(), NOW.as_unix_s() + 3600);
        Self {
            master: wire::MasterBody {
                version: 1,
                subject: "vm".to_owned(),
                category: wire::Category::Machine.into(),
                issuer: "scheduler@p.iam".to_owned(),
                public_key: master_key().verifying_key().to_bytes().to_vec(),
                revocation_id: id(Category::Machine, 5),
                not_before_s,
                not_after_s,
                may_certify: vec!["other@p".to_owned(), SERVER.to_owned()],
                first_workload_id: id(Category::Workload, 100),
                workload_ids: 10,
            },
            handshake: wire::HandshakeBody {
                version: 1,
                category: wire::Category::Workload.into(),
                subject: SERVER.to_owned(),
                public_key: vec![9; 32],
                ciphers: vec![2],
                revocation_id: id(Category::Workload, 109),
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
fn a_good_chain_says_who_vouches_for_whom_and_until_when() {
    let chain = trust(1).verify(&Forge::new().signed(), NOW).unwrap();
    let peer = &chain.peer;
    assert_eq!(peer.account, account(SERVER));
    assert_eq!(peer.machine.as_ref(), "vm");
    assert_eq!(peer.issuer.as_ref(), "scheduler@p.iam");
    assert_eq!(peer.root, KeyId::of(&root_key().verifying_key()));
    let ids = [peer.machine_revocation_id, peer.revocation_id].map(|id| id.to_string());
    assert_eq!(ids, ["0x0200000000000005", "0x030000000000006d"]);
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
        (|f| f.master.version = 2, malformed("master version")),
        (|f| f.master.subject.clear(), malformed("machine's name")),
        (
            |f| f.master.subject = "VM".to_owned(),
            malformed("machine's name"),
        ),
        (|f| f.master.issuer.clear(), malformed("issuer's name")),
        (
            |f| f.master.issuer = "a b".to_owned(),
            malformed("issuer's name"),
        ),
        (|f| f.master.category = 0, malformed("category")),
        (|f| f.master.category = 77, malformed("category")),
        (
            |f| f.master.revocation_id ^= 1 << 56,
            malformed("revocation id"),
        ),
        (
            |f| f.master.public_key.truncate(31),
            malformed("master public key"),
        ),
        (
            |f| f.master.may_certify.clear(),
            malformed("list of accounts"),
        ),
        (
            |f| f.master.may_certify = vec![SERVER.to_owned(); 17],
            malformed("list of accounts"),
        ),
        (
            |f| f.master.may_certify.push("no account".to_owned()),
            malformed("list of accounts"),
        ),
        (
            |f| f.master.workload_ids = 0,
            malformed("range of revocation ids"),
        ),
        (
            |f| f.master.first_workload_id ^= 1 << 56,
            malformed("range of revocation ids"),
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
        (|f| f.handshake.version = 0, malformed("handshake version")),
        (|f| f.handshake.subject.clear(), malformed("subject")),
        (|f| f.handshake.category = 0, malformed("category")),
        (
            |f| f.handshake.revocation_id += 1,
            malformed("revocation id"),
        ),
        (
            |f| f.handshake.revocation_id -= 10,
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
fn a_machine_vouches_for_the_accounts_it_was_given_and_for_nobody_else() {
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
            |f| f.master.may_certify = vec!["other@p".to_owned()],
            not_vouched_for(SERVER),
        ),
        (
            |f| f.handshake.subject = "OTHER@p".to_owned(),
            not_vouched_for("OTHER@p"),
        ),
    ]);
    let mut second = Forge::new();
    second.handshake.subject = "other@p".to_owned();
    assert!(trust(1).verify(&second.signed(), NOW).is_ok());
}

#[test]
fn a_certificate_of_another_category_is_refused_at_its_link() {
    use Category::{Human, Machine, Workload};
    let as_wire = |category: Category| category.to_wire().into();
    for (link, found) in [
        (Machine, Human),
        (Machine, Workload),
        (Workload, Human),
        (Workload, Machine),
    ] {
        let mut forge = Forge::new();
        if link == Machine {
            forge.master.category = as_wire(found);
            forge.master.revocation_id = RevocationId::new(found, 5).as_u64();
        } else {
            forge.handshake.category = as_wire(found);
        }
        let expected = CertificateError::Category {
            found,
            expected: link,
        };
        assert_eq!(trust(1).verify(&forge.signed(), NOW).err(), Some(expected));
    }
}

#[test]
fn a_master_certificate_does_not_pass_for_a_handshake_certificate() {
    let forge = Forge::new();
    let master = sign(Label::Master, &forge.master, &root_key()).encode_to_vec();
    assert!(trust(1).verify(&master, NOW).is_err());
    let relabelled = sign(Label::Handshake, &forge.master, &root_key()).encode_to_vec();
    assert!(trust(1).verify(&relabelled, NOW).is_err());
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
