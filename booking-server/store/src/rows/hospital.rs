//! The hospital, which is read whole and written record by record.

use std::collections::BTreeMap;

use booking_domain::{
    EquipmentUnit, Hospital, OpeningRule, ProcedureType, Reason, Site, Staff, Theatre,
};
use jiff::civil::Weekday;

use super::record::{Record, read as read_row, record, select};
use crate::{
    StoreError,
    db::{Column, Conn, Fields, Value, json},
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

record!(Site, "the site" in "site", told of as Site {
    id, version, name, zone in "time_zone",
});

record!(Theatre, "the theatre" in "theatre", told of as Theatre {
    id, version, site in "site_id", name, list_order, state, turnover_min, capabilities, opening,
});

/// Weekday, opening, closing.
impl Column for Vec<OpeningRule> {
    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        let rules: Vec<(i8, u16, u16)> = f.json()?;
        let rule = |(day, open_minute, close_minute)| {
            Ok(OpeningRule {
                weekday: Weekday::from_monday_one_offset(day).map_err(|error| f.damaged(&error))?,
                open_minute,
                close_minute,
            })
        };
        rules.into_iter().map(rule).collect()
    }

    fn write(&self, values: &mut Vec<Value>) {
        let row = |rule: &OpeningRule| {
            let day = rule.weekday.to_monday_one_offset();
            (day, rule.open_minute, rule.close_minute)
        };
        values.push(json(self.iter().map(row).collect::<Vec<_>>()).into());
    }
}

record!(Staff, "the member of staff" in "staff", told of as Staff {
    id, version, name in "display_name", specialty, roles, retired, placeholder,
});

record!(EquipmentUnit, "the piece of equipment" in "equipment_unit", told of as Unit {
    id, version, kind, name, reprocess_min, retired,
});

record!(ProcedureType, "the procedure type" in "procedure_type", told of as ProcedureType {
    id, version, name, specialty, footprint in "setup_min, procedure_min, cleanup_min",
    required_capabilities, required_kinds, laterality_required, retired,
});

record!(Reason, "the reason" in "reason", told of as Reason {
    code, version, name, group in "reason_group", avoidable, fhir_code, retired,
});
