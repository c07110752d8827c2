//! What a demonstration adds to a hospital.

use booking_domain::{
    Case, EquipmentUnit, Hospital, ProcedureType, Session, SessionTemplate, Staff, Theatre,
    Unavailability,
};

/// Everything that is added to the base hospital, in the order in which it can be written.
#[derive(Clone, Debug, Default)]
pub struct Demo {
    /// The base hospital with everything below in it.
    pub hospital: Hospital,
    /// New ones, and those of the base changed: one version on.
    pub theatres: Vec<Theatre>,
    /// New ones, and those of the base changed: one version on.
    pub staff: Vec<Staff>,
    /// All new.
    pub units: Vec<EquipmentUnit>,
    /// All new.
    pub procedure_types: Vec<ProcedureType>,
    /// All new.
    pub templates: Vec<SessionTemplate>,
    /// All new, made from the templates.
    pub sessions: Vec<Session>,
    /// Absences and a closure.
    pub unavailabilities: Vec<Unavailability>,
    /// Past, present, to come and waiting.
    pub cases: Vec<Case>,
}
