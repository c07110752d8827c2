//! The resources that can be updated, and the field of the request that holds each.

use booking_proto::ot::v1;

use super::super::mask::Updatable;

macro_rules! updatable {
    ($($message:ident in $field:literal;)*) => {$(
        impl Updatable for v1::$message {
            const FIELD: &'static str = $field;

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
    Theatre in "theatre";
    Staff in "staff";
    EquipmentUnit in "equipment_unit";
    ProcedureType in "procedure_type";
    Reason in "reason";
    Session in "session";
    SessionTemplate in "session_template";
}
