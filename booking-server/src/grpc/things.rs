//! What all services do with what the hospital has: add, change, remove, list, show.

use std::marker::PhantomData;

use booking_proto::ot::v1;
use prost_types::FieldMask;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::{
    convert::values::version,
    desk::{Admitted, Desk, Redact, WriteRequest, reading},
    fields::Fields,
    mask::{self, Updatable},
    paging::Page,
};
use crate::{
    app::{Create, Delete, Refusal, Thing, Update},
    domain::Hospital,
    names::{Named, name, parse},
};

impl Desk {
    /// Adds something: `read` says what the request makes of it.
    pub(super) async fn create<M, T, R>(
        &self,
        request: Request<M>,
        read: impl FnOnce(&mut Fields, &M) -> Option<T>,
        respond: fn(&T) -> R,
    ) -> Result<Response<R>, Status>
    where
        M: WriteRequest,
        T: Thing,
        R: prost::Message + Default + Redact + 'static,
    {
        let read = |wire: &M, _: &_, _| Ok(Create(reading(|fields| read(fields, wire))?));
        self.write(request, read, respond).await
    }

    /// Changes something: `read` makes it anew of what is there and the merged message.
    pub(super) async fn update<M, T, R>(
        &self,
        request: Request<M>,
        given: impl FnOnce(&M) -> (Option<R>, Option<FieldMask>),
        read: fn(&mut Fields, &T, &R) -> Option<T>,
        respond: fn(&T) -> R,
    ) -> Result<Response<R>, Status>
    where
        M: WriteRequest,
        T: Thing,
        R: Updatable + Redact + 'static,
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

    /// Removes something.
    pub(super) async fn delete<M, T>(
        &self,
        request: Request<M>,
        target: impl FnOnce(&M) -> (&str, &str),
    ) -> Result<Response<()>, Status>
    where
        M: WriteRequest,
        T: Thing,
    {
        let read = |wire: &M, _: &_, _| {
            let (name, etag) = target(wire);
            reading(|fields| {
                let id = fields.take("name", parse(name));
                let version = fields.take("etag", version(etag));
                Some(Delete::<T> {
                    id: id?,
                    version: version?,
                    what: PhantomData,
                })
            })
        };
        self.write(request, read, |()| ()).await
    }

    /// One page of what the hospital has of a kind.
    pub(super) async fn listed<M, T, R: prost::Message>(
        &self,
        request: Request<M>,
        page: impl FnOnce(&M) -> (i32, &str, bool),
        all: impl FnOnce(&Hospital, bool) -> Vec<T>,
        key: impl Fn(&T) -> String,
        respond: fn(&T) -> R,
    ) -> Result<(Vec<R>, String), Status> {
        let admitted = Admitted::of(&request)?;
        let request = request.into_inner();
        let (size, token, retired) = page(&request);
        let pages = self.pages(&admitted, &[if retired { "retired" } else { "" }]);
        let page: Page<String> = reading(|fields| pages.page(fields, size, token))?;
        let hospital = self.app.store().hospital().await.map_err(Refusal::from)?;
        let all = all(&hospital, retired).into_iter();
        Ok(pages.of_sorted(all, &page, key, respond))
    }

    /// One thing of the hospital.
    pub(super) async fn got<T: Named, V: Clone, R>(
        &self,
        wire: &str,
        find: impl FnOnce(&Hospital, &T) -> Option<V>,
        respond: fn(&V) -> R,
    ) -> Result<Response<R>, Status> {
        let id: T = reading(|fields| fields.take("name", parse(wire)))?;
        let hospital = self.app.store().hospital().await.map_err(Refusal::from)?;
        let found = find(&hospital, &id).ok_or_else(|| Refusal::NotFound(name(&id)))?;
        Ok(Response::new(respond(&found)))
    }
}

/// A number for something whose number nobody chose.
pub(super) fn new_id() -> String {
    Uuid::now_v7().to_string()
}

impl Redact for () {}
impl Redact for v1::Site {}
impl Redact for v1::Theatre {}
impl Redact for v1::Staff {}
impl Redact for v1::EquipmentUnit {}
impl Redact for v1::ProcedureType {}
impl Redact for v1::Reason {}
impl Redact for v1::Unavailability {}
