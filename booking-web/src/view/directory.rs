//! Names for people of what the contract calls by resource names.

use std::collections::BTreeMap;

use booking_proto::ot::v1::{Reason, Session, Staff, Theatre, session_owner::Owner};

use super::wording::id;

/// Display names by resource name. What is not in it is called by its id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directory(BTreeMap<String, String>);

impl Directory {
    pub(crate) fn staff(mut self, staff: &[Staff]) -> Self {
        self.take(staff.iter().map(|one| (&one.name, &one.display_name)));
        self
    }

    pub(crate) fn theatres<'a>(mut self, theatres: impl IntoIterator<Item = &'a Theatre>) -> Self {
        let theatres = theatres.into_iter();
        self.take(theatres.map(|one| (&one.name, &one.display_name)));
        self
    }

    pub(crate) fn reasons(mut self, reasons: &[Reason]) -> Self {
        self.take(reasons.iter().map(|one| (&one.name, &one.display_name)));
        self
    }

    fn take<'a>(&mut self, names: impl Iterator<Item = (&'a String, &'a String)>) {
        let given = names.filter(|(_, display_name)| !display_name.is_empty());
        self.0
            .extend(given.map(|(name, display_name)| (name.clone(), display_name.clone())));
    }

    /// What people call it.
    pub(crate) fn name<'a>(&'a self, resource: &'a str) -> &'a str {
        self.0
            .get(resource)
            .map_or_else(|| id(resource), String::as_str)
    }

    /// Whose a session is.
    pub(crate) fn owner(&self, session: &Session) -> String {
        match session
            .owner
            .as_ref()
            .and_then(|owner| owner.owner.as_ref())
        {
            Some(Owner::Surgeon(staff)) => self.name(staff).to_owned(),
            Some(Owner::Specialty(specialty)) => specialty.clone(),
            Some(Owner::Emergency(_)) => "Emergencies".to_owned(),
            Some(Owner::Open(_)) | None => "Open".to_owned(),
        }
    }
}
