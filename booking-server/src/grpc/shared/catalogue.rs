//! What services do with the items of the hospital's catalogue: add, change, remove, list, show.

use std::borrow::Borrow;

use booking_proto::{fields, ot::v1};
use booking_store::Item as _;
use prost::{Message, Name};
use prost_types::FieldMask;
use tonic::Request;

use super::{
    GrpcServices, Reply, new_id,
    request::{target, target_in},
};
use crate::{
    app::{CatalogueItem, Create, Delete, HospitalItem, Refusal, Update},
    grpc::{
        convert::item::{ItemMessage, Known},
        fields::{Fields, reading},
        layers::access::Admitted,
        mask,
        wire_form::ByName,
    },
    names::{Named, name, parse},
};

/// The id that a caller chose for something new, or one of ours.
pub(in crate::grpc) fn chosen_id<T: Named>(
    fields: &mut Fields,
    field: &str,
    text: &str,
) -> Option<T> {
    let id = match text {
        "" => T::from_text(&new_id()),
        chosen => T::from_text(chosen),
    };
    fields.take(field, id)
}

/// A request for a list of what the hospital has of one kind.
pub(in crate::grpc) trait ListRequest: Message + Name {
    /// What is in the list.
    type Item: ItemMessage;
    /// How it is answered.
    type Response: Message + Name + Default;

    /// How many, and from where on.
    fn page(&self) -> (i32, &str);

    /// The answer, with the token of the next page.
    fn response(items: Vec<Self::Item>, next_page_token: String) -> Self::Response;
}

macro_rules! lists {
    ($($request:ident -> $response:ident { $items:ident: $item:ident };)*) => {$(
        impl ListRequest for v1::$request {
            type Item = v1::$item;
            type Response = v1::$response;

            fn page(&self) -> (i32, &str) {
                (self.page_size, &self.page_token)
            }

            fn response($items: Vec<v1::$item>, next_page_token: String) -> v1::$response {
                v1::$response { $items, next_page_token }
            }
        }
    )*};
}

lists! {
    ListSitesRequest -> ListSitesResponse { sites: Site };
    ListTheatresRequest -> ListTheatresResponse { theatres: Theatre };
    ListStaffRequest -> ListStaffResponse { staff: Staff };
    ListEquipmentUnitsRequest -> ListEquipmentUnitsResponse { equipment_units: EquipmentUnit };
    ListProcedureTypesRequest -> ListProcedureTypesResponse { procedure_types: ProcedureType };
    ListReasonsRequest -> ListReasonsResponse { reasons: Reason };
    ListSessionTemplatesRequest ->
        ListSessionTemplatesResponse { session_templates: SessionTemplate };
}

/// The order of most lists.
pub(in crate::grpc) fn by_id<T: CatalogueItem>(item: &T) -> String {
    item.id().text().to_owned()
}

/// What the field is called in which requests of this type hold an item.
fn field_of<M: Name, R: Name>() -> &'static str {
    let mut all = fields::of(M::NAME).all.iter();
    let found = all.find(|field| field.message.as_deref() == Some(R::NAME));
    found.map_or("", |field| &*field.name)
}

impl GrpcServices {
    /// Adds an item: `given` is the id that the request chooses for it, and the item.
    pub(in crate::grpc) async fn create<M, R>(
        &self,
        request: Request<M>,
        given: fn(&M) -> (&str, &Option<R>),
    ) -> Reply<R>
    where
        M: Message + Name,
        R: ItemMessage,
    {
        let read = |wire: &M, _: &_, _| {
            let (chosen, item) = given(wire);
            let item = item.clone().unwrap_or_default();
            let created = reading(|fields| {
                let id = chosen_id(fields, &format!("{}_id", field_of::<M, R>()), chosen);
                item.read(fields, Known { id, before: None })
            });
            created.map(Create)
        };
        self.write(request, read, R::of).await
    }

    /// Changes an item: `given` is what the request says of it, and which fields of that are meant.
    pub(in crate::grpc) async fn update<M, R>(
        &self,
        request: Request<M>,
        given: fn(&M) -> (&Option<R>, &Option<FieldMask>),
    ) -> Reply<R>
    where
        M: Message + Name,
        R: ItemMessage,
    {
        let read = |wire: &M, _: &_, _| {
            let (given, mask) = given(wire);
            let (given, mask) = (given.clone().unwrap_or_default(), mask.clone());
            let prefix = format!("{}.", field_of::<M, R>());
            let (id, version) = reading(|fields| target_in(fields, &prefix, &given))?;
            let change = move |before: &R::Item| {
                let merged = mask::update(&R::of(before), &given, mask.as_ref())?;
                let known = Known {
                    id: Some(before.id().clone()),
                    before: Some(before),
                };
                let changed = reading(|fields| merged.read(fields, known))?;
                Ok(changed.at(before.version()))
            };
            Ok(Update {
                id,
                version,
                change: Box::new(change),
            })
        };
        self.write(request, read, R::of).await
    }

    /// Removes an item.
    pub(in crate::grpc) async fn delete<T: CatalogueItem>(
        &self,
        request: Request<impl Name>,
    ) -> Reply<()> {
        let read = |wire: &_, _: &_, _| {
            let (id, version) = reading(|fields| target(fields, wire))?;
            Ok(Delete::<T> { id, version })
        };
        self.write(request, read, |()| ()).await
    }

    /// A page of what the hospital has of a kind, in the order of `key`.
    pub(in crate::grpc) async fn list<L>(
        &self,
        request: Request<L>,
        key: fn(&<L::Item as ItemMessage>::Item) -> String,
    ) -> Reply<L::Response>
    where
        L: ListRequest<Item: ItemMessage<Item: HospitalItem>>,
    {
        self.read(request, |admitted, request| async move {
            let bytes = request.encode_to_vec();
            let retired = ByName::of::<L>(&bytes).flag("show_retired");
            let asked = if retired { "retired" } else { "" };
            let hospital = self.hospital().await?;
            let all = <L::Item as ItemMessage>::Item::all(&hospital).values();
            let all = all.filter(|it| retired || !it.is_retired());
            self.listed(&admitted, &request, &[asked], all, key)
        })
        .await
    }

    /// A page of `all`, which are few enough to be in memory, in the order of `key`.
    pub(in crate::grpc) fn listed<L: ListRequest>(
        &self,
        admitted: &Admitted,
        request: &L,
        asked: &[&str],
        all: impl Iterator<Item = impl Borrow<<L::Item as ItemMessage>::Item>>,
        key: fn(&<L::Item as ItemMessage>::Item) -> String,
    ) -> Result<L::Response, Refusal> {
        let pages = self.pages(admitted, asked);
        let (size, token) = request.page();
        let page = reading(|fields| pages.page(fields, size, token))?;
        let tell = |it: &_| L::Item::of(Borrow::borrow(it));
        let (items, next) = pages.of_sorted(all, &page, |it| key(it.borrow()), tell);
        Ok(L::response(items, next))
    }

    /// An item, by its name.
    pub(in crate::grpc) async fn get<M, R>(
        &self,
        request: Request<M>,
        given: fn(&M) -> &str,
    ) -> Reply<R>
    where
        M: Message + Name,
        R: ItemMessage,
    {
        self.read(request, |_, request| async move {
            let id = reading(|fields| fields.take("name", parse(given(&request))))?;
            let found = self.app.read().await?.find::<R::Item>(&id).await?;
            let found = found.ok_or_else(|| Refusal::NotFound(name(&id)))?;
            Ok(R::of(&found))
        })
        .await
    }
}
