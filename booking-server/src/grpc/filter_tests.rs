//! Tests of `filter.rs`.

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Vec<(String, Operator, Vec<String>)> {
    let conditions = parse(text).unwrap();
    conditions
        .into_iter()
        .map(|c| (c.field, c.operator, c.values))
        .collect()
}

#[test]
fn filters_are_read_as_they_are_written() {
    assert_eq!(read("  "), []);
    assert_eq!(
        read(r#"state = (SCHEDULED, "CONFIRMED") AND start_time>="2026-03-29T01:00:00Z""#),
        [
            (
                "state".into(),
                Operator::Equal,
                vec!["SCHEDULED".into(), "CONFIRMED".into()]
            ),
            (
                "start_time".into(),
                Operator::GreaterOrEqual,
                vec!["2026-03-29T01:00:00Z".into()]
            ),
        ]
    );
    assert_eq!(
        read(r#"text = "a \"b\" \\ AND c" AND theatre != theatres/OT-1"#),
        [
            (
                "text".into(),
                Operator::Equal,
                vec![r#"a "b" \ AND c"#.into()]
            ),
            (
                "theatre".into(),
                Operator::NotEqual,
                vec!["theatres/OT-1".into()]
            ),
        ]
    );
}

#[test]
fn what_is_no_filter_is_refused_where_it_goes_wrong() {
    let table = [
        ("state", 6, "expected one of ="),
        ("state =", 8, "expected a value"),
        ("state ! X", 8, "expected = after !"),
        ("a = b OR c = d", 7, "expected AND"),
        ("a = b AND", 10, "expected the name"),
        ("a = (b; c)", 7, "expected , or )"),
        ("a = ()", 6, "expected a value"),
        ("a = \"b", 7, "not closed"),
        ("a = \"\\n\"", 7, "backslash"),
        ("a = \"b\0\"", 7, "control character"),
        ("é = é and", 7, "expected AND"),
    ];
    for (text, at, expected) in table {
        let error = parse(text).unwrap_err();
        assert!(error.problem.contains(expected), "{text}: {error}");
        assert_eq!(error.at, at, "{text}: {error}");
    }
}

#[test]
fn filters_are_bounded() {
    let long = "a".repeat(MAX_FILTER_CHARS + 1);
    assert!(parse(&long).unwrap_err().problem.contains("characters"));
    let many = format!("a = ({})", vec!["b"; MAX_VALUES + 1].join(","));
    assert!(parse(&many).unwrap_err().problem.contains("values"));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>()) {
        drop(parse(&text));
    }

    #[test]
    fn no_mix_of_the_language_s_own_parts_does_either(
        parts in prop::collection::vec(prop::sample::select(vec![
            "a", "AND", "=", "!", "<", ">", "(", ")", ",", "\"", "\\", " ", "é",
        ]), 0..20),
    ) {
        drop(parse(&parts.concat()));
    }
}
