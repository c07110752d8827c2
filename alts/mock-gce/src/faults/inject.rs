//! Steps of a session made wrong. Pure: the session itself knows nothing of it.

use alts::gcp::{HandshakerResp, HandshakerStatus};
use alts_handshake::{FrameType, HEADER_LEN, wire};
use alts_handshaker::{
    hook::{Ending, FaultedStep},
    session::{Failure, Side, Step},
};
use prost::Message;
use tonic::Code;

use super::{fault::Fault, plan::Plan};

/// Makes a step wrong as planned.
pub(super) fn inject(plan: &Plan, side: Option<Side>, step: Step) -> FaultedStep {
    let mut faulted = FaultedStep::from(exchanged(plan, side, step));
    let over = !matches!(faulted.step, Step::Continue { .. });
    if matches!(faulted.step, Step::Finished { .. }) && plan.has(Fault::DropMidWay) {
        faulted.ending = Ending::Dropped;
    } else if over && plan.has(Fault::LeaveOpen) {
        faulted.ending = Ending::LeftOpen;
    }
    for (fault, value) in plan.faults() {
        apply(&mut faulted, *fault, *value);
    }
    faulted
}

/// Another step in place of the result.
fn exchanged(plan: &Plan, side: Option<Side>, step: Step) -> Step {
    let Step::Finished { answer, .. } = &step else {
        return step;
    };
    let failure = if plan.has(Fault::RefuseTarget) && side == Some(Side::Client) {
        Failure {
            code: Code::PermissionDenied,
            details: "fault refuse-target: the peer is taken for somebody else".to_owned(),
        }
    } else if plan.has(Fault::LateError) {
        Failure {
            code: Code::Internal,
            details: "fault late-error: an error in place of the result".to_owned(),
        }
    } else {
        return step;
    };
    let status = HandshakerStatus {
        code: i32::from(failure.code).cast_unsigned(),
        details: failure.details.clone(),
    };
    let answer = HandshakerResp {
        out_frames: Vec::new(),
        bytes_consumed: answer.bytes_consumed,
        result: None,
        status: Some(status),
    };
    Step::Failed {
        answer: Some(answer),
        failure,
    }
}

fn apply(faulted: &mut FaultedStep, fault: Fault, value: u32) {
    let finished = matches!(faulted.step, Step::Finished { .. });
    let Some(answer) = answer_of(&mut faulted.step) else {
        return;
    };
    match fault {
        Fault::Split => faulted.extra = split(answer, value),
        Fault::BadMac => each_frame(answer, bad_mac),
        Fault::BadSignature => each_frame(answer, bad_signature),
        Fault::MissingStatus => answer.status = None,
        Fault::WrongConsumed if finished => {
            answer.bytes_consumed = answer.bytes_consumed.saturating_sub(1);
        }
        _ => {}
    }
    let Some(result) = &mut answer.result else {
        return;
    };
    match fault {
        Fault::ShortKey => result.key_data.truncate(16),
        Fault::MissingLocalIdentity => result.local_identity = None,
        Fault::MissingVersions => result.peer_rpc_versions = None,
        Fault::MaxFrameSize => result.max_frame_size = value,
        _ => {}
    }
}

fn answer_of(step: &mut Step) -> Option<&mut HandshakerResp> {
    match step {
        Step::Continue { answer, .. } | Step::Finished { answer, .. } => Some(answer),
        Step::Failed { answer, .. } => answer.as_mut(),
    }
}

/// Takes all frames behind the first `at` bytes into an answer of their own.
fn split(answer: &mut HandshakerResp, at: u32) -> Option<HandshakerResp> {
    let at = usize::try_from(at).unwrap_or(usize::MAX);
    // The last answer must stay the last.
    if answer.out_frames.len() <= at || answer.result.is_some() {
        return None;
    }
    Some(HandshakerResp {
        out_frames: answer.out_frames.split_off(at),
        bytes_consumed: 0,
        result: None,
        status: answer.status.clone(),
    })
}

/// Rewrites each whole frame by its type and body. What is no frame stays as it is.
fn each_frame(answer: &mut HandshakerResp, rewrite: impl Fn(u32, &[u8]) -> Option<Vec<u8>>) {
    let frames = std::mem::take(&mut answer.out_frames);
    let mut rest = frames.as_slice();
    while let Some((kind, body, tail)) = next_frame(rest) {
        let whole = &rest[..rest.len() - tail.len()];
        match rewrite(kind, body) {
            Some(changed) => append_frame(kind, &changed, &mut answer.out_frames),
            None => answer.out_frames.extend_from_slice(whole),
        }
        rest = tail;
    }
    answer.out_frames.extend_from_slice(rest);
}

/// Length, which covers type and body; type; body: see `alts_handshake::frame`.
fn next_frame(bytes: &[u8]) -> Option<(u32, &[u8], &[u8])> {
    let (header, rest) = bytes.split_at_checked(HEADER_LEN)?;
    let (length, kind) = header.split_at(4);
    let length = u32::from_le_bytes(length.try_into().ok()?);
    let body_len = usize::try_from(length).ok()?.checked_sub(4)?;
    let (body, rest) = rest.split_at_checked(body_len)?;
    Some((u32::from_le_bytes(kind.try_into().ok()?), body, rest))
}

fn append_frame(kind: u32, body: &[u8], out: &mut Vec<u8>) {
    let length = u32::try_from(body.len() + 4).expect("a frame is at most 64 KiB");
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&kind.to_le_bytes());
    out.extend_from_slice(body);
}

fn bad_mac(kind: u32, body: &[u8]) -> Option<Vec<u8>> {
    if kind == FrameType::ServerFinished.number() {
        rewritten(body, |message: &mut wire::ServerFinished| {
            flip(&mut message.mac)
        })
    } else if kind == FrameType::ClientFinished.number() {
        rewritten(body, |message: &mut wire::ClientFinished| {
            flip(&mut message.mac)
        })
    } else {
        None
    }
}

fn bad_signature(kind: u32, body: &[u8]) -> Option<Vec<u8>> {
    let unsign = |certificate: &mut Vec<u8>| {
        let signed = |outer: &mut wire::Signed| flip(&mut outer.signatures.first_mut()?.signature);
        *certificate = rewritten(certificate, signed)?;
        Some(())
    };
    if kind == FrameType::ClientInit.number() {
        rewritten(body, |message: &mut wire::ClientInit| {
            unsign(&mut message.certificate)
        })
    } else if kind == FrameType::ServerInit.number() {
        rewritten(body, |message: &mut wire::ServerInit| {
            unsign(&mut message.certificate)
        })
    } else {
        None
    }
}

fn rewritten<M: Message + Default>(
    body: &[u8],
    rewrite: impl FnOnce(&mut M) -> Option<()>,
) -> Option<Vec<u8>> {
    let mut message = M::decode(body).ok()?;
    rewrite(&mut message)?;
    Some(message.encode_to_vec())
}

fn flip(bytes: &mut [u8]) -> Option<()> {
    *bytes.first_mut()? ^= 1;
    Some(())
}
