//! What the article's question and the health check need of a store: little, so that tests can
//! stand in for it.

use std::{future::Future, sync::Arc};

use booking_domain::{Case, Hospital, PatientId, StaffId};
use booking_store::{Store, StoreError};

/// A store that can be asked the article's question.
pub(crate) trait Bookings: Clone + Send + Sync + 'static {
    /// Every case of `patient` in which `doctor` has a surgical role, and the hospital.
    fn cases_of(
        &self,
        patient: &PatientId,
        doctor: &StaffId,
    ) -> impl Future<Output = Result<(Vec<Case>, Arc<Hospital>), StoreError>> + Send;

    /// Reads something, to find out whether anything can be read.
    fn probe(&self) -> impl Future<Output = Result<(), StoreError>> + Send;
}

impl Bookings for Store {
    async fn cases_of(
        &self,
        patient: &PatientId,
        doctor: &StaffId,
    ) -> Result<(Vec<Case>, Arc<Hospital>), StoreError> {
        let mut snapshot = self.read().await?;
        let cases = snapshot.cases_of(patient, doctor).await?;
        Ok((cases, snapshot.hospital().await?))
    }

    async fn probe(&self) -> Result<(), StoreError> {
        Self::probe(self).await
    }
}
