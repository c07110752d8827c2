//! From Diffie-Hellman results and the transcript to the keys of a session.

mod agreement;
mod not_authentic;
mod schedule;

#[cfg(test)]
mod tests;

pub(crate) use self::{
    agreement::{KeyPair, PublicKeys, Role, SharedSecret},
    schedule::{ResumptionSecret, SessionKeys, Transcript, TranscriptHash, mac_matches},
};
pub use self::{
    not_authentic::NotAuthentic,
    schedule::{RECORD_KEY_LEN, RecordKey},
};
