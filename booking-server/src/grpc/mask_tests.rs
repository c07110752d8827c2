//! Tests of `mask.rs`.

use booking_proto::ot::v1::{Case, Durations, ProcedureType, Session, SessionFlags};

use super::*;

fn mask(path: &str) -> FieldMask {
    FieldMask {
        paths: vec![path.to_owned()],
    }
}

fn durations(setup_min: i32, procedure_min: i32, cleanup_min: i32) -> Option<Durations> {
    Some(Durations {
        setup_min,
        procedure_min,
        cleanup_min,
    })
}

#[test]
fn a_part_of_a_field_is_changed_alone() {
    let case = |durations| Case {
        durations,
        procedure: "Toe".into(),
        ..Case::default()
    };
    let (there, given) = (case(durations(10, 60, 15)), case(durations(5, 90, 0)));
    let table = [
        ("durations.setup_min", durations(5, 60, 15)),
        ("durations.procedure_min", durations(10, 90, 15)),
        ("durations.cleanup_min", durations(10, 60, 0)),
        ("durations", durations(5, 90, 0)),
    ];
    for (path, expected) in table {
        let updated = update(&there, &given, Some(&mask(path))).unwrap();
        assert_eq!(updated, case(expected), "{path}");
    }
    // Of what is absent on either side.
    let updated = update(&case(None), &given, Some(&mask("durations.setup_min"))).unwrap();
    assert_eq!(updated, case(durations(5, 0, 0)));
    let updated = update(&there, &case(None), Some(&mask("durations.setup_min"))).unwrap();
    assert_eq!(updated, case(durations(0, 60, 15)));
}

#[test]
fn only_what_has_parts_is_changed_by_parts() {
    let paediatric = Session {
        flags: Some(SessionFlags {
            paediatric: true,
            ..SessionFlags::default()
        }),
        ..Session::default()
    };
    let updated = update(
        &Session::default(),
        &paediatric,
        Some(&mask("flags.paediatric")),
    );
    assert_eq!(updated.unwrap(), paediatric);
    let refused = [
        "flags.",
        "flags.none",
        "owner.surgeon",
        "start_time.seconds",
        "note.x",
        "state.x",
        "",
        "name",
        "flags.paediatric.x",
    ];
    for path in refused {
        let session = Session::default();
        assert!(
            update(&session, &session, Some(&mask(path))).is_err(),
            "{path}"
        );
    }
    let kind = ProcedureType::default();
    assert!(update(&kind, &kind, Some(&mask("default_durations.setup_min"))).is_ok());
}
