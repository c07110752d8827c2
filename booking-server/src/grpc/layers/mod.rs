//! What every call passes on its way to a service.

pub(super) mod access;
pub(super) mod age;
pub(super) mod around;
pub(super) mod call_log;
pub(super) mod malformed;
