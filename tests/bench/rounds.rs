//! Interleaving: every contender once per round, so that all of them see the same machine.

use anyhow::Result;

/// The scores of one contender, one per round.
pub(crate) type Scores = Vec<f64>;

/// Lets every contender score once per round and returns the scores by contender.
///
/// Who begins changes from round to round, because the first one after a pause finds the caches
/// cold. One round before the first is not counted: connections open, windows and buffers grow.
///
/// # Errors
/// The first error of a contender.
pub(crate) async fn interleave<C>(
    rounds: usize,
    contenders: &[C],
    mut score: impl AsyncFnMut(&C) -> Result<f64>,
) -> Result<Vec<Scores>> {
    for contender in contenders {
        score(contender).await?;
    }
    let mut scores = vec![Scores::with_capacity(rounds); contenders.len()];
    for round in 0..rounds {
        for turn in 0..contenders.len() {
            let index = (round + turn) % contenders.len();
            scores[index].push(score(&contenders[index]).await?);
        }
    }
    Ok(scores)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[tokio::test]
    async fn everyone_scores_once_per_round_and_everyone_begins_a_round() {
        let order = RefCell::new(String::new());
        let scores = interleave(3, &['a', 'b', 'c'], async |name| {
            order.borrow_mut().push(*name);
            Ok(f64::from(u32::from(*name)))
        })
        .await
        .unwrap();
        assert_eq!(order.into_inner(), "abcabcbcacab");
        assert_eq!(scores, [[97.0; 3], [98.0; 3], [99.0; 3]]);
    }

    #[tokio::test]
    async fn an_error_ends_the_measurement() {
        let failed = interleave(3, &[1, 2], async |who| {
            anyhow::ensure!(*who == 1, "lost its connection");
            Ok(1.0)
        });
        assert_eq!(failed.await.unwrap_err().to_string(), "lost its connection");
    }
}
