//! What a refusal says beyond its code: the rules that were broken and the fields that were wrong
//! (google.rpc.ErrorInfo, PreconditionFailure and BadRequest).

use std::fmt;

use booking_proto::contract::{
    reason::OVERRIDABLE_RULES,
    resource::{CASES, within},
};
use tonic::Status;
use tonic_types::StatusExt as _;

/// The most details of one kind that are shown: nobody reads more.
const MAX_SHOWN: usize = 50;

/// A rule that stands in the way.
#[derive(Clone, PartialEq, Eq)]
pub struct BrokenRule {
    /// `R1` to `R12`, as the backend names them.
    pub rule: String,
    /// The other case, session, theatre or person: its resource name.
    pub subject: String,
    /// A sentence for a person.
    pub description: String,
}

impl BrokenRule {
    /// Whether somebody with the right may set it aside with a reason.
    pub(crate) fn is_overridable(&self) -> bool {
        OVERRIDABLE_RULES.contains(&&*self.rule)
    }

    /// Where the other case is shown, if it is a case.
    pub(crate) fn link(&self) -> Option<String> {
        let case = within(&self.subject, CASES);
        case.map(|_| format!("/{}", self.subject))
    }
}

/// Sentences may tell of people; logs get the rule alone.
impl fmt::Debug for BrokenRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrokenRule")
            .field("rule", &self.rule)
            .finish_non_exhaustive()
    }
}

/// A field that the backend does not take as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's path in the request, such as `case.durations.setup_min`.
    pub field: String,
    /// A sentence for a person.
    pub description: String,
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Details {
    pub(super) reason: String,
    pub(super) broken_rules: Vec<BrokenRule>,
    pub(super) fields: Vec<FieldError>,
}

impl Details {
    /// Reads them from a status; what cannot be read is as good as not there.
    pub(super) fn of(status: &Status) -> Self {
        let details = status.get_error_details();
        let reason = details
            .error_info()
            .map(|info| info.reason.clone())
            .unwrap_or_default();
        let broken_rules = details.precondition_failure().into_iter();
        let broken_rules = broken_rules
            .flat_map(|failure| failure.violations.iter().take(MAX_SHOWN))
            .map(|violation| BrokenRule {
                rule: violation.r#type.clone(),
                subject: violation.subject.clone(),
                description: violation.description.clone(),
            });
        let fields = details.bad_request().into_iter();
        let fields = fields
            .flat_map(|bad| bad.field_violations.iter().take(MAX_SHOWN))
            .map(|violation| FieldError {
                field: violation.field.clone(),
                description: violation.description.clone(),
            });
        Self {
            reason,
            broken_rules: broken_rules.collect(),
            fields: fields.collect(),
        }
    }
}
