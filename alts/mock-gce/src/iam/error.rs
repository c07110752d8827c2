//! Google's error envelope (AIP-193), and the words of IAM's refusals.

use serde_json::{Value, json};

use super::method::Method;

/// The service's name in error details.
const SERVICE: &str = "iam.googleapis.com";

/// A refusal's status: HTTP's, and gRPC's name for the same.
type Status = (u16, &'static str);

const UNAUTHENTICATED: Status = (401, "UNAUTHENTICATED");
const PERMISSION_DENIED: Status = (403, "PERMISSION_DENIED");

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// HTTP's.
    pub code: u16,
    /// gRPC's name for the same.
    pub status: &'static str,
    /// One sentence or two.
    pub message: String,
    /// For programs.
    pub details: Vec<Value>,
}

impl ApiError {
    fn new((code, status): Status, message: impl Into<String>) -> Self {
        Self {
            code,
            status,
            message: message.into(),
            details: Vec::new(),
        }
    }

    /// `reason` and what goes with it are for programs.
    fn because(mut self, domain: &str, reason: &str, metadata: Value) -> Self {
        self.details.push(json!({
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": reason,
            "domain": domain,
            "metadata": metadata,
        }));
        self
    }

    /// A refusal for what is wrong with a token, in Google's own words and ours behind them.
    fn token(status: Status, message: &str, reason: &str, method: Method) -> Self {
        let metadata = json!({ "method": method.rpc(), "service": SERVICE });
        Self::new(status, message).because("googleapis.com", reason, metadata)
    }

    fn about(mut self, resource: &str) -> Self {
        self.details.push(json!({
            "@type": "type.googleapis.com/google.rpc.ResourceInfo",
            "resourceName": resource,
        }));
        self
    }

    /// The request says something that cannot be.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new((400, "INVALID_ARGUMENT"), message)
    }

    /// No token came.
    pub fn credentials_missing(method: Method) -> Self {
        let message = "Request is missing required authentication credential. Expected OAuth 2 \
            access token, login cookie or other valid authentication credential. Give a token as \
            Authorization: Bearer; the mock's own is in the file that mock-gce env names.";
        Self::token(UNAUTHENTICATED, message, "CREDENTIALS_MISSING", method)
    }

    /// A token came that is worth nothing.
    pub fn credentials_invalid(method: Method) -> Self {
        let message = "Request had invalid authentication credentials. Expected OAuth 2 access \
            token, login cookie or other valid authentication credential. The token is unknown or \
            expired, or its account is disabled or deleted.";
        Self::token(UNAUTHENTICATED, message, "ACCESS_TOKEN_EXPIRED", method)
    }

    /// A machine's access scopes do not include IAM.
    pub fn insufficient_scopes(method: Method) -> Self {
        let message = "Request had insufficient authentication scopes.";
        let reason = "ACCESS_TOKEN_SCOPE_INSUFFICIENT";
        Self::token(PERMISSION_DENIED, message, reason, method)
    }

    /// The caller has no role that includes the method, or it is another project.
    pub fn permission_denied(method: Method, resource: &str) -> Self {
        let permission = method.permission();
        let message = format!(
            "Permission '{permission}' denied on resource '{resource}' (or it may not exist)."
        );
        let metadata = json!({ "permission": permission, "resource": resource });
        let refused = Self::new(PERMISSION_DENIED, message);
        refused.because(SERVICE, "IAM_PERMISSION_DENIED", metadata)
    }

    /// No such account.
    pub fn unknown_account(resource: &str) -> Self {
        Self::new((404, "NOT_FOUND"), "Unknown service account").about(resource)
    }

    /// There is one already.
    pub fn already_exists(project: &str, account_id: &str, resource: &str) -> Self {
        let message = format!(
            "Service account {account_id} already exists within project projects/{project}."
        );
        Self::new((409, "ALREADY_EXISTS"), message).about(resource)
    }

    /// The state is in the way.
    pub fn failed_precondition(message: impl Into<String>) -> Self {
        Self::new((400, "FAILED_PRECONDITION"), message)
    }

    /// The mock is at fault.
    pub fn internal(cause: &str) -> Self {
        let message = format!("Internal error encountered: {cause}");
        Self::new((500, "INTERNAL"), message)
    }

    /// The envelope.
    pub fn to_json(&self) -> Value {
        let mut error = json!({
            "code": self.code,
            "message": self.message,
            "status": self.status,
        });
        if !self.details.is_empty() {
            error["details"] = self.details.iter().cloned().collect();
        }
        json!({ "error": error })
    }
}
