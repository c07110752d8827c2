//! The frame around every page: where we are, who is looking, who was proven at the other end.

use std::sync::Arc;

/// Named by templates.
pub(crate) use booking_proto::contract::permission::Permission;

use super::{strip::Strip, undo_offer::UndoOffer};
use crate::{
    backend::{Access, Refusal},
    visitor::Visitor,
};

/// A page that few need: offered only once the backend has said that the person has the right.
const IMPORT: &str = "/import";

/// The navigation: address, how it is called, the right without which it is of no use.
const ENTRIES: [(&str, &str, Permission); 9] = [
    ("/", "Board", Permission::ScheduleRead),
    ("/schedule", "Schedule", Permission::ScheduleRead),
    ("/waiting", "Waiting list", Permission::CasesRead),
    ("/cases/new", "New case", Permission::CasesRequest),
    ("/sessions", "Sessions", Permission::HospitalRead),
    ("/reports", "Reports", Permission::ReportsRead),
    ("/audit", "Audit", Permission::AuditRead),
    (IMPORT, "Import", Permission::CasesImport),
    ("/lookup", "Look-up", Permission::BookingInfoGet),
];
const ACCOUNTS: &str = "/alts/accounts";
const SETTINGS: &str = "/settings";

/// Used by `base.html`.
pub(crate) struct Frame {
    /// The page's path.
    pub(crate) path: String,
    pub(crate) visitor: Visitor,
    /// For the forms of this page.
    pub(crate) token: String,
    pub(crate) strip: Strip,
    /// What the person may; none while the backend has not said.
    pub(crate) person: Option<Arc<Access>>,
    /// What this front end's account may.
    pub(crate) account: Option<Arc<Access>>,
    /// The accounts page can be opened.
    pub(crate) accounts: bool,
    pub(crate) undo: Option<UndoOffer>,
    /// What was asked for and refused, of which the page tells.
    pub(crate) refusal: Option<Refusal>,
    /// The last change before the page was put together, for `live_state.html` of pages that live.
    pub(crate) since: String,
}

impl Frame {
    /// Address, label, whether we are there.
    pub(crate) fn entries(&self) -> Vec<(&'static str, &'static str, bool)> {
        let offered = ENTRIES.into_iter().filter(|(link, _, right)| {
            let unknown = *link != IMPORT;
            let person = self.person.as_ref();
            self.is_at(link) || person.map_or(unknown, |access| access.may(*right))
        });
        let accounts = self.accounts.then_some((ACCOUNTS, "Accounts"));
        let all = offered
            .map(|(link, label, _)| (link, label))
            .chain(accounts);
        all.map(|(link, label)| (link, label, self.is_at(link)))
            .collect()
    }

    /// Whether this page belongs to an entry: its own page, or one behind it.
    fn is_at(&self, entry: &str) -> bool {
        let path = match self.path.as_str() {
            "/booking" => "/lookup",
            "/begin" => SETTINGS,
            path => path,
        };
        let behind = path.strip_prefix(entry);
        behind.is_some_and(|rest| rest.is_empty() || entry != "/" && rest.starts_with('/'))
    }

    /// Whether there is any sense in offering what needs this right: yes, unless the backend has said no.
    pub(crate) fn may(&self, right: Permission) -> bool {
        let person = self.person.as_ref();
        person.is_none_or(|access| access.may(right))
    }

    pub(crate) fn is_settings(&self) -> bool {
        self.is_at(SETTINGS)
    }
}
