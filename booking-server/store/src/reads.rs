//! Questions to the store, inside one snapshot.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use booking_domain::{
    Case, CaseId, Hospital, PatientId, Session, SessionId, SessionTemplate, StaffId, TemplateId,
    TimeRange, Unavailability, UnavailabilityId,
};

use crate::{
    AuditEvent, AuditQuery, Scope, SessionQuery, StoreError, StoredResponse, UnavailabilityQuery,
};

/// All questions; both a [`Reader`] and a [`Tx`](crate::Tx) answer them.
#[derive(Debug)]
pub struct Reads {
    _private: (),
}

/// A snapshot: what was committed when it was taken, and nothing later.
///
/// Holds a connection. Let go of it before waiting for anything else, a write above all.
#[derive(Debug)]
pub struct Reader {
    reads: Reads,
}

impl Deref for Reader {
    type Target = Reads;

    fn deref(&self) -> &Reads {
        &self.reads
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut Reads {
        &mut self.reads
    }
}

impl Reads {
    /// The hospital as it is in this snapshot.
    pub async fn hospital(&mut self) -> Result<Arc<Hospital>, StoreError> {
        unimplemented!()
    }
    /// A case by its number.
    pub async fn case(&mut self, _id: &CaseId) -> Result<Option<Case>, StoreError> {
        unimplemented!()
    }
    /// Cases by their numbers; those that are not there are left out.
    pub async fn cases_by_id(&mut self, _ids: &[CaseId]) -> Result<Vec<Case>, StoreError> {
        unimplemented!()
    }
    /// A case by the key it was imported under.
    pub async fn cases_by_import_key(&mut self, _keys: &[String]) -> Result<Vec<Case>, StoreError> {
        unimplemented!()
    }
    // `cases(&CaseQuery) -> Vec<Case>` and `surroundings(&[Claim], &TheatreId, except: &[CaseId])
    // -> Surroundings` stand here as soon as the domain has those types.

    /// Every case of `patient` in which `doctor` has a surgical role, in no particular order.
    pub async fn cases_of(
        &mut self,
        _patient: &PatientId,
        _doctor: &StaffId,
    ) -> Result<Vec<Case>, StoreError> {
        unimplemented!()
    }
    /// Every case whose planned footprint overlaps the range, cancelled ones included, by theatre
    /// and start.
    pub async fn day(
        &mut self,
        _scope: &Scope,
        _range: TimeRange,
    ) -> Result<Vec<Case>, StoreError> {
        unimplemented!()
    }
    /// A session by its number.
    pub async fn session(&mut self, _id: &SessionId) -> Result<Option<Session>, StoreError> {
        unimplemented!()
    }
    /// Sessions.
    pub async fn sessions(&mut self, _query: &SessionQuery) -> Result<Vec<Session>, StoreError> {
        unimplemented!()
    }
    /// A template by its number.
    pub async fn template(
        &mut self,
        _id: &TemplateId,
    ) -> Result<Option<SessionTemplate>, StoreError> {
        unimplemented!()
    }
    /// Every template, by number.
    pub async fn templates(&mut self) -> Result<Vec<SessionTemplate>, StoreError> {
        unimplemented!()
    }
    /// A closure or absence by its number.
    pub async fn unavailability(
        &mut self,
        _id: &UnavailabilityId,
    ) -> Result<Option<Unavailability>, StoreError> {
        unimplemented!()
    }
    /// Closures and absences.
    pub async fn unavailabilities(
        &mut self,
        _query: &UnavailabilityQuery,
    ) -> Result<Vec<Unavailability>, StoreError> {
        unimplemented!()
    }
    /// Audit events, the newest first.
    pub async fn audit_page(&mut self, _query: &AuditQuery) -> Result<Vec<AuditEvent>, StoreError> {
        unimplemented!()
    }
    /// What was answered to a principal's request.
    pub async fn request(
        &mut self,
        _principal: &str,
        _request_id: &str,
    ) -> Result<Option<StoredResponse>, StoreError> {
        unimplemented!()
    }
    /// The newest change in this snapshot; where a feed goes on after it.
    pub async fn position(&mut self) -> Result<u64, StoreError> {
        unimplemented!()
    }
}
