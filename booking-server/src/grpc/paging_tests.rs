//! Tests of `paging.rs`.

use super::*;

#[test]
fn a_sorted_list_of_long_elements_comes_in_pages_that_fit_and_nothing_is_left_out() {
    let tokens = Tokens::new(b"key");
    let pages = Pages::new(&tokens, "List", &[]);
    // More than a reply takes, all together; the last is too long even alone.
    let mut all: Vec<_> = (100..999).map(|n| n.to_string().repeat(4_000)).collect();
    all.push("~".repeat(MAX_PAGE_BYTES + 1));
    let (mut listed, mut sizes, mut token) = (Vec::new(), Vec::new(), String::new());
    loop {
        let mut fields = Fields::new();
        let page = pages.page(&mut fields, i32::MAX, &token);
        let page = fields.finish(page).unwrap();
        let key = |it: &String| it[..3].to_owned();
        let reversed = all.iter().rev().cloned();
        let (told, next) = pages.of_sorted(reversed, &page, key, String::clone);
        let bytes: usize = told.iter().map(Message::encoded_len).sum();
        assert!(bytes <= MAX_PAGE_BYTES || told.len() == 1, "{bytes}");
        sizes.push(told.len());
        listed.extend(told);
        token = next;
        if token.is_empty() {
            break;
        }
    }
    assert!(listed == all, "{sizes:?}");
    assert!(sizes.len() > 3, "{sizes:?}");
}
