//! The items of the hospital's catalogue, as the contract has them: what serves them all is written once.

use prost::{Message, Name};

use crate::{app::CatalogueItem, grpc::fields::Fields};

/// A message of the contract that is an item of the catalogue.
pub(in crate::grpc) trait ItemMessage:
    Message + Name + Clone + Default + 'static
{
    /// What it is in the domain.
    type Item: CatalogueItem;

    /// An item, as callers see it.
    fn of(item: &Self::Item) -> Self;

    /// The item that it asks for, in its first version; `fields` has noted why where there is none.
    fn read(&self, fields: &mut Fields, known: Known<'_, Self::Item>) -> Option<Self::Item>;
}

/// What is known of an item beside what it is asked to be.
pub(in crate::grpc) struct Known<'a, T: CatalogueItem> {
    /// Its id, unless that was refused.
    pub(in crate::grpc) id: Option<T::Id>,
    /// What it has been until now, when it is there already.
    pub(in crate::grpc) before: Option<&'a T>,
}
