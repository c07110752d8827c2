//! Refusals are told in headers, and headers are short: what fits is said, the rest is counted.
//!
//! ```text
//!   grpc-message             the sentences, percent-encoded        1 KiB at most
//!   grpc-status-details-bin  sentences and violations, in base64   4/3 × (1 + 3.5) KiB at most
//! ```
//!
//! The two fit into the 8 KiB of headers that gRPC's libraries take by default. A client on hyper
//! takes 16 KiB and resets what is longer: it would be told of an internal error, and of no field.

/// The longest message, as the header counts it. Bytes.
const MAX_MESSAGE_BYTES: usize = 1024;

/// The longest list of violations. Bytes.
const MAX_VIOLATIONS_BYTES: usize = 3584;

/// What protobuf adds to a violation with three texts. Bytes.
const VIOLATION_OVERHEAD_BYTES: usize = 12;

/// Room for the words that count the rest. Bytes.
const REST_BYTES: usize = 32;

/// What stands between two sentences.
const JOINT: &str = "; ";

/// The first of `all` that fit together into `room`.
fn fitting<T>(
    all: impl IntoIterator<Item = T>,
    mut room: usize,
    bytes: impl Fn(&T) -> usize,
) -> Vec<T> {
    let fits = |it: &T| {
        let left = room.checked_sub(bytes(it));
        room = left.unwrap_or(0);
        left.is_some()
    };
    all.into_iter().take_while(fits).collect()
}

/// Sentences in one message: those that fit, and how many do not. The first is always there.
pub(super) fn message<S: AsRef<str>>(sentences: &[S]) -> String {
    let room = MAX_MESSAGE_BYTES - REST_BYTES;
    let joint = encoded_len(JOINT);
    let sentences: Vec<&str> = sentences.iter().map(AsRef::as_ref).collect();
    let told = fitting(sentences.iter().copied(), room + joint, |it| {
        joint + encoded_len(it)
    });
    let mut said = match sentences.first() {
        Some(first) if told.is_empty() => clipped(first, room),
        _ => told.join(JOINT),
    };
    let rest = sentences.len().saturating_sub(told.len().max(1));
    if rest > 0 {
        said.push_str(&format!("{JOINT}{}", more(rest)));
    }
    said
}

/// The violations that fit, of which each has texts of `bytes`; `rest` makes the last one, which
/// counts those that do not.
pub(super) fn violations<V>(
    all: Vec<V>,
    bytes: impl Fn(&V) -> usize,
    rest: impl FnOnce(String) -> V,
) -> Vec<V> {
    let room = MAX_VIOLATIONS_BYTES - REST_BYTES;
    let total = all.len();
    let mut told = fitting(all, room, |it| bytes(it) + VIOLATION_OVERHEAD_BYTES);
    if told.len() < total {
        told.push(rest(more(total - told.len())));
    }
    told
}

fn more(count: usize) -> String {
    format!("and {count} more")
}

/// What a character takes in `grpc-message`. gRPC's "HTTP2 protocol" has all percent-encoded but
/// printable ASCII; tonic encodes the space too, and what a URL would. Bytes.
fn encoded_char_len(c: char) -> usize {
    let of_urls = matches!(c, '"' | '#' | '%' | '<' | '>' | '`' | '?' | '{' | '}');
    if c.is_ascii_graphic() && !of_urls {
        1
    } else {
        3 * c.len_utf8()
    }
}

fn encoded_len(text: &str) -> usize {
    text.chars().map(encoded_char_len).sum()
}

/// The beginning of a sentence that is too long by itself.
fn clipped(text: &str, room: usize) -> String {
    let fit = fitting(text.chars(), room, |c| encoded_char_len(*c));
    let fit: String = fit.into_iter().collect();
    fit + "..."
}

#[cfg(test)]
#[path = "header_limits_tests.rs"]
mod tests;
