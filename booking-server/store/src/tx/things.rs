//! What the hospital has: sites, theatres, staff, equipment, procedure types, reasons.

use booking_domain::{
    EquipmentUnit, ProcedureType, ProcedureTypeId, Reason, ReasonCode, Site, SiteId, Staff,
    StaffId, Theatre, TheatreId, UnitId, Version,
};

use super::Tx;
use crate::{
    ChangeKind, StoreError,
    db::Sql,
    rows::hospital::{
        bind_procedure_type, bind_reason, bind_site, bind_staff, bind_theatre, bind_unit,
    },
};

/// A table of things that have an identifier and a version: its first two columns.
#[derive(Debug)]
pub(super) struct Table {
    /// What a row of it is, for people.
    pub(super) what: &'static str,
    pub(super) name: &'static str,
    pub(super) columns: &'static [&'static str],
}

/// Adds in version 1, or replaces what is in the version before; the parameters are the columns.
pub(super) fn put(table: &Table, version: Version) -> Sql {
    if version <= 1 {
        let columns = table.columns.join(", ");
        let values: Vec<_> = (1..=table.columns.len()).map(|n| format!("${n}")).collect();
        let (name, values) = (table.name, values.join(", "));
        return Sql::owned(format!("insert into {name} ({columns}) values ({values})"));
    }
    let set: Vec<_> = table
        .columns
        .iter()
        .enumerate()
        .skip(1)
        .map(|(index, column)| format!("{column} = ${}", index + 1))
        .collect();
    let (name, id, set) = (table.name, table.columns[0], set.join(", "));
    Sql::owned(format!(
        "update {name} set {set} where {id} = $1 and version = $2 - 1"
    ))
}

pub(super) fn delete(table: &Table, id: &str, version: Version) -> Sql {
    let (name, key) = (table.name, table.columns[0]);
    let sql = format!("delete from {name} where {key} = $1 and version = $2");
    Sql::owned(sql).bind(id).bind(version)
}

impl Tx {
    /// Adds or replaces, as [`put`] has it.
    pub(super) async fn put(
        &mut self,
        table: &Table,
        version: Version,
        sql: Sql,
    ) -> Result<(), StoreError> {
        if version <= 1 {
            self.add(table.what, sql).await
        } else {
            self.replace(table.what, sql).await
        }
    }

    fn hospital_changes(&mut self, kind: ChangeKind, id: &str) {
        self.changed(kind, id, None, None);
        self.hospital_changed = true;
        self.reads.hospital_changed();
    }
}

macro_rules! things {
    ($($table:ident = $what:literal, $name:literal, [$($column:literal),*];
       $type:ident { $id:ident: $id_type:ident } $kind:ident, $bind:ident, $put:ident, $delete:ident;)*) => {
        $(const $table: Table = Table {
            what: $what,
            name: $name,
            columns: &[$($column),*],
        };)*

        impl Tx {
            $(
                #[doc = concat!("Adds or replaces ", $what, ".")]
                ///
                /// # Errors
                ///
                /// [`StoreError::Exists`], [`StoreError::Stale`], or what the database says.
                pub async fn $put(&mut self, thing: &$type) -> Result<(), StoreError> {
                    let sql = $bind(put(&$table, thing.version), thing);
                    self.put(&$table, thing.version, sql).await?;
                    self.hospital_changes(ChangeKind::$kind, thing.$id.as_str());
                    Ok(())
                }

                #[doc = concat!("Removes ", $what, ", to which nothing refers.")]
                ///
                /// # Errors
                ///
                /// [`StoreError::InUse`], [`StoreError::Stale`], or what the database says.
                pub async fn $delete(
                    &mut self,
                    id: &$id_type,
                    version: Version,
                ) -> Result<(), StoreError> {
                    self.remove($what, delete(&$table, id.as_str(), version)).await?;
                    self.hospital_changes(ChangeKind::$kind, id.as_str());
                    Ok(())
                }
            )*
        }
    };
}

things! {
    SITE = "the site", "site", ["id", "version", "name", "time_zone"];
    Site { id: SiteId } Site, bind_site, put_site, delete_site;

    THEATRE = "the theatre", "theatre", [
        "id", "version", "site_id", "name", "list_order", "state", "turnover_min", "capabilities",
        "opening"
    ];
    Theatre { id: TheatreId } Theatre, bind_theatre, put_theatre, delete_theatre;

    STAFF = "the member of staff", "staff", [
        "id", "version", "display_name", "specialty", "roles", "retired", "placeholder"
    ];
    Staff { id: StaffId } Staff, bind_staff, put_staff, delete_staff;

    UNIT = "the piece of equipment", "equipment_unit", [
        "id", "version", "kind", "name", "reprocess_min", "retired"
    ];
    EquipmentUnit { id: UnitId } Unit, bind_unit, put_unit, delete_unit;

    PROCEDURE_TYPE = "the procedure type", "procedure_type", [
        "id", "version", "name", "specialty", "setup_min", "procedure_min", "cleanup_min",
        "required_capabilities", "required_kinds", "laterality_required", "retired"
    ];
    ProcedureType { id: ProcedureTypeId } ProcedureType, bind_procedure_type, put_procedure_type,
    delete_procedure_type;

    REASON = "the reason", "reason", [
        "code", "version", "name", "reason_group", "avoidable", "fhir_code", "retired"
    ];
    Reason { code: ReasonCode } Reason, bind_reason, put_reason, delete_reason;
}
