//! What the hospital's catalogues share: theatres, staff, equipment, procedure types and reasons are
//! listed, made, changed and retired alike. Which calls keep each is the table in this file; what may be
//! typed of one thing and how it is shown has a file for each catalogue.

use booking_proto::ot::v1;
use clap::Args;
use prost::{Message, Name};
use prost_types::FieldMask;

use crate::{
    connection::{EVERYTHING, HospitalClient, Service},
    failure::Failure,
    printing::{Column, Printer},
    reading::{ChangeArgs, UpdateMask, WriteArgs, resource},
};

/// A thing that a catalogue is of, and the calls that keep it.
pub trait CatalogueItem: Message + Name + Default + 'static {
    /// The first part of its names.
    const COLLECTION: &'static str;

    /// With this name and version.
    fn named(self, name: String, etag: String) -> Self;

    /// All of them, in the service's order.
    fn list(
        service: &Service,
        show_retired: bool,
    ) -> impl Future<Output = Result<Vec<Self>, Failure>>;

    /// A new one.
    fn create(
        self,
        service: &Service,
        id: String,
        write: WriteArgs,
    ) -> impl Future<Output = Result<Self, Failure>>;

    /// The fields that the mask names.
    fn update(
        self,
        service: &Service,
        mask: FieldMask,
        write: WriteArgs,
    ) -> impl Future<Output = Result<Self, Failure>>;
}

/// The calls of one catalogue and those of another differ in their types alone.
macro_rules! catalogues {
    ($($item:ident in $collection:literal {
        $list:ident($list_request:ident) -> $items:ident,
        $create:ident($create_request:ident { $id:ident, $field:ident }),
        $update:ident($update_request:ident),
    })+) => { $(
        impl CatalogueItem for v1::$item {
            const COLLECTION: &'static str = $collection;

            fn named(self, name: String, etag: String) -> Self {
                Self { name, etag, ..self }
            }

            async fn list(service: &Service, show_retired: bool) -> Result<Vec<Self>, Failure> {
                let request = v1::$list_request { show_retired, ..Default::default() };
                service.list(HospitalClient::$list, request, EVERYTHING).await
            }

            async fn create(
                self,
                service: &Service,
                id: String,
                write: WriteArgs,
            ) -> Result<Self, Failure> {
                let request = v1::$create_request {
                    $id: id,
                    $field: Some(self),
                    request_id: write.request_id(),
                    validate_only: write.dry_run,
                };
                service.call(HospitalClient::$create, request).await
            }

            async fn update(
                self,
                service: &Service,
                mask: FieldMask,
                write: WriteArgs,
            ) -> Result<Self, Failure> {
                let request = v1::$update_request {
                    $field: Some(self),
                    update_mask: Some(mask),
                    request_id: write.request_id(),
                    validate_only: write.dry_run,
                };
                service.call(HospitalClient::$update, request).await
            }
        }
    )+ };
}

catalogues! {
    Theatre in "theatres" {
        list_theatres(ListTheatresRequest) -> theatres,
        create_theatre(CreateTheatreRequest { theatre_id, theatre }),
        update_theatre(UpdateTheatreRequest),
    }
    Staff in "staff" {
        list_staff(ListStaffRequest) -> staff,
        create_staff(CreateStaffRequest { staff_id, staff }),
        update_staff(UpdateStaffRequest),
    }
    EquipmentUnit in "equipmentUnits" {
        list_equipment_units(ListEquipmentUnitsRequest) -> equipment_units,
        create_equipment_unit(CreateEquipmentUnitRequest { equipment_unit_id, equipment_unit }),
        update_equipment_unit(UpdateEquipmentUnitRequest),
    }
    ProcedureType in "procedureTypes" {
        list_procedure_types(ListProcedureTypesRequest) -> procedure_types,
        create_procedure_type(CreateProcedureTypeRequest { procedure_type_id, procedure_type }),
        update_procedure_type(UpdateProcedureTypeRequest),
    }
    Reason in "reasons" {
        list_reasons(ListReasonsRequest) -> reasons,
        create_reason(CreateReasonRequest { reason_id, reason }),
        update_reason(UpdateReasonRequest),
    }
}

