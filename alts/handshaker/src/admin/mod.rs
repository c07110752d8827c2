//! The admin surface: what an operator may do to a running process. gRPC, and `/metrics` for
//! Prometheus, on one port of loopback or a Unix socket.
//!
//! | file | for |
//! |---|---|
//! | `accounts.rs` | the directory; authority and mock |
//! | `authority.rs` | root keys and revocations; authority and mock |
//! | `machines.rs` | faults; handshaker and mock |
//! | `surface.rs` | the port |
//! | `guard.rs` | who may ask there: programs, and no web page |
//! | `scrape.rs` | its metrics, read from outside |

mod accounts;
mod authority;
mod guard;
mod machines;
pub mod scrape;
mod surface;

use tonic::{Code, Status};

pub use self::surface::{AdminParts, AdminSurface, BindError};
use crate::{cloud::CloudError, directory::DirectoryError, state::StateError};

/// Generated from `proto/alts_handshaker/admin/v1/*.proto`, which document it.
pub mod proto {
    #![expect(
        missing_docs,
        unused_qualifications,
        reason = "generated; the .proto files carry the words"
    )]
    tonic::include_proto!("alts_handshaker.admin.v1");
}

fn status(error: &CloudError) -> Status {
    let code = match error {
        CloudError::Directory(
            DirectoryError::NotFound { .. } | DirectoryError::NotRestorable(_),
        ) => Code::NotFound,
        CloudError::Directory(DirectoryError::AlreadyExists(_)) => Code::AlreadyExists,
        CloudError::Directory(_) => Code::InvalidArgument,
        CloudError::Rotation(_) | CloudError::Revocation(_) => Code::FailedPrecondition,
        CloudError::State(StateError::TooLong { .. }) => Code::ResourceExhausted,
        CloudError::State(_) | CloudError::NoEntropy(_) => Code::Internal,
    };
    Status::new(code, error.to_string())
}
