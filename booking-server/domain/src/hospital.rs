//! What a hospital has: sites, theatres, people, equipment, operations by name, reasons.
//!
//! Small, slow to change, and needed whole by most decisions: the store hands it out as one
//! [`Hospital`], which never changes once made.

use std::collections::BTreeMap;

use jiff::{civil::Weekday, tz::TimeZone};

use crate::{
    Capability, EquipmentKind, Footprint, ProcedureTypeId, ReasonCode, SiteId, Specialty, StaffId,
    TeamRole, TheatreId, UnitId,
};

/// How often something has been changed; the etag of what is stored. The first version is 1.
pub type Version = u64;

/// A hospital or a part of it that has its own civil time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Site {
    /// Its number.
    pub id: SiteId,
    /// Its version.
    pub version: Version,
    /// Its name for people.
    pub name: String,
    /// What its wall clocks show; always one with an IANA name.
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
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Theatre {
    /// Its number.
    pub id: TheatreId,
    /// Its version.
    pub version: Version,
    /// Where it is.
    pub site: SiteId,
    /// Its name for people.
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
    pub opening: Vec<OpeningRule>,
}

/// Open on one weekday, from one civil time to another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OpeningRule {
    /// The day it opens on.
    pub weekday: Weekday,
    /// Minutes after midnight, 0 to 1439.
    pub open_minute: u16,
    /// Minutes after midnight, 0 to 1439; at or before `open_minute` it is on the next day.
    pub close_minute: u16,
}

/// A member of staff.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Staff {
    /// Their number.
    pub id: StaffId,
    /// Their version.
    pub version: Version,
    /// Their name for people.
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
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EquipmentUnit {
    /// Its number.
    pub id: UnitId,
    /// Its version.
    pub version: Version,
    /// What it is one of.
    pub kind: EquipmentKind,
    /// Its name for people.
    pub name: String,
    /// How long it is being made ready again after a case. Minutes.
    pub reprocess_min: u16,
    /// No longer booked.
    pub retired: bool,
}

/// What is done often enough to have a name and defaults.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProcedureType {
    /// Its number.
    pub id: ProcedureTypeId,
    /// Its version.
    pub version: Version,
    /// Its name for people.
    pub name: String,
    /// The branch of surgery.
    pub specialty: Option<Specialty>,
    /// How long it takes by default.
    pub footprint: Footprint,
    /// What a theatre must be able to do.
    pub required_capabilities: Vec<Capability>,
    /// Of which kinds a case must have a unit.
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
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reason {
    /// Its code.
    pub code: ReasonCode,
    /// Its version.
    pub version: Version,
    /// Its name for people.
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
