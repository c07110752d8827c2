//! What has one row: all that the hospital has, its sessions and their templates, closures and
//! absences.

use booking_domain::{
    EquipmentUnit, ProcedureType, ProcedureTypeId, Reason, ReasonCode, Session, SessionId,
    SessionTemplate, Site, SiteId, Staff, StaffId, TemplateId, Theatre, TheatreId, Unavailability,
    UnavailabilityId, UnitId, Version,
};

use super::transaction::Tx;
use crate::{
    PlannedSlot, StoreError,
    rows::{Record, by_key, delete, put, read},
};

impl Tx {
    async fn put_record<R: Record>(
        &mut self,
        record: &R,
        id: &str,
        version: Version,
    ) -> Result<(), StoreError> {
        let table = R::TABLE;
        if version <= 1 {
            self.add(table.what, put(record, version)).await?;
            self.record_changed::<R>(id, None, record.slot());
        } else {
            let before = self.slot_of::<R>(id).await?;
            self.replace(table.what, put(record, version)).await?;
            self.record_changed::<R>(id, before, record.slot());
        }
        Ok(())
    }

    async fn delete_record<R: Record>(
        &mut self,
        id: &str,
        version: Version,
    ) -> Result<(), StoreError> {
        let before = self.slot_of::<R>(id).await?;
        self.remove(R::TABLE.what, delete::<R>(id, version)).await?;
        self.record_changed::<R>(id, before, None);
        Ok(())
    }

    /// When and where it has taken a theatre until now.
    async fn slot_of<R: Record>(&mut self, id: &str) -> Result<Option<PlannedSlot>, StoreError> {
        if !R::TAKES_THEATRE {
            return Ok(None);
        }
        let row = self.row(by_key::<R>(id)).await?;
        let before = row.as_ref().map(read::<R>).transpose()?;
        Ok(before.and_then(|before| before.slot()))
    }

    fn record_changed<R: Record>(
        &mut self,
        id: &str,
        before: Option<PlannedSlot>,
        after: Option<PlannedSlot>,
    ) {
        let kind = R::TABLE.kind;
        self.changed(kind, id, before, after);
        if kind.is_of_hospital() {
            self.hospital_changed = true;
            self.reads.hospital_changed();
        }
    }
}

macro_rules! records {
    ($($type:ident { $id:ident: $id_type:ident } $put:ident, $delete:ident;)*) => {
        impl Tx {
            $(
                /// Adds or replaces.
                ///
                /// # Errors
                ///
                /// [`StoreError::Exists`], [`StoreError::Stale`], [`StoreError::Overlap`] where a
                /// theatre is another's then, or what the database says.
                pub async fn $put(&mut self, record: &$type) -> Result<(), StoreError> {
                    self.put_record(record, record.$id.as_str(), record.version).await
                }

                /// Removes that to which nothing refers.
                ///
                /// # Errors
                ///
                /// [`StoreError::InUse`], [`StoreError::Stale`], or what the database says.
                pub async fn $delete(
                    &mut self,
                    id: &$id_type,
                    version: Version,
                ) -> Result<(), StoreError> {
                    self.delete_record::<$type>(id.as_str(), version).await
                }
            )*
        }
    };
}

records! {
    Site { id: SiteId } put_site, delete_site;
    Theatre { id: TheatreId } put_theatre, delete_theatre;
    Staff { id: StaffId } put_staff, delete_staff;
    EquipmentUnit { id: UnitId } put_unit, delete_unit;
    ProcedureType { id: ProcedureTypeId } put_procedure_type, delete_procedure_type;
    Reason { code: ReasonCode } put_reason, delete_reason;
    Session { id: SessionId } put_session, delete_session;
    SessionTemplate { id: TemplateId } put_template, delete_template;
    Unavailability { id: UnavailabilityId } put_unavailability, delete_unavailability;
}
