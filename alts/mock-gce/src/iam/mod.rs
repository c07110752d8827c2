//! IAM's REST interface to service accounts, `iam.googleapis.com` v1: `projects.serviceAccounts`.
//!
//! Who may call is decided as on Google Cloud, in this order: an access token that is good, with a
//! scope that includes IAM, of a caller with a role that includes the method.

pub mod access;
pub mod error;
pub mod http;
pub mod method;
mod operations;
pub mod page;
pub mod resource;
