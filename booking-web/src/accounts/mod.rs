//! The cloud's service accounts, where this front end may administer them: with the mock cloud's
//! admin service. For demonstrations; a hospital does not switch it on.

mod admin;
mod metrics;
mod proto;

pub use self::admin::Accounts;
pub(crate) use self::{
    admin::{Account, AdminError, Seen},
    proto::MachineFaults,
};
