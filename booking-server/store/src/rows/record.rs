//! What has a row of its own: how it is read, added, replaced and removed.

use booking_domain::{
    EquipmentUnit, ProcedureType, ProcedureTypeId, Reason, ReasonCode, Session, SessionId,
    SessionTemplate, Site, SiteId, Staff, StaffId, TemplateId, Theatre, TheatreId, Unavailability,
    UnavailabilityId, UnitId, Version,
};

use crate::{
    ChangeKind, PlannedSlot, StoreError,
    db::{Fields, Row, Sql},
};

/// A table of what has an identifier and a version: its first two columns.
#[derive(Debug)]
pub(crate) struct Table {
    /// What a row of it is, for people.
    pub(crate) what: &'static str,
    pub(crate) name: &'static str,
    /// What is told of a change.
    pub(crate) kind: ChangeKind,
    /// In the order in which they are read and bound.
    pub(crate) columns: &'static str,
}

impl Table {
    /// The identifier's column.
    fn key(&self) -> &'static str {
        self.columns.split(", ").next().unwrap_or_default()
    }
}

/// What has a row of its own, with an identifier and a version.
pub(crate) trait Record: Sized {
    const TABLE: Table;

    /// Whether it may have a slot.
    const TAKES_THEATRE: bool = false;

    /// Reads the columns, from where `f` stands.
    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError>;

    /// Binds the columns.
    fn bind(&self, sql: Sql) -> Sql;

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
    R::read(&mut Fields::of(R::TABLE.name, row))
}

/// Adds what is to be in version 1, or replaces what is in the version before its own.
pub(crate) fn put<R: Item>(record: &R) -> Sql {
    let Table { name, columns, .. } = R::TABLE;
    let numbered = columns.split(", ").zip(1..);
    let sql = if record.version() <= 1 {
        let values: Vec<_> = numbered.map(|(_, n)| format!("${n}")).collect();
        format!(
            "insert into {name} ({columns}) values ({})",
            values.join(", ")
        )
    } else {
        let set: Vec<_> = numbered
            .map(|(column, n)| format!("{column} = ${n}"))
            .collect();
        let (key, set) = (&set[0], set[1..].join(", "));
        format!("update {name} set {set} where {key} and version = $2 - 1")
    };
    record.bind(Sql::owned(sql))
}

/// Removes what is in this version.
pub(crate) fn delete<R: Record>(key: &str, version: Version) -> Sql {
    let name = R::TABLE.name;
    let sql = format!(
        "delete from {name} where {} = $1 and version = $2",
        R::TABLE.key()
    );
    Sql::owned(sql).bind(key).bind(version)
}
