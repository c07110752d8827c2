//! What has a row of its own: how it is read, added, replaced and removed.

use booking_domain::{
    EquipmentUnit, ProcedureType, ProcedureTypeId, Reason, ReasonCode, Session, SessionId,
    SessionTemplate, Site, SiteId, Staff, StaffId, TemplateId, Theatre, TheatreId, Unavailability,
    UnavailabilityId, UnitId, Version,
};

use crate::{
    ChangeKind, PlannedSlot, StoreError,
    db::{Column, Fields, Row, Sql, Value},
};

/// A table of what has an identifier and a version: its first two columns.
#[derive(Debug)]
pub(crate) struct Table {
    /// What a row of it is, for people.
    pub(crate) what: &'static str,
    pub(crate) name: &'static str,
    /// What is told of a change.
    pub(crate) kind: ChangeKind,
    /// In the order in which they are read and written.
    pub(crate) columns: &'static str,
}

impl Table {
    /// The identifier's column.
    fn key(&self) -> &'static str {
        self.columns.split(", ").next().unwrap_or_default()
    }
}

/// What has a row of its own, with an identifier and a version.
pub(crate) trait Record: Column {
    const TABLE: Table;

    /// Whether it may have a slot.
    const TAKES_THEATRE: bool = false;

    /// When and where it takes a theatre, if it does.
    fn slot(&self) -> Option<PlannedSlot> {
        None
    }
}

/// What is read, added, replaced and removed by its identifier.
#[expect(
    private_bounds,
    reason = "what has a row is for the store alone to say"
)]
pub trait Item: Record {
    /// Its identifier.
    type Id;

    /// Its identifier.
    fn id(&self) -> &Self::Id;

    /// The text of an identifier.
    fn key(id: &Self::Id) -> &str;

    /// Its version.
    fn version(&self) -> Version;

    /// The same, in another version.
    #[must_use]
    fn at(self, version: Version) -> Self;
}

macro_rules! items {
    ($($item:ident { $key:ident: $id:ident })*) => {$(
        impl Item for $item {
            type Id = $id;

            fn id(&self) -> &$id {
                &self.$key
            }

            fn key(id: &$id) -> &str {
                id.as_str()
            }

            fn version(&self) -> Version {
                self.version
            }

            fn at(self, version: Version) -> Self {
                Self { version, ..self }
            }
        }
    )*};
}

items! {
    Site { id: SiteId }
    Theatre { id: TheatreId }
    Staff { id: StaffId }
    EquipmentUnit { id: UnitId }
    ProcedureType { id: ProcedureTypeId }
    Reason { code: ReasonCode }
    Session { id: SessionId }
    SessionTemplate { id: TemplateId }
    Unavailability { id: UnavailabilityId }
}

/// A record by its table and its fields, each with the columns that it is in: the one of its own name
/// where none are given.
macro_rules! record {
    (
        $type:ident, $what:literal in $table:literal, told of as $kind:ident {
            $key:ident, $($field:ident $(in $columns:literal)?),* $(,)?
        } $($rest:item)*
    ) => {
        $crate::db::columns!($type { $key, $($field),* });

        impl $crate::rows::Record for $type {
            const TABLE: $crate::rows::record::Table = $crate::rows::record::Table {
                what: $what,
                name: $table,
                kind: $crate::ChangeKind::$kind,
                columns: concat!(
                    stringify!($key)
                    $(, ", ", $crate::rows::record::record!(@columns $field $($columns)?))*
                ),
            };

            $($rest)*
        }
    };
    (@columns $field:ident) => { stringify!($field) };
    (@columns $field:ident $columns:literal) => { $columns };
}
pub(crate) use record;

/// All rows, to which conditions can be added.
pub(crate) fn select<R: Record>() -> Sql {
    let Table { name, columns, .. } = R::TABLE;
    Sql::owned(format!("select {columns} from {name} where true"))
}

/// The row of this identifier.
pub(crate) fn by_key<R: Record>(key: &str) -> Sql {
    let mut sql = select::<R>();
    sql.push(" and ").push(R::TABLE.key()).push(" = ").arg(key);
    sql
}

/// A row of [`select`].
pub(crate) fn read<R: Record>(row: &Row) -> Result<R, StoreError> {
    Fields::of(R::TABLE.name, row).take()
}

/// Adds what is to be in version 1, or replaces what is in the version before its own.
pub(crate) fn put<R: Item>(record: &R) -> Sql {
    let Table { name, columns, .. } = R::TABLE;
    let before = (record.version() > 1).then(|| record.version() - 1);
    put_row(name, columns, record.values(), before)
}

/// Adds a row of these columns, the identifier's the first of them, or replaces the one that is in
/// version `before`.
pub(super) fn put_row(
    table: &str,
    columns: &str,
    values: Vec<Value>,
    before: Option<Version>,
) -> Sql {
    let mut sql = Sql::default();
    let Some(before) = before else {
        sql.push("insert into ").push(table).push(" (");
        sql.push(columns).push(") values ").list(values);
        return sql;
    };
    sql.push("update ").push(table).push(" set ");
    let mut columns = columns.split(", ").zip(values);
    let key = columns.next();
    for (index, (column, value)) in columns.enumerate() {
        sql.push(if index == 0 { "" } else { ", " });
        sql.push(column).push(" = ").arg(value);
    }
    if let Some((column, value)) = key {
        sql.push(" where ").push(column).push(" = ").arg(value);
    }
    sql.push(" and version = ").arg(before);
    sql
}

/// Removes what is in this version.
pub(crate) fn delete<R: Record>(key: &str, version: Version) -> Sql {
    let (name, column) = (R::TABLE.name, R::TABLE.key());
    let sql = format!("delete from {name} where {column} = $1 and version = $2");
    Sql::owned(sql).bind(key).bind(version)
}