/// What may be typed of a thing, for a new one and for a change alike, and how such things are shown.
pub trait ItemFields: Args {
    /// The thing.
    type Item: CatalogueItem;
    /// What stands for its identifier in usage lines.
    const NOUN: &'static str;
    /// What a new one's identifier is called in the help.
    const IDENTIFIER: &'static str = "Its identifier";
    /// What one that is there is called in the help.
    const WHICH: &'static str = "Which";
    /// How it is shown.
    const COLUMNS: &'static [Column<Self::Item, ()>];

    /// Puts what was typed into `item`, and tells which fields that were.
    fn put(self, item: &mut Self::Item) -> UpdateMask;
}

/// Prints some of a catalogue.
pub fn show<F: ItemFields>(items: &[F::Item], printer: &mut Printer) -> Result<(), Failure> {
    Ok(printer.table(F::COLUMNS, items, &())?)
}

/// Changes one field, or a few, of the thing with this identifier.
pub async fn amend<F: ItemFields>(
    item: F::Item,
    mask: FieldMask,
    (id, change): (&str, ChangeArgs),
    (service, printer): (&Service, &mut Printer),
) -> Result<(), Failure> {
    let item = item.named(resource(F::Item::COLLECTION, id), change.etag);
    let changed = item.update(service, mask, change.write).await?;
    show::<F>(&[changed], printer)
}

/// Which things to list.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Also those no longer in use
    #[arg(long)]
    retired: bool,
}

impl ListArgs {
    /// Lists them.
    pub async fn run<F: ItemFields>(
        self,
        service: &Service,
        printer: &mut Printer,
    ) -> Result<(), Failure> {
        show::<F>(&F::Item::list(service, self.retired).await?, printer)
    }
}

/// A new thing.
#[derive(Debug, Args)]
pub struct CreateArgs<F: ItemFields> {
    #[arg(value_name = F::NOUN, help = F::IDENTIFIER)]
    id: String,
    #[command(flatten)]
    fields: F,
    #[command(flatten)]
    write: WriteArgs,
}

impl<F: ItemFields> CreateArgs<F> {
    /// Makes it, out of `item` and what was typed.
    pub async fn run(
        self,
        mut item: F::Item,
        service: &Service,
        printer: &mut Printer,
    ) -> Result<(), Failure> {
        self.fields.put(&mut item);
        let item = item.named(resource(F::Item::COLLECTION, &self.id), String::new());
        show::<F>(&[item.create(service, self.id, self.write).await?], printer)
    }
}

/// Changes to a thing.
#[derive(Debug, Args)]
pub struct UpdateArgs<F: ItemFields> {
    #[arg(value_name = F::NOUN, help = F::WHICH)]
    id: String,
    #[command(flatten)]
    fields: F,
    #[command(flatten)]
    change: ChangeArgs,
}

impl<F: ItemFields> UpdateArgs<F> {
    /// Changes what was typed.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        let mut item = F::Item::default();
        let mask = self.fields.put(&mut item).finish()?;
        amend::<F>(item, mask, (&self.id, self.change), (service, printer)).await
    }
}

/// Out of use, or in use again.
#[derive(Debug, Args)]
pub struct RetireArgs {
    /// Which
    id: String,
    /// In use again
    #[arg(long)]
    undo: bool,
    #[command(flatten)]
    change: ChangeArgs,
}

impl RetireArgs {
    /// Retires the thing, or takes that back: `retired` is its field.
    pub async fn run<F: ItemFields>(
        self,
        retired: fn(&mut F::Item) -> &mut bool,
        service: &Service,
        printer: &mut Printer,
    ) -> Result<(), Failure> {
        let mut item = F::Item::default();
        let mut mask = UpdateMask::default();
        mask.put("retired", Some(!self.undo), retired(&mut item));
        amend::<F>(
            item,
            mask.finish()?,
            (&self.id, self.change),
            (service, printer),
        )
        .await
    }
}
