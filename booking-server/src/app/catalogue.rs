//! The hospital's catalogue (theatres, staff, sessions, …): one way to add, change and remove an item,
//! whatever it is.

use std::collections::BTreeMap;

use booking_domain::{
    Case, CaseCondition, CaseQuery, CaseState, EquipmentUnit, Hospital, ProcedureType, Reason,
    Session, SessionOwner, SessionTemplate, Site, Staff, Subject, Theatre, TheatreId, TheatreState,
    Unavailability, Version,
};
use booking_store::{Item, StoreError, UnavailabilityQuery};
use serde::Serialize;
use tonic::async_trait;

use super::{
    refusal::Refusal,
    unit_of_work::{UnitOfWork, UseCase, check_version},
};
use crate::names::{Named, name};

/// The most cases that are looked at for a change of what they hold; more cannot be planned into
/// one theatre or session, or with one unit, in years.
const MAX_AFFECTED: u32 = 100_000;

/// Something that the hospital has.
pub(crate) trait CatalogueItem:
    Item<Id: Named + Clone + Send + Sync> + Serialize + PartialEq + Clone + Send + Sync + 'static
{
    /// Refuses one that names what the hospital does not have.
    fn check(&self, _hospital: &Hospital) -> Result<(), Refusal> {
        Ok(())
    }

    /// Among which planned cases are those that hold something else, now that this is no longer as
    /// `_before`; and whether one of these is.
    fn affected(&self, _before: &Self) -> Option<(CaseCondition, Affects<Self>)> {
        None
    }

    /// Whose closures or absences it is that may name it.
    fn subject(&self) -> Option<Subject> {
        None
    }
}

/// An item that is part of [`Hospital`].
pub(crate) trait HospitalItem: CatalogueItem<Id: Ord> {
    /// All of them.
    fn all(hospital: &Hospital) -> &BTreeMap<Self::Id, Self>;

    /// Whether it is no longer booked.
    fn is_retired(&self) -> bool;
}

/// Whether what a case holds depends on an item.
pub(crate) type Affects<T> = fn(&T, &Case) -> bool;

/// Adds an item.
pub(crate) struct Create<T>(pub(crate) T);

#[async_trait]
impl<T: CatalogueItem> UseCase for Create<T> {
    type Answer = T;

    async fn perform(&self, work: &mut UnitOfWork<'_>) -> Result<T, Refusal> {
        let item = &self.0;
        item.check(&work.hospital)?;
        if work.tx.find::<T>(item.id()).await?.is_some() {
            return Err(Refusal::Exists(name(item.id())));
        }
        work.put(None, item, "").await?;
        Ok(item.clone())
    }
}

/// What an update makes of an item.
pub(crate) type Change<T> = Box<dyn Fn(&T) -> Result<T, Refusal> + Send + Sync>;

/// Changes an item.
pub(crate) struct Update<T: CatalogueItem> {
    pub(crate) id: T::Id,
    pub(crate) version: Option<Version>,
    pub(crate) change: Change<T>,
}

#[async_trait]
impl<T: CatalogueItem> UseCase for Update<T> {
    type Answer = T;

    async fn perform(&self, work: &mut UnitOfWork<'_>) -> Result<T, Refusal> {
        let before = work.item::<T>(&self.id, self.version).await?;
        let after = (self.change)(&before)?;
        after.check(&work.hospital)?;
        if after == before {
            return Ok(before);
        }
        let affected = match after.affected(&before) {
            Some((condition, affects)) => {
                let mut holding = work.holding(condition).await?;
                holding.retain(|case| affects(&after, case));
                holding
            }
            None => Vec::new(),
        };
        let after = work.replace(&before, after, "").await?;
        if !affected.is_empty() {
            // What they hold follows from the hospital as it is from now on.
            work.hospital = work.tx.hospital().await?;
            let again = affected.into_iter().map(|case| (case.clone(), case));
            work.change_cases(again.collect(), &name(&self.id)).await?;
        }
        Ok(after)
    }
}

/// Removes something that was never used.
pub(crate) struct Delete<T: CatalogueItem> {
    pub(crate) id: T::Id,
    pub(crate) version: Option<Version>,
}

#[async_trait]
impl<T: CatalogueItem> UseCase for Delete<T> {
    type Answer = ();

    async fn perform(&self, work: &mut UnitOfWork<'_>) -> Result<(), Refusal> {
        let before = work.item::<T>(&self.id, self.version).await?;
        let version = before.version();
        if let Some(subject) = before.subject()
            && work.is_unavailable_at_times(subject).await?
        {
            return Err(StoreError::InUse(name(&self.id)).into());
        }
        let deleted = work.tx.delete::<T>(&self.id, version).await;
        deleted.map_err(|error| match error {
            StoreError::InUse(_) => Refusal::Store(StoreError::InUse(name(&self.id))),
            other => other.into(),
        })?;
        work.tell(name(&self.id), Some((version, &before)), None, "");
        Ok(())
    }
}

