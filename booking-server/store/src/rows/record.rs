//! What has a row of its own: how it is read, added, replaced and removed.

use booking_domain::Version;

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

/// Adds what is to be in version 1, or replaces what is in the version before `version`.
pub(crate) fn put<R: Record>(record: &R, version: Version) -> Sql {
    let Table { name, columns, .. } = R::TABLE;
    let numbered = columns.split(", ").zip(1..);
    let sql = if version <= 1 {
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
