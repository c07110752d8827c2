//! Tests of `metadata.rs`.

use super::*;

#[test]
fn an_audience_survives_a_query() {
    assert_eq!(
        percent_encoded("urn:a/b?c&d=é~"),
        "urn%3Aa%2Fb%3Fc%26d%3D%C3%A9~"
    );
}
