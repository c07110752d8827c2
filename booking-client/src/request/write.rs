//! What every write carries.

use booking_proto::ot::v1::OverrideRequest;
use uuid::Uuid;

use crate::cli::{OverrideArg, WriteArgs};

/// Idempotency and dry run, as the contract has them.
#[derive(Clone, Debug)]
pub struct WriteOptions {
    /// The change's own UUID.
    pub request_id: String,
    /// Check everything, keep nothing.
    pub validate_only: bool,
}

impl WriteOptions {
    /// What was typed, or `fresh` where no id was.
    pub fn new(typed: &WriteArgs, fresh: Uuid) -> Self {
        Self {
            request_id: typed.request_id.unwrap_or(fresh).to_string(),
            validate_only: typed.dry_run,
        }
    }
}

/// Rules to set aside.
pub fn overrides(typed: &[OverrideArg]) -> Vec<OverrideRequest> {
    let overrides = typed.iter().map(|each| OverrideRequest {
        rule: each.rule.clone(),
        reason: each.reason.clone(),
    });
    overrides.collect()
}
