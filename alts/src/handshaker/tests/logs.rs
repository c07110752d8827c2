//! What is logged of a handshake, by us and by everything below us, and what never is.

use std::{cell::RefCell, fmt, sync::Once};

use tokio::io::duplex;
use tracing::{
    Event, Level, Metadata, Subscriber, callsite,
    field::{Field, Visit},
    span,
    subscriber::{Interest, set_global_default},
};

use super::{ANYBODY, Pair};
use crate::{Handshaker, handshaker::fake::KEY_BYTE};

/// Collects what threads log that asked for it, down to the most talkative level.
///
/// It is the whole test process's subscriber: tracing remembers for all threads whether a line of
/// code is listened to, so a subscriber of one thread's would miss lines that others came by.
struct Collector;

thread_local! {
    static LINES: RefCell<Option<Vec<(Level, String)>>> = const { RefCell::new(None) };
}

/// Begins to collect what this thread logs.
pub(crate) fn listen() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        set_global_default(Collector).expect("the only one");
        callsite::rebuild_interest_cache();
    });
    LINES.set(Some(Vec::new()));
}

/// What this thread has logged since [`listen`].
pub(crate) fn heard() -> Vec<(Level, String)> {
    LINES.take().expect("listening")
}

fn push(level: Level, text: String) {
    LINES.with_borrow_mut(|lines| {
        if let Some(lines) = lines {
            lines.push((level, text));
        }
    });
}

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.push_str(&format!("{field}={value:?} "));
    }
}

impl Subscriber for Collector {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        LINES.with_borrow(Option::is_some)
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        let mut text = Text(String::new());
        attributes.record(&mut text);
        push(*attributes.metadata().level(), text.0);
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        let mut text = Text(String::new());
        values.record(&mut text);
        push(Level::TRACE, text.0);
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        push(*event.metadata().level(), text.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[test]
fn a_handshaker_that_nobody_vouches_for_is_warned_of() {
    listen();
    let builder = Handshaker::builder().address("127.0.0.1:1");
    builder.allow_untrusted(true).build().expect("a handshaker");
    let lines = heard();
    if super::address::on_gce() {
        return assert!(lines.is_empty(), "{lines:?}");
    }
    let [(level, text)] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert_eq!(*level, Level::WARN);
    assert!(
        text.contains("cannot guarantee the trustworthiness"),
        "{text}"
    );
    assert!(text.contains("127.0.0.1:1"), "{text}");
}

/// The runtime has one thread, so that all tasks of both sides are heard.
#[tokio::test]
async fn no_level_of_logging_shows_a_key() {
    listen();
    let pair = Pair::start().await;
    let (near, far) = duplex(1024);
    let (client, server) = (pair.client.handshaker(), pair.server.handshaker());
    let (client, server) = tokio::join!(client.connect(near, ANYBODY), server.accept(far));
    let (client, server) = (client.expect("connected"), server.expect("accepted"));

    let mut lines = heard();
    assert!(lines.len() > 20, "nothing was collected: {lines:?}");
    lines.push((Level::TRACE, format!("{client:?} {server:?}")));
    let as_list = format!("{:?}", [KEY_BYTE; 8]);
    let key_as = [
        as_list.trim_matches(['[', ']']).to_owned(),
        format!("{KEY_BYTE:02x}").repeat(8),
        format!("\\x{KEY_BYTE:02x}").repeat(8),
    ];
    for (level, text) in lines {
        for shape in &key_as {
            assert!(!text.contains(shape), "{level}: {text}");
        }
    }
}
