//! The frame around every page: where we are, who is looking, who was proven at the other end.

use std::sync::Arc;

/// Named by templates.
pub(crate) use booking_proto::contract::permission::Permission;

use super::{strip::Strip, undo_offer::UndoOffer};
use crate::{backend::Access, state::AppState, visitor::Visitor};

/// The entry of the navigation that a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Here {
    Board,
    Schedule,
    Waiting,
    NewCase,
    Sessions,
    Reports,
    Audit,
    Import,
    Lookup,
    Accounts,
    Settings,
    Elsewhere,
}

/// What a page may offer to whoever looks.
#[derive(Clone, Debug)]
pub(crate) struct Offers {
    /// What the person may; none while the backend has not said.
    person: Option<Arc<Access>>,
    /// What this front end's account may.
    account: Option<Arc<Access>>,
    /// The accounts page can be opened.
    accounts: bool,
}

impl Offers {
    pub(crate) fn new(state: &AppState, person: Option<&str>) -> Self {
        Self {
            person: state.backend.access(person),
            account: state.backend.access(None),
            accounts: state.accounts.is_some(),
        }
    }

    fn page(&self, need: Need) -> bool {
        let person = self.person.as_ref();
        match need {
            Need::Right(right) => person.is_none_or(|access| access.may(right)),
            Need::Given(right) => person.is_some_and(|access| access.may(right)),
        }
    }
}

/// Without what a page is of no use.
#[derive(Clone, Copy, Debug)]
enum Need {
    /// The person's right.
    Right(Permission),
    /// The same, but a page that few need: offered only once the backend has said yes.
    Given(Permission),
}

/// Used by `base.html`.
pub(crate) struct Frame {
    pub(crate) here: Here,
    pub(crate) visitor: Visitor,
    /// For the forms of this page.
    pub(crate) token: String,
    pub(crate) strip: Strip,
    pub(crate) offers: Offers,
    pub(crate) undo: Option<UndoOffer>,
    /// The last change before the page was put together, for `live_state.html` of pages that live.
    pub(crate) since: String,
}

/// The navigation: where, how it is called, its address, for whom.
const ENTRIES: [(Here, &str, &str, Need); 9] = {
    use Here::{Audit, Board, Import, Lookup, NewCase, Reports, Schedule, Sessions, Waiting};
    use Need::{Given, Right};
    use Permission::{
        AuditRead, BookingInfoGet, CasesImport, CasesRead, CasesRequest, HospitalRead, ReportsRead,
        ScheduleRead,
    };
    [
        (Board, "Board", "/", Right(ScheduleRead)),
        (Schedule, "Schedule", "/schedule", Right(ScheduleRead)),
        (Waiting, "Waiting list", "/waiting", Right(CasesRead)),
        (NewCase, "New case", "/cases/new", Right(CasesRequest)),
        (Sessions, "Sessions", "/sessions", Right(HospitalRead)),
        (Reports, "Reports", "/reports", Right(ReportsRead)),
        (Audit, "Audit", "/audit", Right(AuditRead)),
        (Import, "Import", "/import", Given(CasesImport)),
        (Lookup, "Look-up", "/lookup", Right(BookingInfoGet)),
    ]
};

impl Frame {
    /// Label, address, whether we are there.
    pub(crate) fn entries(&self) -> Vec<(&'static str, &'static str, bool)> {
        let mut entries: Vec<_> = ENTRIES
            .into_iter()
            .filter(|(here, .., need)| *here == self.here || self.offers.page(*need))
            .map(|(here, label, link, _)| (label, link, here == self.here))
            .collect();
        if self.offers.accounts {
            entries.push(("Accounts", "/alts/accounts", self.here == Here::Accounts));
        }
        entries
    }

    /// Whether there is any sense in offering what needs this right.
    pub(crate) fn may(&self, right: Permission) -> bool {
        self.offers.page(Need::Right(right))
    }

    /// This front end's service account, when the backend has said as whom it knows us.
    pub(crate) fn account(&self) -> Option<&str> {
        let account = self.offers.account.as_ref();
        account.map(|access| access.account.as_str())
    }

    pub(crate) fn is_settings(&self) -> bool {
        self.here == Here::Settings
    }
}
