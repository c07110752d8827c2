//! Tests of `sql.rs`.

use super::*;

#[test]
fn parameters_are_numbered_as_they_come() {
    let mut sql = Sql::new("select 1 where a in ");
    sql.list(["x", "y"]).push(" and b < ").arg(7_i64);
    assert_eq!(sql.text, "select 1 where a in ($1, $2) and b < $3");
    assert_eq!(sql.values.len(), 3);
    let mut none = Sql::new("select 1 where a in ");
    none.list([""; 0]);
    assert_eq!(none.text, "select 1 where a in (null)");
}
