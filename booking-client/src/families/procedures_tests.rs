//! Tests of `procedures.rs`.

use super::{
    super::{equipment::UnitFields, reasons::ReasonFields},
    *,
};

#[test]
fn only_the_duration_that_was_typed_changes() {
    let fields = ProcedureFields {
        durations: DurationArgs {
            duration: Some(45),
            ..DurationArgs::default()
        },
        side_required: Some(false),
        ..ProcedureFields::default()
    };
    let mut typed = ProcedureType::default();
    let paths = fields.put(&mut typed).finish().unwrap().paths;
    assert_eq!(
        paths,
        ["default_durations.procedure_min", "laterality_required"]
    );
    assert_eq!(typed.default_durations.unwrap().procedure_min, 45);
    assert!(!typed.laterality_required);
}

#[test]
fn an_update_of_nothing_is_told_so() {
    let masks = [
        UnitFields::default().put(&mut Default::default()),
        ProcedureFields::default().put(&mut Default::default()),
        ReasonFields::default().put(&mut Default::default()),
    ];
    for mask in masks {
        let complaint = mask.finish().unwrap_err().to_string();
        assert!(complaint.contains("nothing to change"), "{complaint}");
    }
}
