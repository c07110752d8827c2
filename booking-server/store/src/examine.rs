//! What is wrong in a store that opens and answers.

/// One thing that contradicts another.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// A fixed word for programs, such as `CLAIMS_DIFFER`.
    pub kind: &'static str,
    /// What it is about, such as `cases/…`.
    pub resource: String,
    /// A sentence for a person; holds nothing of a patient.
    pub description: String,
}
