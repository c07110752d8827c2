//! Tests of `metrics.rs`.

use super::*;

#[test]
fn only_the_gauge_of_connections_is_read() {
    let text = "# TYPE alts_connections gauge\nalts_connections{machine=\"a-vm\"} 3\n\
                alts_connections_closed_total{machine=\"a-vm\",reason=\"idle\"} 7\n\
                alts_connections{machine=\"b-vm\"} 0\n";
    let expected = [("a-vm".to_owned(), 3), ("b-vm".to_owned(), 0)];
    assert_eq!(parse(text), BTreeMap::from(expected));
}
