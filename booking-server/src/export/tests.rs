//! Files as their readers need them.

use booking_domain::{
    Anaesthesia, Cancellation, CaseDetails, CaseId, CaseState, Footprint, Laterality, PatientId,
    Plan, Reason, ReasonCode, ReasonGroup, StaffId, TeamMember, TeamRole, TheatreId, Urgency,
    testing::with,
};
use jiff::Timestamp;
use serde_json::Value;

use super::{csv::harmless, ical::fold, *};

const NOW: &str = "2026-03-29T12:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// A planned case with a name that does harm.
fn case() -> Case {
    let patient = PatientId::parse("PT-1204").unwrap();
    let procedure = "=cmd|'/c calc'!A1, \"quoted\"".into();
    let footprint = Footprint::new(15, 60, 15).unwrap();
    let details = CaseDetails {
        condition: "Gall bladder stone".into(),
        laterality: Laterality::NotApplicable,
        team: vec![TeamMember {
            staff: StaffId::parse("DC-3904").unwrap(),
            role: TeamRole::PrimarySurgeon,
        }],
        ..CaseDetails::new(patient, procedure, now(), footprint)
    };
    Case {
        state: CaseState::Scheduled,
        plan: Some(Plan {
            theatre: TheatreId::parse("OT-1").unwrap(),
            start: "2026-03-30T08:00:00Z".parse().unwrap(),
            session: None,
        }),
        ..Case::request(CaseId::parse("case-1").unwrap(), details, now())
    }
}

fn cancelled() -> Case {
    Case {
        state: CaseState::Cancelled,
        cancellation: Some(Cancellation {
            reason: ReasonCode::parse("PATIENT_UNFIT").unwrap(),
            note: String::new(),
            at: now(),
            day_of_surgery: true,
            aborted: false,
        }),
        ..case()
    }
}

fn file(format: Format, sees_patients: bool, cases: &[Case]) -> String {
    let mut hospital = Hospital::default();
    let code = ReasonCode::parse("PATIENT_UNFIT").unwrap();
    let reason = Reason {
        code: code.clone(),
        version: 1,
        name: "Patient unfit".into(),
        group: ReasonGroup::Clinical,
        avoidable: false,
        fhir_code: "pat-mt".into(),
        retired: false,
    };
    hospital.reasons.insert(code, reason);
    let mut export = Export {
        format,
        hospital: Arc::new(hospital),
        sees_patients,
        now: now(),
        written: 0,
    };
    let mut file = export.head();
    for case in cases {
        file.extend(export.case(case));
    }
    file.extend(export.foot());
    String::from_utf8(file).unwrap()
}

#[test]
fn a_spreadsheet_reads_what_was_meant_and_runs_none_of_it() {
    let text = file(Format::Csv, true, &[case()]);
    assert!(text.lines().count() == 2 && text.ends_with("\r\n"));
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let row = reader.records().next().unwrap().unwrap();
    let cell = |name: &str| &row[headers.iter().position(|it| it == name).unwrap()];
    assert_eq!(cell("patient"), "PT-1204");
    assert_eq!(cell("procedure"), "'=cmd|'/c calc'!A1, \"quoted\"");
    assert_eq!(cell("start_time"), "2026-03-30T08:00:00Z");
    assert_eq!(cell("primary_surgeon"), "DC-3904");
    for start in ["=", "+", "-", "@", "\t", "\r"] {
        assert!(
            harmless(&format!("{start}1")).starts_with('\''),
            "{start:?}"
        );
    }
    assert_eq!(harmless("knee"), "knee");
}

#[test]
fn every_choice_is_told_in_the_contracts_word() {
    fn cells(column: &str, cases: &[Case]) -> Vec<String> {
        let text = file(Format::Csv, true, cases);
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let headers = reader.headers().unwrap().clone();
        let at = headers.iter().position(|it| it == column).unwrap();
        let rows = reader.records().map(|row| row.unwrap()[at].to_owned());
        rows.collect()
    }
    let state = CaseState::ALL.map(|state| Case { state, ..case() });
    let states =
        "REQUESTED SCHEDULED CONFIRMED IN_THEATRE IN_RECOVERY COMPLETED POSTPONED CANCELLED";
    assert_eq!(cells("state", &state).join(" "), states);
    let bundle = file(Format::FhirR4, true, &state);
    assert!(!bundle.contains("entered-in-error"), "{bundle}");

    let laterality = Laterality::ALL.map(|laterality| {
        with(case(), |details| {
            details.laterality = laterality;
        })
    });
    let sides = "UNSPECIFIED NOT_APPLICABLE LEFT RIGHT BILATERAL";
    assert_eq!(cells("laterality", &laterality).join(" "), sides);

    let urgency = Urgency::ALL.map(|urgency| {
        with(case(), |details| {
            details.urgency = urgency;
        })
    });
    let urgencies = "IMMEDIATE URGENT_2A URGENT_2B EXPEDITED ELECTIVE";
    assert_eq!(cells("urgency", &urgency).join(" "), urgencies);

    let anaesthesia = Anaesthesia::ALL.map(|anaesthesia| {
        with(case(), |details| {
            details.anaesthesia = anaesthesia;
        })
    });
    let kinds = "GENERAL REGIONAL SEDATION LOCAL NONE";
    assert_eq!(cells("anaesthesia", &anaesthesia).join(" "), kinds);
}

