//! One call that writes: who asks for what, however often.

use std::sync::Arc;

use booking_store::{AuditRecord, Outcome};
use jiff::Timestamp;

use crate::{
    access::{Caller, methods::Method},
    journal::record,
};

/// Who asks for what, however often.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Who.
    pub(crate) caller: Arc<Caller>,
    /// Through which method.
    pub(crate) method: &'static Method,
    /// The request's id; empty when it may be done again.
    pub(crate) request_id: String,
    /// SHA-256 of the request.
    pub(crate) request_hash: [u8; 32],
    /// Only to see whether it could be done.
    pub(crate) validate_only: bool,
}

impl Call {
    /// What the audit keeps of it, about `resource`.
    pub(crate) fn record(&self, resource: String, now: Timestamp) -> AuditRecord {
        let caller = &self.caller;
        let person = caller.person.as_deref();
        AuditRecord {
            resource,
            request_id: self.request_id.clone(),
            ..record(now, self.method.name, &caller.account, person, Outcome::Ok)
        }
    }
}
