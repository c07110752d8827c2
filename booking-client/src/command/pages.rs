//! Lists come in pages; this strings them together.

use crate::failure::Failure;

/// The largest page that the service gives.
const PAGE: u32 = 1000;
/// No limit.
pub(super) const EVERYTHING: u32 = 0;

/// Fetches pages until `limit` items are there, or all when it is [`EVERYTHING`].
///
/// `fetch` is given the size of the next page and its token, and gives items and the token after.
pub(super) async fn all<T>(
    limit: u32,
    mut fetch: impl AsyncFnMut(i32, String) -> Result<(Vec<T>, String), Failure>,
) -> Result<Vec<T>, Failure> {
    let limit = if limit == EVERYTHING {
        usize::MAX
    } else {
        limit as usize
    };
    let mut items = Vec::new();
    let mut token = String::new();
    loop {
        let missing = u32::try_from(limit - items.len()).unwrap_or(PAGE);
        let size = i32::try_from(missing.min(PAGE)).expect("a page is small");
        let (page, next) = fetch(size, token).await?;
        items.extend(page);
        items.truncate(limit);
        if next.is_empty() || items.len() == limit {
            return Ok(items);
        }
        token = next;
    }
}

#[cfg(test)]
mod tests {
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
}
