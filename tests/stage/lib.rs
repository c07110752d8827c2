//! The stage: the whole suite as real processes on this machine, for the demo, the revocation
//! drill and the end-to-end tests.
//!
//! Nothing here is a mock but what says so: `mock-gce loopback` plays the cloud. The programs
//! are the ones that a user runs, built beside this one, found in the same folder.

pub mod clock;
pub mod drill;
pub mod hospital;
pub mod http;
pub mod machines;
pub mod mock;
pub mod process;
mod programs;
pub mod suite;
pub mod talk;

/// The article's client account.
pub const CLIENT_ACCOUNT: &str =
    "prod-ot-booking-client-svc@grpc-alts-demo.iam.gserviceaccount.com";
/// The article's server account.
pub const SERVER_ACCOUNT: &str = "prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com";
/// An account that exists and that nobody allowed.
pub const INTRUDER_ACCOUNT: &str = "intruder@grpc-alts-demo.iam.gserviceaccount.com";
