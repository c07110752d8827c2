//! The signing authority: certifies machines' keys, for enabled accounts only.
//!
//! | file | for |
//! |---|---|
//! | `root_keys.rs` | the keys it signs with, and how one replaces another; pure |
//! | `root_keys_record.rs` | those as a file's contents |
//! | `statement.rs` | what it says under those keys besides certificates; pure |
//! | `ledger.rs` | what it issued and what it revoked; pure |
//! | `admission.rs` | which machine may ask for which account |
//! | `accepted_proofs.rs` | that each proof serves once |
//! | `service.rs` | the authority over gRPC, for handshakers on other machines |
//! | `admin.rs` | the same for its operator |
//! | `server.rs` | the process |

mod accepted_proofs;
pub(crate) mod admin;
pub mod admission;
pub mod ledger;
pub mod proto;
pub mod root_keys;
pub(crate) mod root_keys_record;
pub mod server;
mod service;
pub mod statement;
