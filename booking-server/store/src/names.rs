//! The words under which small choices are kept: the domain's own, and two of the store's.

use booking_domain::{
    Anaesthesia, Laterality, ReasonGroup, RuleId, SessionState, TeamRole, TheatreState, words,
};
use jiff::civil::Weekday;
use thiserror::Error;

use crate::{ChangeKind, Outcome};

words! {
    ChangeKind {
        Case = "CASE", Session = "SESSION", SessionTemplate = "SESSION_TEMPLATE",
        Unavailability = "UNAVAILABILITY", Site = "SITE", Theatre = "THEATRE", Staff = "STAFF",
        Unit = "UNIT", ProcedureType = "PROCEDURE_TYPE", Reason = "REASON",
    }
    Outcome { Ok = "OK", Denied = "DENIED" }
}

/// A text that is none of the words there are.
#[derive(Clone, Copy, Debug, Error)]
#[error("none of the words it can be")]
pub(crate) struct UnknownName;

/// A choice with a word for each of its values.
pub(crate) trait Named: Copy + 'static {
    /// Every value.
    const VALUES: &'static [Self];

    fn name(self) -> &'static str;

    fn named(name: &str) -> Result<Self, UnknownName> {
        let mut values = Self::VALUES.iter().copied();
        values.find(|value| value.name() == name).ok_or(UnknownName)
    }
}

macro_rules! named {
    ($($choice:ident)*) => {
        $(impl Named for $choice {
            const VALUES: &'static [Self] = &Self::ALL;

            fn name(self) -> &'static str {
                self.as_str()
            }
        })*

        #[cfg(test)]
        mod tests {
            use super::*;

            #[test]
            fn every_word_is_read_back_and_no_other() {
                $(for value in $choice::VALUES {
                    assert!($choice::named(value.name()).is_ok_and(|read| read == *value));
                    assert!($choice::named(&value.name().to_lowercase()).is_err());
                })*
            }
        }
    };
}

named! {
    Anaesthesia ChangeKind Laterality Outcome ReasonGroup RuleId SessionState TeamRole TheatreState
}

/// 1 for Monday to 7 for Sunday, as ISO 8601 counts.
pub(crate) fn weekday(number: i8) -> Result<Weekday, jiff::Error> {
    Weekday::from_monday_one_offset(number)
}
