//! Tests of `table.rs`.

use super::*;

#[test]
fn columns_line_up_and_empty_ones_are_left_out() {
    let columns: [Column<[&str; 3], ()>; 3] = [
        ("Theatre", |row, ()| row[0].to_owned()),
        ("Nothing", |row, ()| row[1].to_owned()),
        ("min", |row, ()| row[2].to_owned()),
    ];
    let rows = [["OT-1", "", "5"], ["日本", "", "105"], ["a\nb", "", ""]];
    assert_eq!(
        table(&columns, &rows, &()),
        "THEATRE  MIN\nOT-1       5\n日本     105\na\\u{a}b\n"
    );
    assert_eq!(table(&columns, &[], &()), "None.\n");
}
