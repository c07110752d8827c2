//! The words under which the store's own small choices are kept and told.

use booking_domain::words;

use crate::{ChangeKind, Outcome};

words! {
    ChangeKind {
        Case = "CASE", Session = "SESSION", SessionTemplate = "SESSION_TEMPLATE",
        Unavailability = "UNAVAILABILITY", Site = "SITE", Theatre = "THEATRE", Staff = "STAFF",
        Unit = "UNIT", ProcedureType = "PROCEDURE_TYPE", Reason = "REASON",
    }
    Outcome { Ok = "OK", Denied = "DENIED" }
}

#[cfg(test)]
#[path = "names_tests.rs"]
mod tests;
