//! The frame around every page: where we are, who is looking, who was proven at the other end.

use super::{strip::Strip, undo::UndoOffer};
use crate::visitor::Visitor;

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
    Lookup,
    Accounts,
    Settings,
    Elsewhere,
}

/// Used by `base.html`.
pub(crate) struct Frame {
    pub(crate) here: Here,
    pub(crate) visitor: Visitor,
    /// For the forms of this page.
    pub(crate) token: String,
    pub(crate) strip: Strip,
    /// The accounts page can be opened.
    pub(crate) accounts: bool,
    pub(crate) undo: Option<UndoOffer>,
    /// The last change before the page was put together, for `live_state.html` of pages that live.
    pub(crate) since: String,
}

/// The navigation: where, how it is called, its address.
const ENTRIES: [(Here, &str, &str); 8] = [
    (Here::Board, "Board", "/"),
    (Here::Schedule, "Schedule", "/schedule"),
    (Here::Waiting, "Waiting list", "/waiting"),
    (Here::NewCase, "New case", "/cases/new"),
    (Here::Sessions, "Sessions", "/sessions"),
    (Here::Reports, "Reports", "/reports"),
    (Here::Audit, "Audit", "/audit"),
    (Here::Lookup, "Look-up", "/lookup"),
];

impl Frame {
    /// Label, address, whether we are there.
    pub(crate) fn entries(&self) -> Vec<(&'static str, &'static str, bool)> {
        let accounts = (Here::Accounts, "Accounts", "/alts/accounts");
        let all = ENTRIES.into_iter().chain(self.accounts.then_some(accounts));
        all.map(|(here, label, link)| (label, link, here == self.here))
            .collect()
    }

    pub(crate) fn is_settings(&self) -> bool {
        self.here == Here::Settings
    }
}
