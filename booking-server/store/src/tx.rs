//! Writing, inside the transaction of the lane.

use std::ops::{Deref, DerefMut};

use booking_domain::{
    Case, Claim, EquipmentUnit, ProcedureType, ProcedureTypeId, Reason, ReasonCode, Session,
    SessionId, SessionTemplate, Site, SiteId, Staff, StaffId, TemplateId, Theatre, TheatreId,
    Unavailability, UnavailabilityId, UnitId, Version,
};

use crate::{AuditRecord, Reads, StoreError, StoredResponse};

/// A transaction that may write. It sees what was committed before it and what it wrote itself.
///
/// Decide first, then write: a work that refuses must not have written.
///
/// Every write of a resource goes into the change log by itself. Versions: what is put has the
/// version it shall have; what it replaces must have the one before, else
/// [`StoreError::Stale`]. A first version is 1.
#[derive(Debug)]
pub struct Tx {
    reads: Reads,
}

impl Deref for Tx {
    type Target = Reads;

    fn deref(&self) -> &Reads {
        &self.reads
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Reads {
        &mut self.reads
    }
}

/// A case as it was, as it shall be, and what it then holds.
#[derive(Clone, Debug)]
pub struct CaseUpdate<'a> {
    /// As it was read in this transaction.
    pub before: &'a Case,
    /// As it shall be.
    pub after: &'a Case,
    /// What it then holds; counts only while `after` holds its resources.
    pub claims: &'a [Claim],
}

macro_rules! unfinished {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*);)*) => {
        impl Tx {
            $($(#[$doc])* pub async fn $name(&mut self, $($arg: $type),*) -> Result<(), StoreError> {
                let _ = ($($arg),*);
                unimplemented!()
            })*
        }
    };
}

unfinished! {
    /// Adds a case with what it holds; the claims count only while the case holds its resources.
    insert_case(case: &Case, claims: &[Claim]);
    /// Replaces a case and all it holds.
    update_case(before: &Case, after: &Case, claims: &[Claim]);
    /// Replaces several at once: all they held is let go before anything is taken, so that two may
    /// swap.
    update_cases(updates: &[CaseUpdate<'_>]);
    /// Adds or replaces.
    put_site(site: &Site);
    /// Adds or replaces.
    put_theatre(theatre: &Theatre);
    /// Adds or replaces.
    put_staff(staff: &Staff);
    /// Adds or replaces.
    put_unit(unit: &EquipmentUnit);
    /// Adds or replaces.
    put_procedure_type(procedure_type: &ProcedureType);
    /// Adds or replaces.
    put_reason(reason: &Reason);
    /// Adds or replaces. [`StoreError::Overlap`] when another stands in the theatre then.
    put_session(session: &Session);
    /// Adds or replaces.
    put_template(template: &SessionTemplate);
    /// Adds or replaces.
    put_unavailability(unavailability: &Unavailability);
    /// Removes what nothing refers to; else [`StoreError::InUse`].
    delete_site(id: &SiteId, version: Version);
    /// Removes what nothing refers to; else [`StoreError::InUse`].
    delete_theatre(id: &TheatreId, version: Version);
    /// Removes what nothing refers to; else [`StoreError::InUse`].
    delete_staff(id: &StaffId, version: Version);
    /// Removes what nothing refers to; else [`StoreError::InUse`].
    delete_unit(id: &UnitId, version: Version);
    /// Removes what nothing refers to; else [`StoreError::InUse`].
    delete_procedure_type(id: &ProcedureTypeId, version: Version);
    /// Removes what nothing refers to; else [`StoreError::InUse`].
    delete_reason(code: &ReasonCode);
    /// Removes what nothing refers to; else [`StoreError::InUse`].
    delete_session(id: &SessionId, version: Version);
    /// Removes what nothing refers to; else [`StoreError::InUse`].
    delete_template(id: &TemplateId, version: Version);
    /// Removes it.
    delete_unavailability(id: &UnavailabilityId, version: Version);
}

impl Tx {
    /// Appends to the audit; sealed into the chain at the commit.
    pub fn audit(&mut self, _record: AuditRecord) {
        unimplemented!()
    }

    /// Keeps the answer to a principal's request.
    pub fn remember(&mut self, _principal: &str, _request_id: &str, _response: StoredResponse) {
        unimplemented!()
    }
}
