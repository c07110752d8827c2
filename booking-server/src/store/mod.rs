//! What the hospital's cases are remembered in.
//!
//! [`Store`] is all that the rest of the server knows: it asks for domain types and gets domain
//! types or a [`StoreError`]. [`SqliteStore`] keeps them in one file for one server.

mod error;
mod location;
mod seed;
mod sqlite;

use std::future::Future;

pub use error::{OpenError, StoreError};
pub use location::{InvalidDatabaseUrl, Location};
pub use seed::{Seed, UnknownSeed};
pub use sqlite::SqliteStore;

use crate::domain::{DoctorId, PatientId, SurgicalCase};

/// A place that cases are read from.
pub trait Store: Send + Sync + 'static {
    /// Every case of `patient` in which `doctor` has a surgical role, in no particular order.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the question cannot be answered in full.
    fn cases_of(
        &self,
        patient: &PatientId,
        doctor: &DoctorId,
    ) -> impl Future<Output = Result<Vec<SurgicalCase>, StoreError>> + Send;

    /// Reads something, to find out whether anything can be read.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when nothing can.
    fn probe(&self) -> impl Future<Output = Result<(), StoreError>> + Send;
}
