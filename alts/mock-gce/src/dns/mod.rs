//! Each machine's name server, as the metadata server is on a VM: port 53 of its address.
//!
//! It exists so that the answer is *no*, and at once. Names of machines are in `/etc/hosts`, too; but
//! resolvers ask for IPv6 addresses all the same, and for names of the outside world, and where nobody
//! answers they wait for seconds. c-ares, and so C-core, waits even when it is refused.

use std::{collections::BTreeMap, net::Ipv4Addr, sync::Arc};

use simple_dns::{
    CLASS, OPCODE, Packet, PacketFlag, QCLASS, QTYPE, Question, RCODE, ResourceRecord,
    SimpleDnsError, TYPE,
    rdata::{A, RData},
};
use tokio::net::UdpSocket;

use crate::{config::Config, machine::files::host_name, system::network::METADATA_ADDRESS};

/// How long an answer may be kept. As long as the machines are up it is true.
const TTL_S: u32 = 30;

/// The longest datagram that resolvers send; what is longer is cut, and then is no query.
const MAX_QUERY_LEN: usize = 1232;

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

/// Serves a machine's link: answers until it is dropped.
pub async fn serve(socket: UdpSocket, zone: Arc<Zone>) {
    let mut query = [0; MAX_QUERY_LEN];
    loop {
        // An error is of an earlier answer that nobody waited for.
        let Ok((len, asker)) = socket.recv_from(&mut query).await else {
            continue;
        };
        if let Some(answer) = zone.answer(&query[..len]) {
            // Resolvers ask again.
            let _ = socket.send_to(&answer, asker).await;
        }
    }
}

#[cfg(test)]
mod tests;
