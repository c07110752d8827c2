//! What the name server answers.

use proptest::prelude::*;
use simple_dns::Name;

use super::*;

fn ask(name: &str, kind: TYPE) -> (RCODE, Vec<Ipv4Addr>) {
    let mut query = Packet::new_query(7);
    let (kind, class) = (QTYPE::TYPE(kind), QCLASS::CLASS(CLASS::IN));
    let question = Question::new(Name::new(name).unwrap(), kind, class, false);
    query.questions.push(question);
    let query = query.build_bytes_vec().unwrap();
    let answer = Zone::of(&Config::article()).answer(&query).unwrap();
    let answer = Packet::parse(&answer).unwrap();
    assert!(answer.id() == 7 && answer.has_flags(PacketFlag::RESPONSE));
    assert_eq!(answer.questions.len(), 1);
    let addresses = answer.answers.iter().map(|record| match &record.rdata {
        RData::A(a) => Ipv4Addr::from(a.address),
        other => panic!("{other:?}"),
    });
    (answer.rcode(), addresses.collect())
}

#[test]
fn names_of_machines_are_known_and_all_others_are_not() {
    let vm = "prod-booking-service-vm.us-central1-a.c.grpc-alts-demo.internal";
    let here = Ipv4Addr::new(10, 128, 0, 2);
    for (name, kind, expected) in [
        (vm, TYPE::A, (RCODE::NoError, vec![here])),
        (vm, TYPE::AAAA, (RCODE::NoError, vec![])),
        (
            "Metadata.Google.Internal",
            TYPE::A,
            (RCODE::NoError, vec![METADATA_ADDRESS]),
        ),
        ("example.com", TYPE::A, (RCODE::NameError, vec![])),
        (
            "_grpc_config.metadata.google.internal",
            TYPE::TXT,
            (RCODE::NameError, vec![]),
        ),
    ] {
        assert_eq!(ask(name, kind), expected, "{name}");
    }
}

proptest! {
    #[test]
    fn whatever_comes_is_answered_or_ignored(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = Zone::of(&Config::article()).answer(&bytes);
    }
}
