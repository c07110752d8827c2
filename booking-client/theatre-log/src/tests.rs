//! Logs as they come: byte-order marks, odd line ends, American clocks, holes and doubles.

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

const HEADER: &str = "Encounter ID,Date,OR Suite,Service,CPT Code,CPT Description,Booked Time (min),OR Schedule,Wheels In,Start Time,End Time,Wheels Out";

fn open<'a>(text: &'a [u8], mapping: &str, zone: &str) -> Result<Log<&'a [u8]>, LogError> {
    let mapping = Mapping::parse(mapping).expect("a mapping");
    Log::open(text, &mapping, TimeZone::get(zone).expect("a zone"))
}

fn read(text: &str, zone: &str) -> Vec<Result<ImportRow, Refused>> {
    let log = open(text.as_bytes(), "", zone).expect("a header");
    log.map(|row| row.expect("readable")).collect()
}

fn row(cells: &str, zone: &str) -> Result<ImportRow, Refused> {
    let mut rows = read(&format!("{HEADER}\n{cells}\n"), zone);
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

fn instant(stamp: Option<prost_types::Timestamp>) -> Option<Timestamp> {
    stamp.and_then(|stamp| Timestamp::new(stamp.seconds, stamp.nanos).ok())
}

fn at(text: &str) -> Option<Timestamp> {
    Some(text.parse().expect("an instant"))
}

#[test]
fn the_usual_shape_is_read_with_its_american_clock() {
    let row = row(
        "10001,1/3/22,1,Podiatry,28110,\"words, of others\",90,1/3/22 7:00 AM,1/3/22 7:05 AM,1/3/22 7:32 AM,1/3/22 9:05 AM,1/3/22 9:17 PM",
        "America/New_York",
    )
    .unwrap();
    assert_eq!(
        (row.line, row.encounter_id.as_str(), row.theatre.as_str()),
        (2, "10001", "1")
    );
    assert_eq!(row.booked_min, 90);
    assert_eq!(instant(row.scheduled_time), at("2022-01-03T12:00:00Z"));
    assert_eq!(instant(row.wheels_in), at("2022-01-03T12:05:00Z"));
    assert_eq!(instant(row.knife_to_skin), at("2022-01-03T12:32:00Z"));
    assert_eq!(instant(row.closed), at("2022-01-03T14:05:00Z"));
    assert_eq!(instant(row.wheels_out), at("2022-01-04T02:17:00Z"));
    // Codes and their descriptions belong to somebody else and go nowhere.
    assert_eq!(
        (row.specialty.as_str(), row.procedure.as_str()),
        ("Podiatry", "Podiatry")
    );
}

#[test]
fn byte_order_mark_line_ends_quotes_and_unknown_columns_do_not_matter() {
    let plain =
        "encounter_id,THEATRE ,booked_min,scheduled_time\n7,\"OT \"\"1\"\"\",60,2022-01-03 07:05\n";
    let expected = read(plain, "UTC");
    let row = expected[0].as_ref().unwrap();
    assert_eq!(
        (row.theatre.as_str(), row.procedure.as_str()),
        ("OT \"1\"", "Not named in the log")
    );
    let forms = [
        format!("\u{feff}{plain}"),
        plain.replace('\n', "\r\n"),
        plain.replace('\n', "\r"),
        plain.trim_end().to_owned(),
        format!("{plain}\r\n,,,\r\n"),
        plain
            .replace(" ,booked", ",Colour,booked")
            .replace("\",60", "\",red,60"),
    ];
    for text in forms {
        assert_eq!(read(&text, "UTC"), expected, "{text:?}");
    }
}

#[test]
fn every_form_of_a_time_says_the_same() {
    let forms = [
        "2022-01-03 07:05",
        "2022-01-03T07:05",
        "2022-01-03 07:05:00",
        "1/3/22 7:05 AM",
        "01/03/2022 07:05 am",
        "1/3/2022 7:05",
        "2022-01-03T07:05:00Z",
        "2022-01-03T12:35+05:30",
        "7:05 AM",
        "07:05",
    ];
    for form in forms {
        let row = row(&format!("1,1/3/22,OT-1,S,,,60,{form},,,,"), "UTC").unwrap();
        assert_eq!(
            instant(row.scheduled_time),
            at("2022-01-03T07:05:00Z"),
            "{form}"
        );
    }
}

#[test]
fn noon_and_midnight_are_not_confused() {
    for (form, expected) in [
        ("1/3/22 12:00 AM", "2022-01-03T00:00:00Z"),
        ("1/3/22 12:00 PM", "2022-01-03T12:00:00Z"),
    ] {
        let row = row(&format!("1,,OT-1,S,,,60,{form},,,,"), "UTC").unwrap();
        assert_eq!(instant(row.scheduled_time), at(expected), "{form}");
    }
}

#[test]
fn times_without_a_date_run_on_past_midnight() {
    let row = row(
        "1,2022-01-03,OT-1,S,,,60,23:00,23:10,23:40,0:50,1:05",
        "UTC",
    )
    .unwrap();
    assert_eq!(instant(row.wheels_in), at("2022-01-03T23:10:00Z"));
    assert_eq!(instant(row.closed), at("2022-01-04T00:50:00Z"));
    assert_eq!(instant(row.wheels_out), at("2022-01-04T01:05:00Z"));
}

#[test]
fn a_row_that_cannot_be_understood_is_refused_alone_with_its_line_and_why() {
    let good = "1,,OT-1,S,,,60,2022-01-03 07:05,,,,";
    let table = [
        ("2,,OT-1,S,,,-5,2022-01-03 07:05,,,,", "is -5 minutes"),
        ("2,,OT-1,S,,,0,2022-01-03 07:05,,,,", "is 0 minutes"),
        ("2,,OT-1,S,,,99999,2022-01-03 07:05,,,,", "is 99999 minutes"),
        (
            "2,,OT-1,S,,,an hour,2022-01-03 07:05,,,,",
            "'an hour' is not a number",
        ),
        (
            "2,,OT-1,S,,,,2022-01-03 07:05,,,,",
            "the booked time is empty",
        ),
        (
            ",,OT-1,S,,,60,2022-01-03 07:05,,,,",
            "the encounter is empty",
        ),
        ("2,, ,S,,,60,2022-01-03 07:05,,,,", "the theatre is empty"),
        ("2,,OT-1,S,,,60,,,,,", "the schedule is empty"),
        (
            "2,,OT-1,S,,,60,3.1.22 7:05,,,,",
            "'3.1.22 7:05' is in no form that is known",
        ),
        ("2,,OT-1,S,,,60,2022-02-30 07:05,,,,", "in no form"),
        ("2,,OT-1,S,,,60,07:05,,,,", "without a date"),
        (
            "2,,OT-1,S,,,60,2022-01-03 07:05,soon,,,",
            "wheels in 'soon'",
        ),
        (
            "2,,OT-1,S,,,60,2022-01-03 07:05,,,",
            "has 11 cells and the header 12",
        ),
        ("2,,OT-1,S,,,60,2022-01-03 07:05,,,,,", "has 13 cells"),
        (
            "1,,OT-1,S,,,60,2022-01-03 08:05,,,,",
            "encounter 1 was in line 2 already",
        ),
        ("2,,OT-1,S,,,60,\u{1b}[2J,,,,", "\\u{1b}[2J"),
    ];
    for (bad, why) in table {
        let rows = read(
            &format!("{HEADER}\n{good}\n{bad}\n{}\n", good.replace("1,", "3,")),
            "UTC",
        );
        assert_eq!(rows.len(), 3, "{bad}");
        let refused = rows[1].as_ref().unwrap_err();
        assert_eq!(refused.line, 3);
        assert!(refused.why.contains(why), "{bad}: {}", refused.why);
        assert!(rows[0].is_ok() && rows[2].is_ok(), "{bad}");
    }
}

#[test]
fn a_cell_is_quoted_as_it_stands_there_but_for_what_a_terminal_would_obey() {
    let table = [
        ("O'Brien", "'O'Brien' is not a number"),
        ("Ame\u{301}lie", "'Ame\u{301}lie' is not"),
        (r"C:\60", r"'C:\60' is not"),
        ("\"6\"\"0\"", "'6\"0' is not"),
        ("6\u{7}0\u{202e}", r"'6\u{7}0\u{202e}' is not"),
    ];
    for (cell, why) in table {
        let read = row(&format!("1,,OT-1,S,,,{cell},2022-01-03 07:05,,,,"), "UTC");
        let refused = read.unwrap_err();
        assert!(refused.why.contains(why), "{cell}: {}", refused.why);
    }
}

#[test]
fn a_time_that_the_clocks_left_out_or_showed_twice_is_refused() {
    let table = [
        (
            "2022-03-27 01:30",
            "Europe/London",
            Some("does not exist in Europe/London"),
        ),
        (
            "2022-10-30 01:30",
            "Europe/London",
            Some("happens twice in Europe/London"),
        ),
        (
            "3/13/22 2:30 AM",
            "America/New_York",
            Some("does not exist"),
        ),
        ("11/6/22 1:30 AM", "America/New_York", Some("happens twice")),
        (
            "2022-10-02 02:15",
            "Australia/Lord_Howe",
            Some("does not exist"),
        ),
        ("2022-03-27 01:30", "Asia/Kolkata", None),
        // An offset tells the two apart.
        ("2022-10-30T01:30+01:00", "Europe/London", None),
    ];
    for (time, zone, why) in table {
        let read = row(&format!("1,,OT-1,S,,,60,{time},,,,"), zone);
        match why {
            Some(why) => assert!(read.unwrap_err().why.contains(why), "{time} {zone}"),
            None => assert!(read.is_ok(), "{time} {zone}: {read:?}"),
        }
    }
}

#[test]
fn a_header_is_told_all_that_it_lacks() {
    let error = open(b"Encounter ID,Room\n1,OT-1\n", "", "UTC")
        .unwrap_err()
        .to_string();
    for wanted in [
        "'or suite'",
        "'booked time (min)'",
        "'or schedule'",
        "'room'",
        "--mapping",
    ] {
        assert!(error.contains(wanted), "{error}");
    }
    let twice = open(
        b"Encounter ID,encounter id,OR Suite,booked_min,or schedule\n",
        "",
        "UTC",
    );
    assert!(
        twice
            .unwrap_err()
            .to_string()
            .contains("more than one column")
    );
    let utf16 = open(b"\xff\xfeE\0n\0", "", "UTC").unwrap_err().to_string();
    assert!(utf16.contains("UTF-16"), "{utf16}");
    assert!(open(b"", "", "UTC").is_err());
}

#[test]
fn a_mapping_file_renames_columns_and_adds_forms() {
    let mapping = r#"
        [columns]
        encounter_id = "Fall"
        theatre = "Saal"
        procedure = "Eingriff"
        booked_min = "Minuten"
        scheduled_time = "Plan"
        [format]
        date_time = ["%d.%m.%Y %H:%M"]
        delimiter = ";"
    "#;
    let log = open(
        "Fall;Saal;Eingriff;Minuten;Plan\n9;2;Hüft-TEP;90;03.01.2022 07:05\n".as_bytes(),
        mapping,
        "Europe/Berlin",
    );
    let rows: Vec<_> = log.unwrap().map(|row| row.unwrap().unwrap()).collect();
    assert_eq!(rows[0].procedure, "Hüft-TEP");
    assert_eq!(instant(rows[0].scheduled_time), at("2022-01-03T06:05:00Z"));
    // A column that the file names must be there.
    let error = open(HEADER.as_bytes(), "[columns]\nclosed = \"Naht\"", "UTC").unwrap_err();
    assert!(error.to_string().contains("'naht'"), "{error}");
    for wrong in [
        "[colums]\n",
        "[columns]\ntheater = \"x\"",
        "[format]\ndelimiter = \"ab\"",
    ] {
        assert!(Mapping::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn every_field_is_called_in_a_mapping_file_what_it_says_it_is() {
    for field in Field::ALL {
        let file = format!("[columns]\n{} = \"Spalte\"", field.key());
        let mapping = Mapping::parse(&file).unwrap();
        for other in Field::ALL {
            let named = (other == field).then_some("Spalte");
            assert_eq!(mapping.column(other), named, "{field:?} {other:?}");
        }
    }
}

#[test]
fn a_column_that_is_chosen_after_all_is_read() {
    let mut mapping = Mapping::default();
    mapping.put(Field::Specialty, None);
    mapping.put(Field::Specialty, Some("Service".to_owned()));
    let text = format!("{HEADER}\n1,,OT-1,Eyes,,,60,2022-01-03 07:05,,,,\n");
    let mut log = Log::open(text.as_bytes(), &mapping, TimeZone::UTC).unwrap();
    let row = log.next().unwrap().unwrap().unwrap();
    assert_eq!(row.specialty, "Eyes");
}

#[test]
fn bytes_that_are_no_text_are_refused_in_their_row() {
    let mut text = format!("{HEADER}\n").into_bytes();
    text.extend_from_slice(b"1,,OT-\xff,S,,,60,2022-01-03 07:05,,,,\n");
    let mut log = open(&text, "", "UTC").unwrap();
    let refused = log.next().unwrap().unwrap().unwrap_err();
    assert!(refused.why.contains("not UTF-8"), "{}", refused.why);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), cells in "[ -~\n\r]{0,200}") {
        let _ = open(&bytes, "", "UTC").map(Iterator::count);
        let text = format!("{HEADER}\n{cells}");
        let _ = open(text.as_bytes(), "", "America/New_York").map(Iterator::count);
    }
}

#[test]
fn a_log_is_read_by_columns_that_a_person_chose_from_its_beginning() {
    let text =
        "Room;Case;Start;Service;Min\nA;1;03.01.2022 07:05;Eyes;60\nB;2;03.01.2022 08:05;Eyes;30\n";
    let mut mapping = Mapping::separated_as(text.as_bytes());
    let begins = Beginning::of(text.as_bytes(), &mapping, 1).unwrap();
    assert_eq!(begins.header, ["Room", "Case", "Start", "Service", "Min"]);
    assert_eq!(begins.rows, [["A", "1", "03.01.2022 07:05", "Eyes", "60"]]);
    assert_eq!(
        Field::Specialty
            .usual_in(&begins.header)
            .map(String::as_str),
        Some("Service")
    );
    assert_eq!(Field::Theatre.usual_in(&begins.header), None);

    let chosen = [
        (Field::EncounterId, "Case"),
        (Field::Theatre, "Room"),
        (Field::BookedMin, "Min"),
        (Field::ScheduledTime, "Start"),
    ];
    for (field, column) in chosen {
        mapping.put(field, Some(column.to_owned()));
    }
    mapping.put(Field::Specialty, None);
    mapping.try_form("%d.%m.%Y %H:%M");
    let log = Log::open(text.as_bytes(), &mapping, TimeZone::UTC).unwrap();
    let rows: Vec<ImportRow> = log.map(|row| row.unwrap().unwrap()).collect();
    assert_eq!((rows[0].theatre.as_str(), rows[0].booked_min), ("A", 60));
    assert_eq!(instant(rows[1].scheduled_time), at("2022-01-03T08:05:00Z"));
    assert_eq!(rows[0].specialty, "", "the column was left out by choice");
}