impl UnitOfWork<'_> {
    /// Something, in the version that the caller knows, if they say which.
    pub(super) async fn item<T: CatalogueItem>(
        &mut self,
        id: &T::Id,
        version: Option<Version>,
    ) -> Result<T, Refusal> {
        let found = self.tx.find::<T>(id).await?;
        let found = found.ok_or_else(|| Refusal::NotFound(name(id)))?;
        check_version(name(id), found.version(), version)?;
        Ok(found)
    }

    /// Replaces something, one version on.
    pub(super) async fn replace<T: CatalogueItem>(
        &mut self,
        before: &T,
        after: T,
        reason: &str,
    ) -> Result<T, Refusal> {
        let after = after.at(before.version() + 1);
        self.put(Some(before), &after, reason).await?;
        Ok(after)
    }

    /// Adds or replaces something, and tells the audit.
    pub(super) async fn put<T: CatalogueItem>(
        &mut self,
        before: Option<&T>,
        after: &T,
        reason: &str,
    ) -> Result<(), Refusal> {
        self.tx.put(after).await.map_err(|error| match error {
            // Of all things only sessions stand in each other's way.
            StoreError::Overlap => Refusal::SessionOverlap,
            other => other.into(),
        })?;
        let before = before.map(|before| (before.version(), before));
        self.tell(
            name(after.id()),
            before,
            Some((after.version(), after)),
            reason,
        );
        Ok(())
    }

    /// Whether any closure or absence names it.
    async fn is_unavailable_at_times(&mut self, subject: Subject) -> Result<bool, StoreError> {
        let query = UnavailabilityQuery {
            subjects: vec![subject],
            range: None,
        };
        Ok(!self.tx.unavailabilities(&query).await?.is_empty())
    }

    /// The cases that hold their resources, of those of which `condition` holds.
    pub(super) async fn holding(&mut self, condition: CaseCondition) -> Result<Vec<Case>, Refusal> {
        let states = CaseState::ALL.into_iter().filter(|state| state.holds());
        let query = CaseQuery {
            conditions: vec![CaseCondition::StateIn(states.collect()), condition],
            limit: MAX_AFFECTED,
            ..CaseQuery::default()
        };
        Ok(self.tx.cases(&query).await?)
    }
}

/// A field that names what is not there.
fn missing(field: &str) -> Refusal {
    Refusal::field(field, "does not exist")
}

fn known_theatre(hospital: &Hospital, theatre: &TheatreId, field: &str) -> Result<(), Refusal> {
    let known = hospital.theatres.contains_key(theatre);
    known.then_some(()).ok_or_else(|| missing(field))
}

fn known_owner(hospital: &Hospital, owner: &SessionOwner, field: &str) -> Result<(), Refusal> {
    match owner {
        SessionOwner::Surgeon(staff) if !hospital.staff.contains_key(staff) => Err(missing(field)),
        _ => Ok(()),
    }
}

macro_rules! hospital_items {
    ($($item:ident in $all:ident, retired: $is_retired:expr;)*) => {$(
        impl HospitalItem for $item {
            fn all(hospital: &Hospital) -> &BTreeMap<Self::Id, Self> {
                &hospital.$all
            }

            fn is_retired(&self) -> bool {
                let is_retired: fn(&Self) -> bool = $is_retired;
                is_retired(self)
            }
        }
    )*};
}

hospital_items! {
    Site in sites, retired: |_| false;
    Theatre in theatres, retired: |it| it.state == TheatreState::Retired;
    Staff in staff, retired: |it| it.retired;
    EquipmentUnit in units, retired: |it| it.retired;
    ProcedureType in procedure_types, retired: |it| it.retired;
    Reason in reasons, retired: |it| it.retired;
}

impl CatalogueItem for Site {}

impl CatalogueItem for Theatre {
    fn check(&self, hospital: &Hospital) -> Result<(), Refusal> {
        let known = hospital.sites.contains_key(&self.site);
        known.then_some(()).ok_or_else(|| missing("theatre.site"))
    }

    fn affected(&self, before: &Self) -> Option<(CaseCondition, Affects<Self>)> {
        let differs = self.turnover_min != before.turnover_min;
        let in_it = || CaseCondition::TheatreIn(vec![self.id.clone()]);
        differs.then(|| (in_it(), (|_, _| true) as Affects<Self>))
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::Theatre(self.id.clone()))
    }
}

impl CatalogueItem for Staff {
    fn subject(&self) -> Option<Subject> {
        Some(Subject::Staff(self.id.clone()))
    }
}

impl CatalogueItem for EquipmentUnit {
    fn affected(&self, before: &Self) -> Option<(CaseCondition, Affects<Self>)> {
        // No condition asks for a unit: all that are planned are looked through, which is rare.
        let with_it: Affects<Self> = |unit, case| case.details.units.contains(&unit.id);
        let differs = self.reprocess_min != before.reprocess_min;
        differs.then_some((CaseCondition::Waiting(false), with_it))
    }
}

impl CatalogueItem for ProcedureType {}

impl CatalogueItem for Reason {}

impl CatalogueItem for Unavailability {
    fn check(&self, hospital: &Hospital) -> Result<(), Refusal> {
        let known = match &self.subject {
            Subject::Theatre(id) => hospital.theatres.contains_key(id),
            Subject::Staff(id) => hospital.staff.contains_key(id),
            Subject::Unit(id) => hospital.units.contains_key(id),
        };
        known
            .then_some(())
            .ok_or_else(|| missing("unavailability.subject"))
    }
}

impl CatalogueItem for Session {
    fn check(&self, hospital: &Hospital) -> Result<(), Refusal> {
        known_theatre(hospital, &self.theatre, "session.theatre")?;
        known_owner(hospital, &self.owner, "session.owner")
    }
}

impl CatalogueItem for SessionTemplate {
    fn check(&self, hospital: &Hospital) -> Result<(), Refusal> {
        known_theatre(hospital, &self.theatre, "session_template.theatre")?;
        known_owner(hospital, &self.owner, "session_template.owner")
    }
}
