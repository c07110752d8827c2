//! From a handshaker's result to what a stream needs: keys, verified context, frame size.
//!
//! Nothing here is taken on trust that can be checked: the peer's account is compared with the
//! targets again, although the handshaker has done so.

use std::{mem, time::SystemTime};

use zeroize::Zeroize;

use crate::{
    AltsContext, Error, Misbehaviour, RpcVersions, ServiceAccount,
    context::Facts,
    gcp,
    record::{MAX_SENT_FRAME_LEN, RECORD_PROTOCOL, Side, TrafficKeys},
    stream::Established,
};

/// Frame size towards a peer that declared none, and the least towards any: C-core's and Java's.
const MIN_FRAME_LEN: usize = 16 * 1024;
/// The largest frame we send: two of them still fit into a core's cache.
const PREFERRED_FRAME_LEN: usize = 128 * 1024;
const _: () = assert!(PREFERRED_FRAME_LEN <= MAX_SENT_FRAME_LEN);

/// A result on its way to [`establish`]. Its keys are wiped wherever that way ends.
///
/// What lay in the transport's buffers before it was decoded is out of reach from here.
#[derive(Debug)]
pub(super) struct Verdict(Box<gcp::HandshakerResult>);

impl Verdict {
    pub(super) fn new(result: gcp::HandshakerResult) -> Self {
        Self(Box::new(result))
    }
}

impl Drop for Verdict {
    fn drop(&mut self) {
        self.0.key_data.zeroize();
    }
}

/// Checks a result and takes it apart.
///
/// # Errors
/// When the result breaks the interface's rules, the versions do not overlap, or the peer is not
/// among `targets` (an empty list means that anybody may be there).
pub(super) fn establish(
    side: Side,
    mut verdict: Verdict,
    leftover: Vec<u8>,
    targets: &[ServiceAccount],
    now: SystemTime,
) -> Result<Established, Error> {
    let result = &mut *verdict.0;
    let keys = TrafficKeys::from_key_data(&result.key_data)
        .ok_or(Misbehaviour::ShortKey(result.key_data.len()))?;
    if result.record_protocol != RECORD_PROTOCOL {
        return Err(Misbehaviour::RecordProtocol.into());
    }

    let account =
        |of: &Option<gcp::Identity>| ServiceAccount::new(of.as_ref()?.account_name()?).ok();
    let peer = account(&result.peer_identity).ok_or(Misbehaviour::NoPeer)?;
    if !targets.is_empty() && !targets.contains(&peer) {
        return Err(Error::NotATarget {
            detail: not_a_target(&peer, targets),
        });
    }

    let versions = result
        .peer_rpc_versions
        .as_ref()
        .ok_or(Misbehaviour::NoVersions)?
        .into();
    if RpcVersions::OURS.newest_common(&versions).is_none() {
        return Err(Error::Incompatible {
            ours: RpcVersions::OURS,
            peer: versions,
        });
    }

    let context = AltsContext::new(Facts {
        application_protocol: mem::take(&mut result.application_protocol),
        record_protocol: mem::take(&mut result.record_protocol),
        peer_service_account: peer,
        local_service_account: account(&result.local_identity),
        peer_rpc_versions: versions,
        peer_attributes: result
            .peer_identity
            .take()
            .map(|peer| peer.attributes.into_iter().collect())
            .unwrap_or_default(),
        established_at: now,
    });
    let max_frame_len = sent_frame_len(result.max_frame_size);
    Ok(Established {
        side,
        keys,
        context,
        max_frame_len,
        leftover,
    })
}

/// How large a frame may be that we send, all bytes counted, to a peer that declared this much.
fn sent_frame_len(declared_by_peer: u32) -> usize {
    let declared = usize::try_from(declared_by_peer).unwrap_or(usize::MAX);
    declared.clamp(MIN_FRAME_LEN, PREFERRED_FRAME_LEN)
}

fn not_a_target(peer: &ServiceAccount, targets: &[ServiceAccount]) -> String {
    let targets: Vec<_> = targets.iter().map(ServiceAccount::as_str).collect();
    format!("it is {peer}, expected {}", targets.join(" or "))
}

#[cfg(test)]
#[path = "result_tests.rs"]
mod tests;
