//! What is answered to a query. Pure.

use std::{collections::BTreeMap, net::Ipv4Addr};

use simple_dns::{
    CLASS, OPCODE, Packet, PacketFlag, QCLASS, QTYPE, Question, RCODE, ResourceRecord,
    SimpleDnsError, TYPE,
    rdata::{A, RData},
};

use crate::{config::Config, machine::files::host_name, system::network::METADATA_ADDRESS};

/// How long an answer may be kept. As long as the machines are up it is true.
const TTL_S: u32 = 30;

/// Bytes of a query's id, which an answer repeats.
const ID_LEN: usize = 2;

/// All names there are. None is anybody's but the machines' and the metadata server's.
#[derive(Clone, Debug)]
pub struct Zone(BTreeMap<String, Ipv4Addr>);

impl Zone {
    /// The names of a configuration, as zonal DNS has them.
    pub fn of(config: &Config) -> Self {
        let machines = config.machines.iter();
        let mut names: BTreeMap<_, _> = machines
            .map(|machine| (host_name(config, &machine.name), machine.address))
            .collect();
        names.insert("metadata.google.internal".to_owned(), METADATA_ADDRESS);
        Self(names)
    }

    /// The answer; `None` to what is no query at all.
    pub fn answer(&self, query: &[u8]) -> Option<Vec<u8>> {
        let id = u16::from_be_bytes(query.first_chunk::<ID_LEN>().copied()?);
        let answered = match Packet::parse(query) {
            // An answer to an answer would be answered.
            Ok(query) if query.has_flags(PacketFlag::RESPONSE) => return None,
            Ok(query) => self.answer_to(&query),
            Err(_) => refusal(id, RCODE::FormatError),
        };
        answered.ok()
    }

    fn answer_to(&self, query: &Packet<'_>) -> Result<Vec<u8>, SimpleDnsError> {
        let [question] = query.questions.as_slice() else {
            return refusal(query.id(), RCODE::FormatError);
        };
        if query.opcode() != OPCODE::StandardQuery {
            return refusal(query.id(), RCODE::NotImplemented);
        }
        let mut answer = Packet::new_reply(query.id());
        answer.set_flags(PacketFlag::AUTHORITATIVE_ANSWER | PacketFlag::RECURSION_AVAILABLE);
        if query.has_flags(PacketFlag::RECURSION_DESIRED) {
            answer.set_flags(PacketFlag::RECURSION_DESIRED);
        }
        answer.questions.push(question.clone());
        match self.0.get(&question.qname.to_string().to_lowercase()) {
            None => *answer.rcode_mut() = RCODE::NameError,
            Some(address) if asks_for_ipv4(question) => {
                let address = RData::A(A::from(*address));
                let name = question.qname.clone();
                let record = ResourceRecord::new(name, CLASS::IN, TTL_S, address);
                answer.answers.push(record);
            }
            // The name is there and has nothing of the kind, an IPv6 address for example.
            Some(_) => {}
        }
        answer.build_bytes_vec()
    }
}

fn asks_for_ipv4(question: &Question<'_>) -> bool {
    let kind = matches!(question.qtype, QTYPE::TYPE(TYPE::A) | QTYPE::ANY);
    kind && matches!(question.qclass, QCLASS::CLASS(CLASS::IN) | QCLASS::ANY)
}

fn refusal(id: u16, why: RCODE) -> Result<Vec<u8>, SimpleDnsError> {
    let mut refusal = Packet::new_reply(id);
    *refusal.rcode_mut() = why;
    refusal.build_bytes_vec()
}

#[cfg(test)]
mod tests {
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
}
