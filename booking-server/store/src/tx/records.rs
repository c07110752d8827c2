//! What has one row: all that the hospital has, its sessions and their templates, closures and
//! absences.

use booking_domain::Version;

use super::transaction::Tx;
use crate::{
    PlannedSlot, StoreError,
    rows::{Item, Record, by_key, delete, put, read},
};

impl Tx {
    /// Adds or replaces.
    ///
    /// # Errors
    ///
    /// [`StoreError::Exists`], [`StoreError::Stale`], [`StoreError::Overlap`] where a theatre is
    /// another's then, or what the database says.
    pub async fn put<T: Item>(&mut self, item: &T) -> Result<(), StoreError> {
        let (what, id) = (T::TABLE.what, T::key(item.id()));
        let mut before = None;
        if item.version() <= 1 {
            self.add(what, put(item)).await?;
        } else {
            before = self.slot_of::<T>(id).await?;
            self.replace(what, put(item)).await?;
        }
        self.record_changed::<T>(id, before, item.slot());
        Ok(())
    }

    /// Removes that to which nothing refers.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`], [`StoreError::Stale`], or what the database says.
    pub async fn delete<T: Item>(
        &mut self,
        id: &T::Id,
        version: Version,
    ) -> Result<(), StoreError> {
        let id = T::key(id);
        let before = self.slot_of::<T>(id).await?;
        self.remove(T::TABLE.what, delete::<T>(id, version)).await?;
        self.record_changed::<T>(id, before, None);
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
