//! What a hospital has: sites, theatres, people, equipment, operations by name, reasons.
//!
//! Small, slow to change, and needed whole by most decisions: the store hands it out as one
//! [`Hospital`], which never changes once made.

use std::collections::BTreeMap;

use jiff::{civil::Weekday, tz::TimeZone};
use serde::{Serialize, Serializer};

use crate::{
    Capability, EquipmentKind, Footprint, ProcedureTypeId, ReasonCode, SiteId, Specialty, StaffId,
    TeamRole, TheatreId, UnitId, Version,
};

/// A hospital or a part of it that has its own civil time.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Site {
    /// Its number.
    #[serde(skip)]
    pub id: SiteId,
    /// Its version.
    #[serde(skip)]
    pub version: Version,
    /// Its name for people.
    #[serde(rename = "display_name")]
    pub name: String,
    /// What its wall clocks show; always one with an IANA name.
    #[serde(rename = "time_zone", serialize_with = "zone_name")]
    pub zone: TimeZone,
}

/// Whether a theatre may be planned into.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum TheatreState {
    /// It may.
    Open,
    /// Not for now.
    Maintenance,
    /// Never again.
    Retired,
}

/// An operating theatre.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Theatre {
    /// Its number.
    #[serde(skip)]
    pub id: TheatreId,
    /// Its version.
    #[serde(skip)]
    pub version: Version,
    /// Where it is.
    pub site: SiteId,
    /// Its name for people.
    #[serde(rename = "display_name")]
    pub name: String,
    /// Its place on boards and lists.
    pub list_order: i32,
    /// Whether it may be planned into.
    pub state: TheatreState,
    /// What it can do; sorted, none twice.
    pub capabilities: Vec<Capability>,
    /// The gap kept free after every case, beyond its cleanup. Minutes.
    pub turnover_min: u16,
    /// When it is open; civil time of its site.
    #[serde(rename = "opening_rules")]
    pub opening: Vec<OpeningRule>,
}

/// Open on one weekday, from one civil time to another.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct OpeningRule {
    /// The day it opens on.
    #[serde(serialize_with = "weekday_name")]
    pub weekday: Weekday,
    /// Minutes after midnight, 0 to 1439.
    #[serde(serialize_with = "clock_time")]
    pub open_minute: u16,
    /// Minutes after midnight, 0 to 1439; at or before `open_minute` it is on the next day.
    #[serde(serialize_with = "clock_time")]
    pub close_minute: u16,
}

/// A member of staff.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Staff {
    /// Their number.
    #[serde(skip)]
    pub id: StaffId,
    /// Their version.
    #[serde(skip)]
    pub version: Version,
    /// Their name for people.
    #[serde(rename = "display_name")]
    pub name: String,
    /// What they may do in a case; sorted, none twice.
    pub roles: Vec<TeamRole>,
    /// Their branch of surgery.
    pub specialty: Option<Specialty>,
    /// No longer booked.
    pub retired: bool,
    /// Stands for people who are not known, as in an imported log: takes part in any number of
    /// cases at once and is never in anybody's way.
    pub placeholder: bool,
}

/// One piece of equipment that can be in one place at a time.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct EquipmentUnit {
    /// Its number.
    #[serde(skip)]
    pub id: UnitId,
    /// Its version.
    #[serde(skip)]
    pub version: Version,
    /// What it is one of.
    pub kind: EquipmentKind,
    /// Its name for people.
    #[serde(rename = "display_name")]
    pub name: String,
    /// How long it is being made ready again after a case. Minutes.
    pub reprocess_min: u16,
    /// No longer booked.
    pub retired: bool,
}

/// What is done often enough to have a name and defaults.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ProcedureType {
    /// Its number.
    #[serde(skip)]
    pub id: ProcedureTypeId,
    /// Its version.
    #[serde(skip)]
    pub version: Version,
    /// Its name for people.
    #[serde(rename = "display_name")]
    pub name: String,
    /// The branch of surgery.
    pub specialty: Option<Specialty>,
    /// How long it takes by default.
    #[serde(rename = "default_durations")]
    pub footprint: Footprint,
    /// What a theatre must be able to do.
    pub required_capabilities: Vec<Capability>,
    /// Of which kinds a case must have a unit.
    #[serde(rename = "required_equipment_kinds")]
    pub required_kinds: Vec<EquipmentKind>,
    /// Whether the side must be given.
    pub laterality_required: bool,
    /// No longer booked.
    pub retired: bool,
}

/// Whose doing a reason is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum ReasonGroup {
    /// The patient's.
    Patient,
    /// The illness's.
    Clinical,
    /// The building's.
    Facility,
    /// The staff's.
    Staff,
    /// The equipment's.
    Equipment,
    /// An emergency's.
    Emergency,
    /// The administration's.
    Admin,
}

/// Why cases are moved, postponed or cancelled.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Reason {
    /// Its code.
    #[serde(skip)]
    pub code: ReasonCode,
    /// Its version.
    #[serde(skip)]
    pub version: Version,
    /// Its name for people.
    #[serde(rename = "display_name")]
    pub name: String,
    /// Whose doing it is.
    pub group: ReasonGroup,
    /// Whether planning could have avoided it.
    pub avoidable: bool,
    /// The code in FHIR R4's appointment-cancellation-reason.
    pub fhir_code: String,
    /// No longer used.
    pub retired: bool,
}

fn zone_name<S: Serializer>(zone: &TimeZone, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(zone.iana_name().unwrap_or("UTC"))
}

/// A weekday's name.
pub(crate) fn weekday_name<S: Serializer>(day: &Weekday, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{day:?}"))
}

/// Minutes after midnight, as a clock shows them.
pub(crate) fn clock_time<S: Serializer>(minute: &u16, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{:02}:{:02}", minute / 60, minute % 60))
}

/// All of it, as it stands at one `revision`.
#[derive(Clone, Debug, Default)]
pub struct Hospital {
    /// Grows with every change of anything in here.
    pub revision: u64,
    /// By number.
    pub sites: BTreeMap<SiteId, Site>,
    /// By number.
    pub theatres: BTreeMap<TheatreId, Theatre>,
    /// By number.
    pub staff: BTreeMap<StaffId, Staff>,
    /// By number.
    pub units: BTreeMap<UnitId, EquipmentUnit>,
    /// By number.
    pub procedure_types: BTreeMap<ProcedureTypeId, ProcedureType>,
    /// By code.
    pub reasons: BTreeMap<ReasonCode, Reason>,
}

impl Hospital {
    /// The civil time of a theatre's site; `None` for a theatre that is not there.
    pub fn zone_of(&self, theatre: &TheatreId) -> Option<&TimeZone> {
        let site = &self.theatres.get(theatre)?.site;
        self.sites.get(site).map(|site| &site.zone)
    }
}
