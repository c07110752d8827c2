//! The handshake alts-local/2, free of I/O, clock and randomness.
//!
//! ```text
//!            client                                              server
//!   Handshake::client ------------ ClientInit ---------------->  ExpectClientInit
//!        |                                                            |
//!   ExpectServerInit <--- ServerInit | ServerFinished (one payload) --+
//!        |                                                            |
//!   ExpectServerFinished                                              |
//!        |                                                            |
//!        +------------------- ClientFinished ------------------> ExpectClientFinished
//!        |                                                            |
//!   Established                                                  Established
//! ```
//!
//! The messages, their order and what each proves are those of the ALTS whitepaper, section
//! "Handshake protocol". Their bytes are not published; these are ours.
//!
//! A resumed session (see `ticket`) has the same flights, and no certificate in ServerInit.
//!
//! | folder | for |
//! |---|---|
//! | `handshake` | one side, in any state of the picture |
//! | `client`, `server` | the states |
//! | `message`, `frame`, `wire` | what travels |
//! | `keys` | what both sides agree on |
//! | `ticket` | sessions that begin where another ended |
//! | `trust` | whom a side believes |
//! | `certificate` | who vouches for whom, and what is revoked |
//!
//! Beside `src`, the folder `model` holds the same agreement for a program that looks for attacks on
//! it, and `tests/known-answers` in the repository's root a second implementation.
//!
//! # The contract of a handshake
//!
//! * `process` consumes the handshake. An `Err` is final: there is nothing left to go on with.
//! * Output is *appended* to the caller's buffer, and must be sent **also after an `Err`**: it may
//!   hold the Abort that tells the peer why.
//! * "Not yet" is no error: [`Progress::NeedsInput`] gives it back, and all of the input was
//!   taken.
//! * Bytes may arrive cut or joined anywhere. On [`Established`], what is left in the [`Input`]
//!   belongs to the record protocol.
//! * Time and entropy are arguments. The same arguments give the same bytes.

mod certificate;
mod client;
mod entropy;
mod error;
mod exchange;
mod frame;
mod handshake;
mod keys;
mod message;
mod server;
mod ticket;
mod trust;
pub mod wire;

#[cfg(test)]
mod tests;

pub use crate::{
    certificate::*,
    client::ClientConfig,
    entropy::{Entropy, Seed},
    error::{HandshakeError, Incompatible},
    exchange::{Established, Offer, RECORD_PROTOCOLS},
    frame::*,
    handshake::{Handshake, Progress},
    keys::{NotAuthentic, RECORD_KEY_LEN, RecordKey},
    message::{MAX_LIST_ENTRIES, MAX_PROTOCOL_LEN, MAX_TARGET_NAME_LEN},
    server::ServerConfig,
    ticket::Resumption,
    trust::*,
};
