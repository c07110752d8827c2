//! Aborts: what a side that gives up tells the other, and what of it is believed.

use prost::Message;

use super::{kind::FrameType, reader::Frame};
use crate::wire;

/// Longest abort text kept, in bytes: a sentence, not a screenful.
const MAX_ABORT_TEXT_LEN: usize = 256;

/// What the peer said when it gave up. Not authenticated: anybody on the path can say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerAbort {
    reason: &'static str,
    text: String,
}

impl PeerAbort {
    /// Reads an abort. One that cannot be read is still an abort.
    pub(crate) fn read(body: &[u8]) -> Self {
        let abort = wire::Abort::decode(body).unwrap_or_default();
        Self {
            reason: reason(abort.code()),
            text: printable(&abort.text),
        }
    }

    /// Whether the peer says that it was issued no credential.
    pub fn is_no_credential(&self) -> bool {
        self.reason == reason(wire::AbortCode::NoCredential)
    }
}

impl std::fmt::Display for PeerAbort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.reason)?;
        if self.text.is_empty() {
            return Ok(());
        }
        write!(
            f,
            " (in the peer's own, unverified words: \"{}\")",
            self.text
        )
    }
}

fn reason(code: wire::AbortCode) -> &'static str {
    match code {
        wire::AbortCode::Unspecified => "no reason given",
        wire::AbortCode::BadMessage => "it could not read our message",
        wire::AbortCode::BadVersion => "it speaks another version",
        wire::AbortCode::NothingInCommon => "nothing in common",
        wire::AbortCode::BadCertificate => "it refuses our certificate",
        wire::AbortCode::NotAuthentic => "it could not verify us",
        wire::AbortCode::WrongPeer => "it expected somebody else",
        wire::AbortCode::NoCredential => "no credential",
    }
}

/// A stranger's text made safe for a terminal and a log line.
pub(crate) fn printable(text: &str) -> String {
    let mut kept = String::new();
    for c in text.chars().filter(|c| is_printable(*c)) {
        if kept.len() + c.len_utf8() > MAX_ABORT_TEXT_LEN {
            kept.push('…');
            break;
        }
        kept.push(c);
    }
    kept
}

/// Excludes controls, and the invisible characters that reorder or hide what is around them.
fn is_printable(c: char) -> bool {
    !c.is_control()
        && c != '"'
        && !matches!(
            c,
            '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
        )
}

/// The Abort of a side that has no credential to answer with. Appended to `out`.
pub fn append_no_credential_abort(cause: &str, out: &mut Vec<u8>) {
    append_abort(wire::AbortCode::NoCredential, cause, out);
}

pub(crate) fn append_abort(code: wire::AbortCode, text: &str, out: &mut Vec<u8>) {
    let abort = wire::Abort {
        code: code.into(),
        text: printable(text),
    };
    out.extend_from_slice(Frame::encode(FrameType::Abort, &abort).bytes());
}

#[cfg(test)]
#[path = "abort_tests.rs"]
mod tests;
