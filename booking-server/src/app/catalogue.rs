//! The hospital's catalogue (theatres, staff, sessions, …): one way to add, change and remove an item,
//! whatever it is.

use std::{collections::BTreeMap, marker::PhantomData};

use booking_domain::{
    Case, CaseCondition, CaseQuery, CaseState, EquipmentUnit, Hospital, ProcedureType,
    ProcedureTypeId, Reason, ReasonCode, Session, SessionId, SessionOwner, SessionTemplate, Site,
    SiteId, Staff, StaffId, Subject, TemplateId, Theatre, TheatreId, TheatreState, Unavailability,
    UnavailabilityId, UnitId, Version,
};
use booking_store::{StoreError, Tx, UnavailabilityQuery};
use serde::Serialize;
use tonic::async_trait;

use super::{
    refusal::Refusal,
    unit_of_work::{UnitOfWork, UseCase, check_version},
};
use crate::names::{Named, name};

/// The most cases that are looked at for a change of what they hold; more cannot be planned into
/// one theatre, or with one unit, in years.
const MAX_AFFECTED: u32 = 100_000;

/// Something that the hospital has.
#[async_trait]
pub(crate) trait CatalogueItem:
    Serialize + PartialEq + Clone + Send + Sync + Sized + 'static
{
    /// Its id.
    type Id: Named + Clone + Send + Sync;

    /// Its id.
    fn id(&self) -> &Self::Id;

    /// Its version.
    fn version(&self) -> Version;

    /// The same, in another version.
    fn at(self, version: Version) -> Self;

    /// The one of this id.
    async fn find(work: &mut UnitOfWork<'_>, id: &Self::Id) -> Result<Option<Self>, StoreError>;

    /// Adds or replaces it.
    async fn put(&self, tx: &mut Tx) -> Result<(), StoreError>;

    /// Removes it.
    async fn delete(tx: &mut Tx, id: &Self::Id, version: Version) -> Result<(), StoreError>;

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

/// Adds someitem.
pub(crate) struct Create<T>(pub(crate) T);

#[async_trait]
impl<T: CatalogueItem> UseCase for Create<T> {
    type Answer = T;

    async fn perform(&self, work: &mut UnitOfWork<'_>) -> Result<T, Refusal> {
        let item = &self.0;
        item.check(&work.hospital)?;
        if T::find(work, item.id()).await?.is_some() {
            return Err(Refusal::Exists(name(item.id())));
        }
        work.put(None, item, "").await?;
        Ok(item.clone())
    }
}

/// What an update makes of an item.
pub(crate) type Change<T> = Box<dyn Fn(&T) -> Result<T, Refusal> + Send + Sync>;

/// Changes someitem.
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
    pub(crate) what: PhantomData<T>,
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
        let deleted = T::delete(work.tx, &self.id, version).await;
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
        let found = T::find(self, id).await?;
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
        after.put(self.tx).await.map_err(|error| match error {
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
    async fn holding(&mut self, condition: CaseCondition) -> Result<Vec<Case>, Refusal> {
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

/// The part of [`CatalogueItem`] that is the same for all but in names; the rest comes after.
macro_rules! catalogue_item {
    (
        $item:ident by $key:ident: $id:ty, $put:ident, $delete:ident,
        |$work:ident, $wanted:ident| $find:expr; $($rest:item)*
    ) => {
        #[async_trait]
        impl CatalogueItem for $item {
            type Id = $id;

            fn id(&self) -> &$id {
                &self.$key
            }

            fn version(&self) -> Version {
                self.version
            }

            fn at(self, version: Version) -> Self {
                Self { version, ..self }
            }

            async fn find(
                $work: &mut UnitOfWork<'_>,
                $wanted: &$id,
            ) -> Result<Option<Self>, StoreError> {
                $find
            }

            async fn put(&self, tx: &mut Tx) -> Result<(), StoreError> {
                tx.$put(self).await
            }

            async fn delete(tx: &mut Tx, id: &$id, version: Version) -> Result<(), StoreError> {
                tx.$delete(id, version).await
            }

            $($rest)*
        }
    };
}

/// What is part of [`Hospital`], in `$all`.
macro_rules! hospital_item {
    (
        $item:ident by $key:ident: $id:ty, $put:ident, $delete:ident,
        in $all:ident, retired: $retired:expr; $($rest:item)*
    ) => {
        impl HospitalItem for $item {
            fn all(hospital: &Hospital) -> &BTreeMap<$id, Self> {
                &hospital.$all
            }

            fn is_retired(&self) -> bool {
                let retired: fn(&Self) -> bool = $retired;
                retired(self)
            }
        }

        catalogue_item!(
            $item by $key: $id, $put, $delete,
            |work, id| Ok(work.hospital.$all.get(id).cloned()); $($rest)*
        );
    };
}

hospital_item!(Site by id: SiteId, put_site, delete_site, in sites, retired: |_| false;);

hospital_item!(
    Theatre by id: TheatreId, put_theatre, delete_theatre,
    in theatres, retired: |it| it.state == TheatreState::Retired;
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
);

hospital_item!(
    Staff by id: StaffId, put_staff, delete_staff, in staff, retired: |it| it.retired;
    fn subject(&self) -> Option<Subject> {
        Some(Subject::Staff(self.id.clone()))
    }
);

hospital_item!(
    EquipmentUnit by id: UnitId, put_unit, delete_unit, in units, retired: |it| it.retired;
    fn affected(&self, before: &Self) -> Option<(CaseCondition, Affects<Self>)> {
        // No condition asks for a unit: all that are planned are looked through, which is rare.
        let with_it: Affects<Self> = |unit, case| case.details.units.contains(&unit.id);
        let differs = self.reprocess_min != before.reprocess_min;
        differs.then_some((CaseCondition::Waiting(false), with_it))
    }
);

hospital_item!(
    ProcedureType by id: ProcedureTypeId, put_procedure_type, delete_procedure_type,
    in procedure_types, retired: |it| it.retired;
);

hospital_item!(
    Reason by code: ReasonCode, put_reason, delete_reason, in reasons, retired: |it| it.retired;
);

catalogue_item!(
    Unavailability by id: UnavailabilityId, put_unavailability, delete_unavailability,
    |work, id| work.tx.unavailability(id).await;
    fn check(&self, hospital: &Hospital) -> Result<(), Refusal> {
        let known = match &self.subject {
            Subject::Theatre(id) => hospital.theatres.contains_key(id),
            Subject::Staff(id) => hospital.staff.contains_key(id),
            Subject::Unit(id) => hospital.units.contains_key(id),
        };
        known.then_some(()).ok_or_else(|| missing("unavailability.subject"))
    }
);

catalogue_item!(
    Session by id: SessionId, put_session, delete_session,
    |work, id| work.tx.session(id).await;
    fn check(&self, hospital: &Hospital) -> Result<(), Refusal> {
        known_theatre(hospital, &self.theatre, "session.theatre")?;
        known_owner(hospital, &self.owner, "session.owner")
    }
);

catalogue_item!(
    SessionTemplate by id: TemplateId, put_template, delete_template,
    |work, id| work.tx.template(id).await;
    fn check(&self, hospital: &Hospital) -> Result<(), Refusal> {
        known_theatre(hospital, &self.theatre, "session_template.theatre")?;
        known_owner(hospital, &self.owner, "session_template.owner")
    }
);
