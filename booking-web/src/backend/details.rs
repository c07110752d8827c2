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

/// The word for programs, the broken rules and the wrong fields of a status; what cannot be read is as
/// good as not there.
pub(super) fn details(status: &Status) -> (String, Vec<BrokenRule>, Vec<FieldError>) {
    let details = status.get_error_details();
    let reason = details.error_info().map(|info| info.reason.clone());
    let broken = details.precondition_failure();
    let broken = broken.map_or(&[][..], |failure| &failure.violations);
    let broken = broken.iter().take(MAX_SHOWN).map(|one| BrokenRule {
        rule: one.r#type.clone(),
        subject: one.subject.clone(),
        description: one.description.clone(),
    });
    let wrong = details.bad_request();
    let wrong = wrong.map_or(&[][..], |bad| &bad.field_violations);
    let wrong = wrong.iter().take(MAX_SHOWN).map(|one| FieldError {
        field: one.field.clone(),
        description: one.description.clone(),
    });
    let (broken, wrong) = (broken.collect(), wrong.collect());
    (reason.unwrap_or_default(), broken, wrong)
}
