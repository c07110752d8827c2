//! Medians and ratios: everything between measured numbers and a verdict. Pure.

/// The middle of `values`; the mean of the two middle ones when their number is even.
///
/// # Panics
/// Without values there is no middle: every round yields one, and there is always a round.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) {
        f64::midpoint(sorted[middle - 1], sorted[middle])
    } else {
        sorted[middle]
    }
}

/// Round by round, how `ours` compares with `theirs`.
///
/// Each ratio is taken within one round, so whatever slows the machine down for longer than a
/// round slows both and cancels out.
pub(crate) fn ratios(ours: &[f64], theirs: &[f64]) -> Vec<f64> {
    ours.iter()
        .zip(theirs)
        .map(|(our, their)| our / their)
        .collect()
}

/// Smallest and largest of `values`.
pub(crate) fn range(values: &[f64]) -> (f64, f64) {
    values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(*value), high.max(*value))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_the_middle_whatever_the_order() {
        for (values, expected) in [
            (&[3.0][..], 3.0),
            (&[9.0, 1.0, 2.0], 2.0),
            (&[4.0, 1.0, 3.0, 2.0], 2.5),
            (&[1.0, 1.0, 1000.0], 1.0),
        ] {
            assert!(
                (median(values) - expected).abs() < f64::EPSILON,
                "{values:?}"
            );
        }
    }

    #[test]
    fn a_machine_that_slows_down_for_a_round_does_not_move_a_ratio() {
        let ours = [200.0, 100.0, 20.0];
        let theirs = [100.0, 50.0, 10.0];
        assert_eq!(ratios(&ours, &theirs), [2.0, 2.0, 2.0]);
    }

    #[test]
    fn a_range_holds_every_value() {
        assert_eq!(range(&[2.0, 0.5, 1.0]), (0.5, 2.0));
    }
}
