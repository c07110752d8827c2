//! What is done to a case: the calls of the contract that take it from one place or state to another.

use booking_proto::ot::v1::{
    AbortCaseRequest, CancelCaseRequest, Case, ConfirmCaseRequest, PostponeCaseRequest,
    RescheduleCaseRequest, ScheduleCaseRequest,
};
use serde::{Deserialize, Serialize};

use crate::backend::{BackendClient, Refusal};

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Change {
    Schedule,
    Confirm,
    Reschedule,
    Postpone,
    Cancel,
    Abort,
}

impl Change {
    /// Does it. To be rescheduled takes all that any of them takes: which case, where to, why, which
    /// rules are overridden. The others leave out what they have no use for.
    pub(crate) async fn call(
        self,
        client: &BackendClient,
        asked: RescheduleCaseRequest,
    ) -> Result<Case, Refusal> {
        match self {
            Self::Reschedule => client.reschedule_case(asked).await,
            Self::Schedule => {
                let request = ScheduleCaseRequest {
                    name: asked.name,
                    etag: asked.etag,
                    plan: asked.plan,
                    overrides: asked.overrides,
                    request_id: asked.request_id,
                    validate_only: asked.validate_only,
                };
                client.schedule_case(request).await
            }
            Self::Confirm => {
                let request = ConfirmCaseRequest {
                    name: asked.name,
                    etag: asked.etag,
                    request_id: asked.request_id,
                    validate_only: asked.validate_only,
                };
                client.confirm_case(request).await
            }
            Self::Postpone => {
                let request = PostponeCaseRequest {
                    name: asked.name,
                    etag: asked.etag,
                    reason: asked.reason,
                    note: asked.note,
                    request_id: asked.request_id,
                    validate_only: asked.validate_only,
                };
                client.postpone_case(request).await
            }
            Self::Cancel => {
                let request = CancelCaseRequest {
                    name: asked.name,
                    etag: asked.etag,
                    reason: asked.reason,
                    note: asked.note,
                    request_id: asked.request_id,
                    validate_only: asked.validate_only,
                };
                client.cancel_case(request).await
            }
            Self::Abort => {
                let request = AbortCaseRequest {
                    name: asked.name,
                    etag: asked.etag,
                    reason: asked.reason,
                    note: asked.note,
                    request_id: asked.request_id,
                    validate_only: asked.validate_only,
                };
                client.abort_case(request).await
            }
        }
    }
}
