//! Who is certified: the signing authority, which certifies machines' keys for enabled accounts, and
//! how a handshaker asks it.
//!
//! | file | for |
//! |---|---|
//! | `directory/` | the accounts; pure |
//! | `root_keys.rs` | the keys it signs with, and how one replaces another; pure |
//! | `root_keys_record.rs` | those as a file's contents |
//! | `statement.rs` | what it says under those keys besides certificates; pure |
//! | `ledger.rs` | what it issued and what it revoked; pure |
//! | `certificate_authority/` | all of these as one living thing, kept on disk |
//! | `identity/`, `admission.rs` | how a machine proves itself, and which may ask for which account |
//! | `accepted_proofs.rs` | that each proof serves once |
//! | `service.rs` | the authority over gRPC, for handshakers on other machines |
//! | `admin.rs` | the same for its operator |
//! | `config.rs`, `server.rs` | the process |
//! | `issuer.rs` | where a handshaker gets credentials from, whoever that is |
//! | `client/` | an authority in another process, as a handshaker sees it |
//! | `verifier_feed.rs` | whom a handshaker believes now |

mod accepted_proofs;
pub mod admin;
pub mod admission;
pub mod certificate_authority;
pub mod client;
pub mod config;
pub mod directory;
pub mod identity;
pub mod issuer;
pub mod ledger;
pub mod proto;
pub mod root_keys;
mod root_keys_record;
pub mod server;
mod service;
pub mod statement;
pub mod verifier_feed;
