//! What a fake handshaker answers, request by request, without I/O.

use tonic::Code;

use super::{DECLARED, Flaw, KEY_DATA};
use crate::{
    RpcVersions, ServiceAccount, gcp, gcp::handshaker_req::ReqOneof, record::RECORD_PROTOCOL,
};

pub(super) fn refusal(code: Code, details: &str) -> gcp::HandshakerResp {
    gcp::HandshakerResp {
        status: Some(gcp::HandshakerStatus {
            code: i32::from(code).cast_unsigned(),
            details: details.to_owned(),
        }),
        ..Default::default()
    }
}

/// One handshake, without I/O.
pub(super) struct Conversation {
    account: &'static str,
    flaw: Flaw,
    targets: Vec<String>,
    /// Bytes of a flight that is not complete yet.
    partial: Vec<u8>,
    peer: Option<(String, u32, RpcVersions)>,
}

impl Conversation {
    pub(super) fn new(account: &'static str, flaw: Flaw) -> Self {
        Self {
            account,
            flaw,
            targets: Vec::new(),
            partial: Vec::new(),
            peer: None,
        }
    }

    pub(super) fn answer(&mut self, request: ReqOneof) -> gcp::HandshakerResp {
        match request {
            ReqOneof::ClientStart(start) => {
                let names = start.target_identities.iter();
                self.targets = names
                    .filter_map(|target| target.account_name().map(str::to_owned))
                    .collect();
                gcp::HandshakerResp {
                    out_frames: self.introduction("CI"),
                    ..accepted()
                }
            }
            ReqOneof::ServerStart(start) => self.take(&start.in_bytes),
            ReqOneof::Next(next) => self.take(&next.in_bytes),
        }
    }

    fn introduction(&self, flight: &str) -> Vec<u8> {
        let version = if self.flaw == Flaw::OldVersions { 1 } else { 2 };
        format!("{flight} {} {DECLARED} {version}\n", self.account).into_bytes()
    }

    fn take(&mut self, in_bytes: &[u8]) -> gcp::HandshakerResp {
        let end = in_bytes.iter().position(|&byte| byte == b'\n');
        let Some(end) = end.map(|at| at + 1) else {
            let keeps = self.flaw != Flaw::ConsumesWholeFlightsOnly;
            let consumed = if keeps { in_bytes.len() } else { 0 };
            self.partial.extend_from_slice(&in_bytes[..consumed]);
            return consuming(consumed, accepted());
        };
        let mut flight = std::mem::take(&mut self.partial);
        flight.extend_from_slice(&in_bytes[..end]);
        let extra = usize::from(self.flaw == Flaw::ConsumesTooMuch) * (in_bytes.len() + 1);
        let flight = String::from_utf8_lossy(&flight);
        consuming(end + extra, self.arrived(flight.trim_end()))
    }

    fn arrived(&mut self, flight: &str) -> gcp::HandshakerResp {
        let words: Vec<&str> = flight.splitn(4, ' ').collect();
        match words[..] {
            ["ABORT", ..] => {
                let reason = flight.trim_start_matches("ABORT ");
                refusal(
                    Code::Unauthenticated,
                    &format!("the peer aborted: {reason}"),
                )
            }
            ["CF"] => self.finished(Vec::new()),
            [kind @ ("CI" | "SI"), account, declared, major] => {
                let version = crate::Version {
                    major: major.parse().expect("a number"),
                    minor: 1,
                };
                let versions = RpcVersions {
                    min: version,
                    max: version,
                };
                let declared = declared.parse().expect("a number");
                self.peer = Some((account.to_owned(), declared, versions));
                if kind == "CI" {
                    return gcp::HandshakerResp {
                        out_frames: self.introduction("SI"),
                        ..accepted()
                    };
                }
                let wanted = self.targets.is_empty() || self.targets.iter().any(|t| t == account);
                if !wanted && self.flaw != Flaw::ForgetsTargets {
                    return refusal(Code::PermissionDenied, &format!("{account} is no target"));
                }
                self.finished(b"CF\n".to_vec())
            }
            _ => refusal(
                Code::InvalidArgument,
                "that is no flight of a fake handshaker",
            ),
        }
    }

    fn finished(&mut self, out_frames: Vec<u8>) -> gcp::HandshakerResp {
        let (account, max_frame_size, versions) = self.peer.take().expect("introduced");
        let account = ServiceAccount::new(account).expect("an account");
        let mut peer = gcp::Identity::service_account(&account);
        peer.attributes
            .insert("zone".to_owned(), "fake-a".to_owned());
        let own = ServiceAccount::new(self.account).expect("an account");
        let mut result = gcp::HandshakerResult {
            application_protocol: "grpc".to_owned(),
            record_protocol: RECORD_PROTOCOL.to_owned(),
            key_data: KEY_DATA.to_vec(),
            peer_identity: Some(peer),
            local_identity: Some(gcp::Identity::service_account(&own)),
            peer_rpc_versions: Some(versions.into()),
            max_frame_size,
            ..Default::default()
        };
        match self.flaw {
            Flaw::ShortKey => result.key_data.truncate(43),
            Flaw::NoPeer => result.peer_identity = None,
            Flaw::NoVersions => result.peer_rpc_versions = None,
            Flaw::OtherRecordProtocol => result.record_protocol = "ALTSRP_GMAC_128".to_owned(),
            _ => {}
        }
        gcp::HandshakerResp {
            out_frames,
            result: Some(result),
            ..accepted()
        }
    }
}

fn accepted() -> gcp::HandshakerResp {
    gcp::HandshakerResp {
        status: Some(gcp::HandshakerStatus::default()),
        ..Default::default()
    }
}

fn consuming(consumed: usize, answer: gcp::HandshakerResp) -> gcp::HandshakerResp {
    gcp::HandshakerResp {
        bytes_consumed: u32::try_from(consumed).expect("few"),
        ..answer
    }
}
