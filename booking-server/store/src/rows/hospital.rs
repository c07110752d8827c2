//! The hospital, which is read whole and written thing by thing.

use std::collections::BTreeMap;

use booking_domain::{
    Capability, EquipmentKind, EquipmentUnit, Hospital, OpeningRule, ProcedureType,
    ProcedureTypeId, Reason, ReasonCode, Site, SiteId, Specialty, Staff, StaffId, TeamRole,
    Theatre, TheatreId, UnitId,
};
use jiff::tz::TimeZone;

use super::{case::footprint, ids, json, json_ids};
use crate::{
    StoreError,
    db::{Conn, Fields, Row, Sql},
    names::{Named, weekday},
};

/// Reads all of it, as it stands at `revision`.
pub(crate) async fn read(conn: &mut Conn, revision: u64) -> Result<Hospital, StoreError> {
    Ok(Hospital {
        revision,
        sites: keyed(conn, SITES, site, |site| site.id.clone()).await?,
        theatres: keyed(conn, THEATRES, theatre, |theatre| theatre.id.clone()).await?,
        staff: keyed(conn, STAFF, staff, |staff| staff.id.clone()).await?,
        units: keyed(conn, UNITS, unit, |unit| unit.id.clone()).await?,
        procedure_types: keyed(conn, PROCEDURE_TYPES, procedure_type, |procedure| {
            procedure.id.clone()
        })
        .await?,
        reasons: keyed(conn, REASONS, reason, |reason| reason.code.clone()).await?,
    })
}

async fn keyed<K: Ord, V>(
    conn: &mut Conn,
    select: &'static str,
    read: fn(&Row) -> Result<V, StoreError>,
    key: impl Fn(&V) -> K,
) -> Result<BTreeMap<K, V>, StoreError> {
    let rows = conn.rows(Sql::new(select)).await?;
    let values = rows.iter().map(read);
    values
        .map(|value| value.map(|value| (key(&value), value)))
        .collect()
}

const SITES: &str = "select id, version, name, time_zone from site";

fn site(row: &Row) -> Result<Site, StoreError> {
    let f = &mut Fields::of("site", row);
    Ok(Site {
        id: f.parse(SiteId::parse)?,
        version: f.number()?,
        name: f.text()?,
        zone: f.parse(TimeZone::get)?,
    })
}

/// Four values in the order of the columns.
pub(crate) fn bind_site(sql: Sql, site: &Site) -> Sql {
    sql.bind(site.id.as_str())
        .bind(site.version)
        .bind(site.name.as_str())
        .bind(site.zone.iana_name().unwrap_or("UTC"))
}

const THEATRES: &str = "
    select id, version, site_id, name, list_order, state, turnover_min, capabilities, opening
    from theatre";

fn theatre(row: &Row) -> Result<Theatre, StoreError> {
    let f = &mut Fields::of("theatre", row);
    Ok(Theatre {
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

/// Nine values in the order of the columns.
pub(crate) fn bind_theatre(sql: Sql, theatre: &Theatre) -> Sql {
    let opening: Vec<_> = theatre
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
    sql.bind(theatre.id.as_str())
        .bind(theatre.version)
        .bind(theatre.site.as_str())
        .bind(theatre.name.as_str())
        .bind(theatre.list_order)
        .bind(theatre.state.name())
        .bind(theatre.turnover_min)
        .bind(json_ids(&theatre.capabilities, Capability::as_str))
        .bind(json(opening))
}

const STAFF: &str =
    "select id, version, display_name, specialty, roles, retired, placeholder from staff";

fn staff(row: &Row) -> Result<Staff, StoreError> {
    let f = &mut Fields::of("staff", row);
    Ok(Staff {
        id: f.parse(StaffId::parse)?,
        version: f.number()?,
        name: f.text()?,
        specialty: f.opt_parse(Specialty::parse)?,
        roles: ids(f, TeamRole::named)?,
        retired: f.flag()?,
        placeholder: f.flag()?,
    })
}

/// Seven values in the order of the columns.
pub(crate) fn bind_staff(sql: Sql, staff: &Staff) -> Sql {
    let roles: Vec<_> = staff.roles.iter().map(|role| role.name()).collect();
    sql.bind(staff.id.as_str())
        .bind(staff.version)
        .bind(staff.name.as_str())
        .bind(staff.specialty.as_ref().map(Specialty::as_str))
        .bind(json(roles))
        .bind(staff.retired)
        .bind(staff.placeholder)
}

const UNITS: &str = "select id, version, kind, name, reprocess_min, retired from equipment_unit";

fn unit(row: &Row) -> Result<EquipmentUnit, StoreError> {
    let f = &mut Fields::of("equipment_unit", row);
    Ok(EquipmentUnit {
        id: f.parse(UnitId::parse)?,
        version: f.number()?,
        kind: f.parse(EquipmentKind::parse)?,
        name: f.text()?,
        reprocess_min: f.number()?,
        retired: f.flag()?,
    })
}

/// Six values in the order of the columns.
pub(crate) fn bind_unit(sql: Sql, unit: &EquipmentUnit) -> Sql {
    sql.bind(unit.id.as_str())
        .bind(unit.version)
        .bind(unit.kind.as_str())
        .bind(unit.name.as_str())
        .bind(unit.reprocess_min)
        .bind(unit.retired)
}

const PROCEDURE_TYPES: &str = "
    select id, version, name, specialty, setup_min, procedure_min, cleanup_min,
           required_capabilities, required_kinds, laterality_required, retired
    from procedure_type";

fn procedure_type(row: &Row) -> Result<ProcedureType, StoreError> {
    let f = &mut Fields::of("procedure_type", row);
    Ok(ProcedureType {
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

/// Eleven values in the order of the columns.
pub(crate) fn bind_procedure_type(sql: Sql, procedure: &ProcedureType) -> Sql {
    sql.bind(procedure.id.as_str())
        .bind(procedure.version)
        .bind(procedure.name.as_str())
        .bind(procedure.specialty.as_ref().map(Specialty::as_str))
        .bind(procedure.footprint.setup_min())
        .bind(procedure.footprint.procedure_min())
        .bind(procedure.footprint.cleanup_min())
        .bind(json_ids(
            &procedure.required_capabilities,
            Capability::as_str,
        ))
        .bind(json_ids(&procedure.required_kinds, EquipmentKind::as_str))
        .bind(procedure.laterality_required)
        .bind(procedure.retired)
}

const REASONS: &str =
    "select code, version, name, reason_group, avoidable, fhir_code, retired from reason";

fn reason(row: &Row) -> Result<Reason, StoreError> {
    let f = &mut Fields::of("reason", row);
    Ok(Reason {
        code: f.parse(ReasonCode::parse)?,
        version: f.number()?,
        name: f.text()?,
        group: f.parse(Named::named)?,
        avoidable: f.flag()?,
        fhir_code: f.text()?,
        retired: f.flag()?,
    })
}

/// Seven values in the order of the columns.
pub(crate) fn bind_reason(sql: Sql, reason: &Reason) -> Sql {
    sql.bind(reason.code.as_str())
        .bind(reason.version)
        .bind(reason.name.as_str())
        .bind(reason.group.name())
        .bind(reason.avoidable)
        .bind(reason.fhir_code.as_str())
        .bind(reason.retired)
}