#[test]
fn a_bundle_is_json_with_an_appointment_a_case() {
    let text = file(Format::FhirR4, true, &[case(), cancelled()]);
    let bundle: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(bundle["resourceType"], "Bundle");
    assert_eq!(bundle["type"], "collection");
    let entries = bundle["entry"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    let first = &entries[0]["resource"];
    assert_eq!(first["resourceType"], "Appointment");
    assert_eq!(first["status"], "pending");
    assert_eq!(first["start"], "2026-03-30T08:00:00Z");
    assert_eq!(first["end"], "2026-03-30T09:30:00Z");
    assert_eq!(first["minutesDuration"], 90);
    assert_eq!(
        first["participant"][0]["actor"]["identifier"]["value"],
        "PT-1204"
    );
    // R4: at least one participant, each with an actor or a type, and a status.
    for entry in entries {
        for participant in entry["resource"]["participant"].as_array().unwrap() {
            assert_eq!(participant["status"], "accepted");
            assert!(participant["actor"].is_object());
        }
    }
    let second = &entries[1]["resource"];
    assert_eq!(second["status"], "cancelled");
    assert_eq!(second["cancelationReason"]["coding"][0]["code"], "pat-mt");
    serde_json::from_str::<Value>(&file(Format::FhirR4, true, &[])).unwrap();
}

#[test]
fn an_appointment_is_valid_whatever_its_case_is_called_and_whoever_may_be_named() {
    let ids = ["case-1", "case_1", "Fall Müller", &"Ü".repeat(64)];
    let cases = ids.map(|id| Case {
        id: CaseId::parse(id).unwrap(),
        plan: None,
        ..with(case(), |details| {
            details.team = Vec::new();
        })
    });
    let bundle: Value = serde_json::from_str(&file(Format::FhirR4, false, &cases)).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for (entry, id) in bundle["entry"].as_array().unwrap().iter().zip(ids) {
        let appointment = &entry["resource"];
        assert_eq!(appointment["identifier"][0]["value"], id);
        let logical = appointment["id"].as_str().unwrap();
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        assert!((1..=64).contains(&logical.len()) && logical.chars().all(allowed));
        assert!(seen.insert(logical), "{logical} stands for two cases");
        let participants = appointment["participant"].as_array().unwrap();
        assert_eq!(participants.len(), 1, "{appointment}");
        assert!(participants[0]["type"].is_array());
    }
}

#[test]
fn a_calendar_has_an_event_a_case_in_utc() {
    let text = file(Format::Icalendar, true, &[case(), cancelled()]);
    for line in [
        "BEGIN:VCALENDAR\r\n",
        "UID:case-1@otbooking\r\n",
        "DTSTART:20260330T080000Z\r\n",
        "DTEND:20260330T093000Z\r\n",
        "SUMMARY:=cmd|'/c calc'!A1\\, \"quoted\"\r\n",
        "STATUS:TENTATIVE\r\n",
        "STATUS:CANCELLED\r\n",
        "END:VCALENDAR\r\n",
    ] {
        assert!(text.contains(line), "{line:?} is missing in\n{text}");
    }
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 2);
}

#[test]
fn who_may_not_see_patients_gets_none_in_any_form_and_a_calendar_never_has_any() {
    let imported = Case {
        import_key: Some("log.csv/E-77".into()),
        ..case()
    };
    for format in [Format::Csv, Format::FhirR4, Format::Icalendar] {
        let text = file(format, false, std::slice::from_ref(&imported));
        assert!(
            !text.contains("PT-1204") && !text.contains("Gall") && !text.contains("E-77"),
            "{format:?}: {text}"
        );
    }
    let text = file(Format::Icalendar, true, &[case()]);
    assert!(
        !text.contains("PT-1204") && !text.contains("Gall"),
        "{text}"
    );
}

#[test]
fn long_lines_are_folded_between_characters_and_unfold_to_what_they_were() {
    let line = format!("SUMMARY:{}", "é".repeat(100));
    let folded = fold(&line);
    for part in folded.trim_end().split("\r\n") {
        assert!(part.len() <= 75, "{} octets", part.len());
    }
    assert_eq!(folded.replace("\r\n ", "").trim_end(), line);
}
