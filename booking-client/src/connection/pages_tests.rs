//! Tests of `pages.rs`.

use super::*;

#[tokio::test]
async fn pages_are_strung_together_up_to_the_limit() {
    for (limit, calls, items) in [
        (EVERYTHING, 3, 25),
        (25, 3, 25),
        (20, 2, 20),
        (15, 2, 15),
        (99, 3, 25),
    ] {
        let mut asked = 0;
        let got = all(limit, async |_, token| {
            asked += 1;
            let from: usize = token.parse().unwrap_or(0);
            let to = (from + 10).min(25);
            let next = if to == 25 {
                String::new()
            } else {
                to.to_string()
            };
            Ok(((from..to).collect(), next))
        });
        let got: Vec<usize> = got.await.unwrap();
        assert_eq!((asked, got.len()), (calls, items), "{limit}");
        assert_eq!(got, (0..items).collect::<Vec<_>>());
    }
}
