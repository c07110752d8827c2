//! The hospital, which is read whole and written record by record.

use std::collections::BTreeMap;

use booking_domain::{
    Capability, EquipmentKind, EquipmentUnit, Hospital, OpeningRule, ProcedureType,
    ProcedureTypeId, Reason, ReasonCode, Site, SiteId, Specialty, Staff, StaffId, TeamRole,
    Theatre, TheatreId, UnitId,
};
use jiff::tz::TimeZone;

use super::{
    case::footprint,
    json::{ids, json, json_ids},
    record::{Record, Table, read as read_row, select},
};
use crate::{
    ChangeKind, StoreError,
    db::{Conn, Fields, Sql},
    names::{Named, weekday},
};

/// Reads all of it, as it stands at `revision`.
pub(crate) async fn read(conn: &mut Conn, revision: u64) -> Result<Hospital, StoreError> {
    Ok(Hospital {
        revision,
        sites: keyed(conn, |site: &Site| site.id.clone()).await?,
        theatres: keyed(conn, |theatre: &Theatre| theatre.id.clone()).await?,
        staff: keyed(conn, |staff: &Staff| staff.id.clone()).await?,
        units: keyed(conn, |unit: &EquipmentUnit| unit.id.clone()).await?,
        procedure_types: keyed(conn, |procedure: &ProcedureType| procedure.id.clone()).await?,
        reasons: keyed(conn, |reason: &Reason| reason.code.clone()).await?,
    })
}

async fn keyed<K: Ord, R: Record>(
    conn: &mut Conn,
    key: impl Fn(&R) -> K,
) -> Result<BTreeMap<K, R>, StoreError> {
    let rows = conn.rows(select::<R>()).await?;
    let records = rows.iter().map(read_row::<R>);
    records
        .map(|record| record.map(|record| (key(&record), record)))
        .collect()
}

impl Record for Site {
    const TABLE: Table = Table {
        what: "the site",
        name: "site",
        kind: ChangeKind::Site,
        columns: "id, version, name, time_zone",
    };

    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: f.parse(SiteId::parse)?,
            version: f.number()?,
            name: f.text()?,
            zone: f.parse(TimeZone::get)?,
        })
    }

    fn bind(&self, sql: Sql) -> Sql {
        sql.bind(self.id.as_str())
            .bind(self.version)
            .bind(self.name.as_str())
            .bind(self.zone.iana_name().unwrap_or("UTC"))
    }
}

impl Record for Theatre {
    const TABLE: Table = Table {
        what: "the theatre",
        name: "theatre",
        kind: ChangeKind::Theatre,
        columns: "id, version, site_id, name, list_order, state, turnover_min, capabilities, opening",
    };

    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: f.parse(TheatreId::parse)?,
            version: f.number()?,
            site: f.parse(SiteId::parse)?,
            name: f.text()?,
            list_order: f.number()?,
            state: f.parse(Named::named)?,
            turnover_min: f.number()?,
            capabilities: ids(f, Capability::parse)?,
            opening: opening(f)?,
        })
    }

    fn bind(&self, sql: Sql) -> Sql {
        let opening: Vec<_> = self
            .opening
            .iter()
            .map(|rule| {
                (
                    rule.weekday.to_monday_one_offset(),
                    rule.open_minute,
                    rule.close_minute,
                )
            })
            .collect();
        sql.bind(self.id.as_str())
            .bind(self.version)
            .bind(self.site.as_str())
            .bind(self.name.as_str())
            .bind(self.list_order)
            .bind(self.state.name())
            .bind(self.turnover_min)
            .bind(json_ids(&self.capabilities, Capability::as_str))
            .bind(json(opening))
    }
}

fn opening(f: &mut Fields<'_>) -> Result<Vec<OpeningRule>, StoreError> {
    let rules: Vec<(i8, u16, u16)> = f.json()?;
    let rule = |(day, open_minute, close_minute)| {
        Ok(OpeningRule {
            weekday: weekday(day).map_err(|error| f.damaged(&error))?,
            open_minute,
            close_minute,
        })
    };
    rules.into_iter().map(rule).collect()
}

