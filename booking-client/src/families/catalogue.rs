//! What the hospital's catalogues share: theatres, staff, equipment, procedure types and reasons are
//! listed, made, changed and retired alike. Which calls keep each is the table in this file; what may be
//! typed of one thing and how it is shown has a file for each catalogue.

use booking_proto::ot::v1;
use clap::{Args, Subcommand};
use prost_types::FieldMask;

use crate::{
    connection::{Answer, Call, EVERYTHING, Page, Service},
    failure::Failure,
    printing::{Column, Printer},
    reading::{ChangeArgs, UpdateMask, WriteArgs, resource},
};

/// A thing that a catalogue is of, and the requests that keep it.
pub trait CatalogueItem: Answer {
    /// The first part of its names.
    const COLLECTION: &'static str;
    /// Asks for all of them, in the service's order.
    type List: Page<Item = Self>;
    /// Makes one.
    type Create: Call<Answer = Self>;
    /// Changes the fields that a mask names.
    type Update: Call<Answer = Self>;

    /// With this name and version.
    fn named(self, name: String, etag: String) -> Self;
    /// All of them.
    fn list(show_retired: bool) -> Self::List;
    /// A new one.
    fn create(self, id: String, write: WriteArgs) -> Self::Create;
    /// The fields that the mask names.
    fn update(self, mask: FieldMask, write: WriteArgs) -> Self::Update;
}

/// The requests of one catalogue and those of another differ in their types alone.
macro_rules! catalogues {
    ($($item:ident in $collection:literal by $list:ident, $create:ident, $update:ident { $id:ident, $field:ident })+) => { $(
        impl CatalogueItem for v1::$item {
            const COLLECTION: &'static str = $collection;
            type List = v1::$list;
            type Create = v1::$create;
            type Update = v1::$update;

            fn named(self, name: String, etag: String) -> Self {
                Self { name, etag, ..self }
            }

            fn list(show_retired: bool) -> v1::$list {
                v1::$list { show_retired, ..Default::default() }
            }

            fn create(self, $id: String, write: WriteArgs) -> v1::$create {
                v1::$create {
                    $id,
                    $field: Some(self),
                    request_id: write.request_id(),
                    validate_only: write.dry_run,
                }
            }

            fn update(self, mask: FieldMask, write: WriteArgs) -> v1::$update {
                v1::$update {
                    $field: Some(self),
                    update_mask: Some(mask),
                    request_id: write.request_id(),
                    validate_only: write.dry_run,
                }
            }
        }
    )+ };
}

catalogues! {
    Theatre in "theatres"
        by ListTheatresRequest, CreateTheatreRequest, UpdateTheatreRequest { theatre_id, theatre }
    Staff in "staff"
        by ListStaffRequest, CreateStaffRequest, UpdateStaffRequest { staff_id, staff }
    EquipmentUnit in "equipmentUnits"
        by ListEquipmentUnitsRequest, CreateEquipmentUnitRequest, UpdateEquipmentUnitRequest
        { equipment_unit_id, equipment_unit }
    ProcedureType in "procedureTypes"
        by ListProcedureTypesRequest, CreateProcedureTypeRequest, UpdateProcedureTypeRequest
        { procedure_type_id, procedure_type }
    Reason in "reasons"
        by ListReasonsRequest, CreateReasonRequest, UpdateReasonRequest { reason_id, reason }
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

/// What is said of a catalogue whose things can be retired.
pub trait Retirable: ItemFields {
    /// What its commands do.
    const LIST: &'static str = "All of them";
    /// Makes one.
    const CREATE: &'static str = "A new one";
    /// Changes one.
    const UPDATE: &'static str = "Change only what is given";
    /// Retires one, or takes that back.
    const RETIRE: &'static str = "No longer used; --undo turns it round";
    /// The help of its flags: to list the retired too, to take that back.
    const RETIRED: &'static str = "Also those no longer in use";
    /// In use again.
    const UNDO: &'static str = "In use again";
    /// What stands for the identifier of one that is retired.
    const ONE: &'static str = "ID";
    /// What follows the commands in the help.
    const MANUAL: &'static str;

    /// The field that says so.
    fn retired(item: &mut Self::Item) -> &mut bool;
}

/// What can be done with every such catalogue.
#[derive(Debug, Subcommand)]
#[command(after_help = F::MANUAL)]
pub enum Catalogue<F: Retirable> {
    /// All of them
    #[command(about = F::LIST, display_order = 0)]
    #[command(mut_arg("retired", |arg| arg.help(F::RETIRED)))]
    List(ListArgs),
    /// A new one
    #[command(about = F::CREATE)]
    Create(CreateArgs<F>),
    /// Change only what is given
    #[command(about = F::UPDATE)]
    Update(UpdateArgs<F>),
    /// Out of use, or in use again
    #[command(about = F::RETIRE)]
    #[command(mut_arg("id", |arg| arg.value_name(F::ONE).help(F::WHICH)))]
    #[command(mut_arg("undo", |arg| arg.help(F::UNDO)))]
    Retire(RetireArgs),
}

impl<F: Retirable> Catalogue<F> {
    /// Does what was typed.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        let mut item = F::Item::default();
        match self {
            Self::List(args) => args.run::<F>(service, printer).await,
            Self::Create(args) => args.run(item, service, printer).await,
            Self::Update(args) => args.run(service, printer).await,
            Self::Retire(RetireArgs { id, undo, change }) => {
                let mut mask = UpdateMask::default();
                mask.put("retired", Some(!undo), F::retired(&mut item));
                amend::<F>(item, mask, (&id, change), (service, printer)).await
            }
        }
    }
}

/// Prints some of a catalogue.
pub fn show<F: ItemFields>(items: &[F::Item], printer: &mut Printer) -> Result<(), Failure> {
    Ok(printer.table(F::COLUMNS, items, &())?)
}

/// Changes the fields that the mask names, of the thing with this identifier.
pub async fn amend<F: ItemFields>(
    item: F::Item,
    mask: UpdateMask,
    (id, change): (&str, ChangeArgs),
    (service, printer): (&Service, &mut Printer),
) -> Result<(), Failure> {
    let item = item.named(resource(F::Item::COLLECTION, id), change.etag);
    let changed = item.update(mask.finish()?, change.write);
    show::<F>(&[service.call(changed).await?], printer)
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
        let all = service.list(F::Item::list(self.retired), EVERYTHING);
        show::<F>(&all.await?, printer)
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
        let made = service.call(item.create(self.id, self.write));
        show::<F>(&[made.await?], printer)
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
        let mask = self.fields.put(&mut item);
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
