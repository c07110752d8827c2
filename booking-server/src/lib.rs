//! The backend: what is booked in the operating theatres, asked over gRPC secured by ALTS.
//!
//! ```text
//!            allowed? logged        parse, decide, reply
//!  AltsIncoming ------> grpc layers ------> grpc::service
//!                                              |     ^
//!                                 domain types v     | domain types
//!                                            store ---     (decisions: domain, pure)
//! ```
//!
//! Dependencies point one way, `grpc -> domain <- store`: the domain knows neither protobuf nor
//! SQL, `grpc::convert` is the one file that knows protobuf and domain, `store::sqlite::read` the
//! one that knows SQL and domain, and `grpc::status` the one table from our errors to gRPC's.
//!
//! | module | what for |
//! |---|---|
//! | [`domain`] | what a hospital means by its words, and its rules |
//! | [`store`] | where the cases are kept |
//! | `grpc` | the services, and what every call passes through |
//! | [`serve()`] | from a listener to the last drained call |
//! | [`config`], [`telemetry`], [`pseudonym`] | flags, logs, and patients in logs |

pub mod config;
pub mod domain;
mod grpc;
pub mod pseudonym;
mod serve;
pub mod signals;
pub mod store;
pub mod telemetry;
#[cfg(test)]
mod testing;

pub use serve::{Clock, Deps, ServeError, serve, serve_incoming};
