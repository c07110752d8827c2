//! Sessions, templates, closures and absences.

use booking_domain::{
    Session, SessionId, SessionTemplate, Subject, TemplateId, Unavailability, UnavailabilityId,
    Version,
};

use super::{Tx, place};
use crate::{
    ChangeKind, Place, StoreError,
    rows::session::{bind_session, bind_template, bind_unavailability},
    tx::things::{Table, delete, put},
};

const SESSION: Table = Table {
    what: "the session",
    name: "session",
    columns: &[
        "id",
        "version",
        "theatre_id",
        "start_us",
        "end_us",
        "owner_kind",
        "owner_surgeon",
        "owner_specialty",
        "anaesthetist",
        "general_anaesthesia",
        "paediatric",
        "release_at_us",
        "state",
        "template_id",
        "template_date",
        "note",
    ],
};

const TEMPLATE: Table = Table {
    what: "the session template",
    name: "session_template",
    columns: &[
        "id",
        "version",
        "theatre_id",
        "owner_kind",
        "owner_surgeon",
        "owner_specialty",
        "anaesthetist",
        "general_anaesthesia",
        "paediatric",
        "weekday",
        "start_minute",
        "end_minute",
        "every_weeks",
        "weeks_of_month",
        "first_date",
        "last_date",
        "release_before_us",
    ],
};

const UNAVAILABILITY: Table = Table {
    what: "the closure or absence",
    name: "unavailability",
    columns: &[
        "id", "version", "kind", "resource", "start_us", "end_us", "reason",
    ],
};

fn session_place(session: &Session) -> Place {
    place(&session.theatre, session.range)
}

/// Only a theatre's closure has a place.
fn closed(unavailability: &Unavailability) -> Option<Place> {
    match &unavailability.subject {
        Subject::Theatre(theatre) => Some(place(theatre, unavailability.range)),
        Subject::Staff(_) | Subject::Unit(_) => None,
    }
}

impl Tx {
    /// Adds or replaces a session.
    ///
    /// # Errors
    ///
    /// [`StoreError::Overlap`] when another has the theatre then, [`StoreError::Stale`], or what
    /// the database says.
    pub async fn put_session(&mut self, session: &Session) -> Result<(), StoreError> {
        let before = match session.version {
            1 => None,
            _ => self.session(&session.id).await?.as_ref().map(session_place),
        };
        let sql = bind_session(put(&SESSION, session.version), session);
        self.put(&SESSION, session.version, sql).await?;
        let after = Some(session_place(session));
        self.changed(ChangeKind::Session, session.id.as_str(), before, after);
        Ok(())
    }

    /// Removes a session that no case lies in.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`], [`StoreError::Stale`], or what the database says.
    pub async fn delete_session(
        &mut self,
        id: &SessionId,
        version: Version,
    ) -> Result<(), StoreError> {
        let before = self.session(id).await?.as_ref().map(session_place);
        self.remove(SESSION.what, delete(&SESSION, id.as_str(), version))
            .await?;
        self.changed(ChangeKind::Session, id.as_str(), before, None);
        Ok(())
    }

    /// Adds or replaces a template.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`], or what the database says.
    pub async fn put_template(&mut self, template: &SessionTemplate) -> Result<(), StoreError> {
        let sql = bind_template(put(&TEMPLATE, template.version), template);
        self.put(&TEMPLATE, template.version, sql).await?;
        self.changed(
            ChangeKind::SessionTemplate,
            template.id.as_str(),
            None,
            None,
        );
        Ok(())
    }

    /// Removes a template that no session was made from.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`], [`StoreError::Stale`], or what the database says.
    pub async fn delete_template(
        &mut self,
        id: &TemplateId,
        version: Version,
    ) -> Result<(), StoreError> {
        self.remove(TEMPLATE.what, delete(&TEMPLATE, id.as_str(), version))
            .await?;
        self.changed(ChangeKind::SessionTemplate, id.as_str(), None, None);
        Ok(())
    }

    /// Adds or replaces a closure or absence.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`], or what the database says.
    pub async fn put_unavailability(
        &mut self,
        unavailability: &Unavailability,
    ) -> Result<(), StoreError> {
        let id = &unavailability.id;
        let before = match unavailability.version {
            1 => None,
            _ => self.unavailability(id).await?.as_ref().and_then(closed),
        };
        let sql = put(&UNAVAILABILITY, unavailability.version);
        let sql = bind_unavailability(sql, unavailability);
        self.put(&UNAVAILABILITY, unavailability.version, sql)
            .await?;
        let after = closed(unavailability);
        self.changed(ChangeKind::Unavailability, id.as_str(), before, after);
        Ok(())
    }

    /// Removes a closure or absence.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`], or what the database says.
    pub async fn delete_unavailability(
        &mut self,
        id: &UnavailabilityId,
        version: Version,
    ) -> Result<(), StoreError> {
        let before = self.unavailability(id).await?.as_ref().and_then(closed);
        let sql = delete(&UNAVAILABILITY, id.as_str(), version);
        self.remove(UNAVAILABILITY.what, sql).await?;
        self.changed(ChangeKind::Unavailability, id.as_str(), before, None);
        Ok(())
    }
}
