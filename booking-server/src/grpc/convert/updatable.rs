//! What an update may change of a resource.

use booking_proto::ot::v1;

use super::super::mask::Updatable;

macro_rules! updatable {
    ($($message:ident in $field:literal: $($name:ident)*;)*) => {$(
        impl Updatable for v1::$message {
            const FIELD: &'static str = $field;
            const UPDATABLE: &'static [&'static str] = &[$(stringify!($name),)*];

            fn name(&self) -> &str {
                &self.name
            }

            fn etag(&self) -> &str {
                &self.etag
            }
        }
    )*};
}

updatable! {
    Theatre in "theatre": display_name list_order state capabilities turnover_min opening_rules;
    Staff in "staff": display_name roles specialty retired;
    EquipmentUnit in "equipment_unit": kind display_name reprocess_min retired;
    ProcedureType in "procedure_type": display_name specialty default_durations
        required_capabilities required_equipment_kinds laterality_required retired;
    Reason in "reason": display_name group avoidable fhir_code retired;
    Session in "session": start_time end_time owner flags release_time note;
    SessionTemplate in "session_template": owner flags weekday start_minute end_minute
        interval_weeks weeks_of_month first_date last_date release_before;
    Case in "case": procedure procedure_type condition laterality urgency anaesthesia decision_time
        target_time durations team equipment required_capabilities notes specialty;
}
