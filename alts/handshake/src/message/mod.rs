//! The messages as types: what is parsed here needs no second look.
//!
//! With `ticket/sealed.rs` and `certificate/`, the only files that know both the protobuf and the
//! meaning.

mod finished;
mod init;
mod read;

pub use self::init::{MAX_LIST_ENTRIES, MAX_PROTOCOL_LEN, MAX_TARGET_NAME_LEN};
pub(crate) use self::{
    finished::{ServerFinished, client_finished, parse_client_finished},
    init::{ClientInit, ServerInit},
    read::expect,
};
