//! What services do with the items of the hospital's catalogue: add, change, remove, list, show.

use std::marker::PhantomData;

use prost::{Message, Name};
use prost_types::FieldMask;
use tonic::Request;

use super::{
    GrpcServices, Reply,
    request::{Targeted, WriteRequest},
};
use crate::{
    app::{CatalogueItem, Create, Delete, HospitalItem, Refusal, Update},
    grpc::{
        convert::values::version,
        fields::{Fields, reading},
        layers::access::Admitted,
        mask::{self, Updatable},
    },
    names::{name, parse},
};

impl GrpcServices {
    /// Adds an item: `read` says what the request makes of it.
    pub(in crate::grpc) async fn create<M, T, R>(
        &self,
        request: Request<M>,
        read: impl FnOnce(&mut Fields, &M) -> Option<T>,
        respond: fn(&T) -> R,
    ) -> Reply<R>
    where
        M: WriteRequest,
        T: CatalogueItem,
        R: Message + Name + Default + 'static,
    {
        let read = |wire: &M, _: &_, _| Ok(Create(reading(|fields| read(fields, wire))?));
        self.write(request, read, respond).await
    }

    /// Changes an item: `read` makes it anew of what is there and the merged message.
    pub(in crate::grpc) async fn update<M, T, R>(
        &self,
        request: Request<M>,
        given: impl FnOnce(&M) -> (Option<R>, Option<FieldMask>),
        read: fn(&mut Fields, &T, &R) -> Option<T>,
        respond: fn(&T) -> R,
    ) -> Reply<R>
    where
        M: WriteRequest,
        T: CatalogueItem,
        R: Updatable + 'static,
    {
        let read = |wire: &M, _: &_, _| {
            let (given, mask) = given(wire);
            let given = given.unwrap_or_default();
            let (id, version) = reading(|fields| {
                let id = fields.take(format!("{}.name", R::FIELD), parse(given.name()));
                let etag = format!("{}.etag", R::FIELD);
                let version = fields.take(etag, version(given.etag()));
                Some((id?, version?))
            })?;
            let change = move |before: &T| {
                let merged = mask::update(&respond(before), &given, mask.as_ref())?;
                reading(|fields| read(fields, before, &merged))
            };
            Ok(Update {
                id,
                version,
                change: Box::new(change),
            })
        };
        self.write(request, read, respond).await
    }

    /// Removes an item.
    pub(in crate::grpc) async fn delete<T: CatalogueItem>(
        &self,
        request: Request<impl Targeted>,
    ) -> Reply<()> {
        let read = |wire: &_, _: &_, _| {
            let (id, version) = reading(|fields| Targeted::target(wire, fields))?;
            Ok(Delete::<T> {
                id,
                version,
                what: PhantomData,
            })
        };
        self.write(request, read, |()| ()).await
    }

    /// One page of the hospital's items of a kind, and the token of the next.
    pub(in crate::grpc) async fn listed<T: HospitalItem, R: Message>(
        &self,
        admitted: &Admitted,
        (size, token, retired): (i32, &str, bool),
        key: impl Fn(&T) -> String,
        respond: fn(&T) -> R,
    ) -> Result<(Vec<R>, String), Refusal> {
        let pages = self.pages(admitted, &[if retired { "retired" } else { "" }]);
        let page = reading(|fields| pages.page(fields, size, token))?;
        let hospital = self.hospital().await?;
        let all = T::all(&hospital).values();
        let all = all.filter(|it| retired || !it.is_retired());
        Ok(pages.of_sorted(all, &page, |it| key(it), |it| respond(it)))
    }

    /// One item of the hospital.
    pub(in crate::grpc) async fn got<T: HospitalItem, R>(
        &self,
        wire: &str,
        respond: fn(&T) -> R,
    ) -> Result<R, Refusal> {
        let id = reading(|fields| fields.take("name", parse::<T::Id>(wire)))?;
        let hospital = self.hospital().await?;
        let found = T::all(&hospital).get(&id);
        found
            .map(respond)
            .ok_or_else(|| Refusal::NotFound(name(&id)))
    }
}
