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
        if self == Self::Reschedule {
            return client.reschedule_case(asked).await;
        }
        let RescheduleCaseRequest {
            name,
            etag,
            plan,
            reason,
            note,
            overrides,
            request_id,
            validate_only,
        } = asked;
        match self {
            Self::Schedule | Self::Reschedule => {
                let request = ScheduleCaseRequest {
                    name,
                    etag,
                    plan,
                    overrides,
                    request_id,
                    validate_only,
                };
                client.schedule_case(request).await
            }
            Self::Confirm => {
                let request = ConfirmCaseRequest {
                    name,
                    etag,
                    request_id,
                    validate_only,
                };
                client.confirm_case(request).await
            }
            Self::Postpone => {
                let request = PostponeCaseRequest {
                    name,
                    etag,
                    reason,
                    note,
                    request_id,
                    validate_only,
                };
                client.postpone_case(request).await
            }
            Self::Cancel => {
                let request = CancelCaseRequest {
                    name,
                    etag,
                    reason,
                    note,
                    request_id,
                    validate_only,
                };
                client.cancel_case(request).await
            }
            Self::Abort => {
                let request = AbortCaseRequest {
                    name,
                    etag,
                    reason,
                    note,
                    request_id,
                    validate_only,
                };
                client.abort_case(request).await
            }
        }
    }
}