impl Record for Staff {
    const TABLE: Table = Table {
        what: "the member of staff",
        name: "staff",
        kind: ChangeKind::Staff,
        columns: "id, version, display_name, specialty, roles, retired, placeholder",
    };

    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: f.parse(StaffId::parse)?,
            version: f.number()?,
            name: f.text()?,
            specialty: f.opt_parse(Specialty::parse)?,
            roles: ids(f, TeamRole::named)?,
            retired: f.flag()?,
            placeholder: f.flag()?,
        })
    }

    fn bind(&self, sql: Sql) -> Sql {
        let roles: Vec<_> = self.roles.iter().map(|role| role.name()).collect();
        sql.bind(self.id.as_str())
            .bind(self.version)
            .bind(self.name.as_str())
            .bind(self.specialty.as_ref().map(Specialty::as_str))
            .bind(json(roles))
            .bind(self.retired)
            .bind(self.placeholder)
    }
}

impl Record for EquipmentUnit {
    const TABLE: Table = Table {
        what: "the piece of equipment",
        name: "equipment_unit",
        kind: ChangeKind::Unit,
        columns: "id, version, kind, name, reprocess_min, retired",
    };

    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: f.parse(UnitId::parse)?,
            version: f.number()?,
            kind: f.parse(EquipmentKind::parse)?,
            name: f.text()?,
            reprocess_min: f.number()?,
            retired: f.flag()?,
        })
    }

    fn bind(&self, sql: Sql) -> Sql {
        sql.bind(self.id.as_str())
            .bind(self.version)
            .bind(self.kind.as_str())
            .bind(self.name.as_str())
            .bind(self.reprocess_min)
            .bind(self.retired)
    }
}

impl Record for ProcedureType {
    const TABLE: Table = Table {
        what: "the procedure type",
        name: "procedure_type",
        kind: ChangeKind::ProcedureType,
        columns: "id, version, name, specialty, setup_min, procedure_min, cleanup_min, required_capabilities, required_kinds, laterality_required, retired",
    };

    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: f.parse(ProcedureTypeId::parse)?,
            version: f.number()?,
            name: f.text()?,
            specialty: f.opt_parse(Specialty::parse)?,
            footprint: footprint(f)?,
            required_capabilities: ids(f, Capability::parse)?,
            required_kinds: ids(f, EquipmentKind::parse)?,
            laterality_required: f.flag()?,
            retired: f.flag()?,
        })
    }

    fn bind(&self, sql: Sql) -> Sql {
        sql.bind(self.id.as_str())
            .bind(self.version)
            .bind(self.name.as_str())
            .bind(self.specialty.as_ref().map(Specialty::as_str))
            .bind(self.footprint.setup_min())
            .bind(self.footprint.procedure_min())
            .bind(self.footprint.cleanup_min())
            .bind(json_ids(&self.required_capabilities, Capability::as_str))
            .bind(json_ids(&self.required_kinds, EquipmentKind::as_str))
            .bind(self.laterality_required)
            .bind(self.retired)
    }
}

impl Record for Reason {
    const TABLE: Table = Table {
        what: "the reason",
        name: "reason",
        kind: ChangeKind::Reason,
        columns: "code, version, name, reason_group, avoidable, fhir_code, retired",
    };

    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            code: f.parse(ReasonCode::parse)?,
            version: f.number()?,
            name: f.text()?,
            group: f.parse(Named::named)?,
            avoidable: f.flag()?,
            fhir_code: f.text()?,
            retired: f.flag()?,
        })
    }

    fn bind(&self, sql: Sql) -> Sql {
        sql.bind(self.code.as_str())
            .bind(self.version)
            .bind(self.name.as_str())
            .bind(self.group.name())
            .bind(self.avoidable)
            .bind(self.fhir_code.as_str())
            .bind(self.retired)
    }
}
