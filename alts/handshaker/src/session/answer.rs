//! Answers, worded: from what the handshake came to, to what a gRPC library reads.

use alts::ServiceAccount;
use alts::gcp::{HandshakerResp, HandshakerResult, HandshakerStatus, Identity};
use alts_handshake::Established;

use super::Failure;

/// An answer that is no failure. C-core insists on the status, even an empty one.
pub(super) fn answer(out_frames: &[u8], consumed: usize) -> HandshakerResp {
    HandshakerResp {
        out_frames: out_frames.to_vec(),
        bytes_consumed: u32::try_from(consumed).expect("a request is far below 4 GiB"),
        result: None,
        status: Some(HandshakerStatus::default()),
    }
}

/// The answer that tells a failure. Its frames may hold an Abort.
pub(super) fn failed_answer(
    failure: &Failure,
    out_frames: &[u8],
    consumed: usize,
) -> HandshakerResp {
    HandshakerResp {
        status: Some(HandshakerStatus {
            code: i32::from(failure.code).cast_unsigned(),
            details: failure.details.clone(),
        }),
        ..answer(out_frames, consumed)
    }
}

/// The answer that ends the handshake.
pub(super) fn final_answer(
    out_frames: &[u8],
    consumed: usize,
    established: Established,
    local: &ServiceAccount,
) -> HandshakerResp {
    HandshakerResp {
        result: Some(result(established, local)),
        ..answer(out_frames, consumed)
    }
}

/// Attributes of the peer's identity, for applications that want to know: which handshake, and
/// whether the session was resumed.
const HANDSHAKE_ATTRIBUTE: &str = "alts.handshake";
const RESUMED_ATTRIBUTE: &str = "alts.resumed";

/// Everything that C-core insists on is there.
fn result(established: Established, local: &ServiceAccount) -> HandshakerResult {
    let peer_identity = peer_identity(&established);
    HandshakerResult {
        application_protocol: established.application_protocol,
        record_protocol: established.record_protocol,
        key_data: established.record_key.as_bytes().to_vec(),
        peer_identity: Some(peer_identity),
        local_identity: Some(Identity::service_account(local)),
        keep_channel_open: false,
        // Present even when the peer sent none: libraries then find that 0.0 does not suit them,
        // and say so.
        peer_rpc_versions: Some(established.peer_rpc_versions.unwrap_or_default().into()),
        max_frame_size: established.peer_max_frame_size,
        transport_protocol: None,
    }
}

fn peer_identity(established: &Established) -> Identity {
    let attributes = [
        (HANDSHAKE_ATTRIBUTE, "alts-local/2".to_owned()),
        (RESUMED_ATTRIBUTE, established.resumed.to_string()),
    ];
    let attributes = attributes.map(|(name, value)| (name.to_owned(), value));
    Identity {
        attributes: attributes.into_iter().collect(),
        ..Identity::service_account(&established.peer.account)
    }
}
