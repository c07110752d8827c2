//! Pages of lists (AIP-158): how many at most, and where the last one ended.
//!
//! A page token holds the key of the last element that was given out, so that what is entered or
//! removed meanwhile shifts no page. It fits its question alone: the same method, filter and order.

use booking_proto::contract::limits::{MAX_MESSAGE_BYTES, MAX_PAGE_SIZE};
use prost::Message;
use serde::{Serialize, de::DeserializeOwned};

use super::{fields::Fields, tokens::Tokens};

/// Elements of a page, when nobody says how many.
const DEFAULT_PAGE_SIZE: u16 = 50;

/// The most that a page's elements take, so that page and token fit into a reply.
const MAX_PAGE_BYTES: usize = MAX_MESSAGE_BYTES - 64 * 1024;

/// What an element takes beside itself in a reply: a field's number and a length.
const ELEMENT_OVERHEAD_BYTES: usize = 8;

/// The pages of one list.
pub(super) struct Pages<'a> {
    tokens: &'a Tokens,
    purpose: String,
}

/// Which page.
#[derive(Debug)]
pub(super) struct Page<K> {
    /// At most so many.
    pub(super) size: u16,
    /// After this.
    pub(super) after: Option<K>,
}

impl<K> Page<K> {
    /// How many to ask for: one more says whether there is a next page.
    pub(super) fn limit(&self) -> u32 {
        u32::from(self.size) + 1
    }
}

impl<'a> Pages<'a> {
    /// Of the list that `method` gives for `question`.
    pub(super) fn new(tokens: &'a Tokens, method: &str, question: &[&str]) -> Self {
        // Lengths keep what is asked apart: ("ab", "c") is not ("a", "bc").
        let question = question
            .iter()
            .map(|part| format!("\n{}:{part}", part.len()));
        let purpose = format!("page of {method}{}", question.collect::<String>());
        Self { tokens, purpose }
    }

    /// The page that is asked for.
    pub(super) fn page<K: DeserializeOwned>(
        &self,
        fields: &mut Fields,
        size: i32,
        token: &str,
    ) -> Option<Page<K>> {
        let size = match size {
            0 => Ok(DEFAULT_PAGE_SIZE),
            size => u16::try_from(size.min(MAX_PAGE_SIZE.into())).map_err(|_| "is negative"),
        };
        let size = fields.take("page_size", size);
        let after = if token.is_empty() {
            Some(None)
        } else {
            let key = self.tokens.open_value(&self.purpose, token);
            fields.take("page_token", key).map(Some)
        };
        Some(Page {
            size: size?,
            after: after?,
        })
    }

    /// The page of `size` that came out as `found`, which was asked for with one more than fits, as
    /// it is told; and what to give back for the page after it. A page of long elements has fewer.
    pub(super) fn told<T, W: Message, K: Serialize>(
        &self,
        found: &[T],
        size: u16,
        key: impl FnOnce(&T) -> K,
        tell: impl Fn(&T) -> W,
    ) -> (Vec<W>, String) {
        let mut room = MAX_PAGE_BYTES;
        let mut told = Vec::new();
        for it in found.iter().take(size.into()).map(tell) {
            let bytes = it.encoded_len() + ELEMENT_OVERHEAD_BYTES;
            if bytes > room && !told.is_empty() {
                break;
            }
            room = room.saturating_sub(bytes);
            told.push(it);
        }
        let next = match found.get(told.len()) {
            Some(_) => {
                let last = key(&found[told.len() - 1]);
                self.tokens.seal_value(&self.purpose, &last)
            }
            None => String::new(),
        };
        (told, next)
    }

    /// A page of a list that is small enough to be in memory; `key` orders it.
    pub(super) fn of_sorted<T, W: Message>(
        &self,
        all: impl Iterator<Item = T>,
        page: &Page<String>,
        key: impl Fn(&T) -> String,
        tell: impl Fn(&T) -> W,
    ) -> (Vec<W>, String) {
        let mut keyed: Vec<_> = all.map(|each| (key(&each), each)).collect();
        keyed.retain(|(key, _)| page.after.as_ref().is_none_or(|after| key > after));
        keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
        let key = |(key, _): &(String, T)| key.clone();
        self.told(&keyed, page.size, key, |(_, each)| tell(each))
    }
}

#[cfg(test)]
#[path = "paging_tests.rs"]
mod tests;
