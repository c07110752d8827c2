//! The backend: what is booked in the operating theatres, asked over gRPC secured by ALTS.
//!
//! ```text
//!            allowed? may it?       read       do             decide
//!  AltsIncoming ------> grpc layers -> services -> app ------> booking-domain (pure)
//!                                                   |
//!                                                   +--------> booking-store -> SQLite, PostgreSQL
//! ```
//!
//! Dependencies point one way, `grpc -> app -> domain`, `app -> store -> domain`: the domain knows
//! neither protobuf nor SQL, `grpc::convert` is what knows protobuf and domain, and `grpc::status`
//! is the one table from our errors to gRPC's.
//!
//! | module | what for |
//! |---|---|
//! | [`access`] | who may do what |
//! | `app` | what callers can have done: one path for every write |
//! | `grpc` | the services, and what every call passes through |
//! | [`serve()`] | from a listener to the last drained call |
//! | [`demo`] | what `--seed demo` fills a new database with |
//! | [`config`], [`telemetry`], [`pseudonym`] | flags, logs, and patients in logs |

pub mod access;
mod app;
mod bookings;
mod clock;
pub mod config;
pub mod demo;
mod export;
mod field_text;
mod grpc;
mod journal;
mod names;
pub mod pseudonym;
mod serve;
pub mod signals;
pub mod telemetry;
#[cfg(test)]
mod testing;

pub use clock::Clock;
pub use serve::{Deps, ServeError, serve, serve_incoming};
