//! Tests of `chance.rs`.

use super::*;

#[test]
fn the_sequence_is_the_published_one() {
    let mut chance = Chance(1_234_567);
    let expected = [
        6_457_827_717_110_365_317,
        3_203_168_211_198_807_973,
        9_817_491_932_198_370_423,
    ];
    assert_eq!([chance.next(), chance.next(), chance.next()], expected);
}

#[test]
fn draws_stay_in_their_bounds() {
    let mut chance = Chance(1);
    let drawn: Vec<i64> = (0..1000).map(|_| chance.between(-2, 2)).collect();
    assert!((-2..=2).all(|value| drawn.contains(&value)));
    assert!(drawn.iter().all(|value| (-2..=2).contains(value)));
    assert!((0..1000).all(|_| (80..=180).contains(&chance.skewed_min(100))));
}
